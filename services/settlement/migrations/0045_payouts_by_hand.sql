-- append only: payouts_by_hand

-- Payouts that were instructed before there were the bank's files: they go into none. A row each, which is sealed; payouts.by_hand is held against it.
CREATE TABLE payouts_by_hand (
  payout_id int8 PRIMARY KEY
);
INSERT INTO payouts_by_hand (payout_id) SELECT payout_id FROM payouts WHERE by_hand;
