-- What is placed anew (R-24) belongs to what the lost lease belonged to, whatever became of its bid's id since (R-10a).
ALTER TABLE trade ADD COLUMN programme_id int4 NOT NULL DEFAULT 0;
UPDATE trade SET programme_id = bid.programme_id FROM bid WHERE bid.bid_id = trade.bid_id;
