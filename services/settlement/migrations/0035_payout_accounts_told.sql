-- R-28: whoever's payouts go to a bank account is told of each step by which that changes, and by which keys.

ALTER TABLE notices
  ADD COLUMN payout_account_id int8 NOT NULL DEFAULT 0,
  ADD COLUMN proposed_by text NOT NULL DEFAULT '',
  ADD COLUMN decided_by text NOT NULL DEFAULT '';
