-- append only: payout_endings, invoice_titles
-- alone: an older settlement would end payouts without a word here

-- What the bank answered of a payout: that it was paid, by which reference, and that it came back. Once each. Of a payout of before that came back after it was
-- paid, only that it came back.
CREATE TABLE payout_endings (
  payout_id int8 NOT NULL REFERENCES payouts,
  state int4 NOT NULL,
  ended_at int8 NOT NULL,
  bank_reference text NOT NULL,
  returned_because text NOT NULL,
  PRIMARY KEY (payout_id, state)
);
INSERT INTO payout_endings SELECT payout_id, state, ended_at, bank_reference, returned_because FROM payouts WHERE ended_at IS NOT NULL ORDER BY payout_id;
