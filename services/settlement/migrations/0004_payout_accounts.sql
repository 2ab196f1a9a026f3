-- Where payouts go, and the files by which a bank is told to pay them.
-- append only: payout_accounts, payout_account_decisions, payout_batches, payout_batch_lines

-- Proposals, each a version; in force is the one that was approved last.
CREATE TABLE payout_accounts (
  payout_account_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  version int4 NOT NULL,
  holder text NOT NULL,
  number text NOT NULL,
  bank_name text NOT NULL,
  bank_code text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at int8 NOT NULL,
  UNIQUE (participant_id, version)
);

CREATE TABLE payout_account_decisions (
  payout_account_id int8 PRIMARY KEY,
  -- Orders approvals.
  decision int8 GENERATED ALWAYS AS IDENTITY,
  approved bool NOT NULL,
  decided_by text NOT NULL,
  decided_at int8 NOT NULL,
  reason text NOT NULL
);

CREATE TABLE payout_batches (
  batch_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  format text NOT NULL,
  payouts_count int4 NOT NULL,
  total int8 NOT NULL,
  sha256 text NOT NULL,
  payer_account_id int8 NOT NULL,
  execution_day int4 NOT NULL,
  file text NOT NULL,
  made_at int8 NOT NULL,
  made_by text NOT NULL
);

-- A payout is in one file.
CREATE TABLE payout_batch_lines (
  payout_id int8 PRIMARY KEY,
  batch_id int8 NOT NULL,
  payout_account_id int8 NOT NULL
);
CREATE INDEX payout_batch_lines_batch ON payout_batch_lines (batch_id);
CREATE INDEX payouts_instructed ON payouts (payout_id) WHERE state = 1;

-- The bank was told of these before there were files, and is not told again.
ALTER TABLE payouts ADD COLUMN by_hand bool NOT NULL DEFAULT false;
UPDATE payouts SET by_hand = true WHERE state = 1;
