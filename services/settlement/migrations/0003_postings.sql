-- R-25: the ledger in postings. A posting is what one statement recorded at once: at most 32,768 transfers, numbered in the order in which their accounts were locked, so
-- that of each account the postings are in the order of its sums. What was recorded before becomes postings too: one for each moment, transfers keep their sequence.
-- append only: transfers, postings, entries
-- alone: an older settlement posts by the tables before, and would stop

-- Who still posts by the tables before waits here, and then fails and posts anew: nothing falls between the copy and the change.
LOCK TABLE transfers, accounts IN ACCESS EXCLUSIVE MODE;
CREATE TEMP TABLE transfers_before ON COMMIT DROP AS TABLE transfers;
CREATE TEMP TABLE accounts_before ON COMMIT DROP AS TABLE accounts;
DROP TABLE transfers, accounts;

-- Sums over transfers, moved by differences, locked in the order of account_id. A limit holds whatever happens at once.
CREATE TABLE accounts (
  account_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  debits_pending int8 NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
  debits_posted int8 NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
  credits_pending int8 NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
  credits_posted int8 NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
  opened_at int8 NOT NULL,
  debits_limited bool NOT NULL,
  credits_limited bool NOT NULL,
  code text COLLATE "C" NOT NULL UNIQUE,
  kind text NOT NULL,
  currency text NOT NULL,
  CONSTRAINT debits_must_not_exceed_credits CHECK (NOT debits_limited OR debits_pending + debits_posted <= credits_posted),
  CONSTRAINT credits_must_not_exceed_debits CHECK (NOT credits_limited OR credits_pending + credits_posted <= debits_posted)
) WITH (fillfactor = 70);

CREATE TABLE postings (
  posting int8 PRIMARY KEY,
  -- Its transfers' `batch`: given before accounts are locked, as `posting` is after.
  batch int8 NOT NULL,
  -- Of its line 0; a transfer's sequence is this plus its line.
  first_sequence int8 NOT NULL,
  transfers int4 NOT NULL,
  made_at int8 NOT NULL,
  -- Over its transfers by the exchange's hash, and for each 4 bytes by which the one that was changed is found; no marks for what was recorded before there were postings.
  digest bytea NOT NULL,
  marks bytea NOT NULL
);
ALTER TABLE postings ALTER marks SET STORAGE EXTERNAL;

-- Each transfer once, in what it was recorded with. `journal` names the linked set and begins as the transfers' ids do, with what they are about.
CREATE TABLE transfers (
  batch int8 NOT NULL,
  line int2 NOT NULL,
  debit int4 NOT NULL,
  credit int4 NOT NULL,
  amount int8 NOT NULL CONSTRAINT amount_must_be_positive CHECK (amount > 0),
  timeout_at int8,
  phase text NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void', 'timeout')),
  kind text NOT NULL,
  transfer_id text COLLATE "C" NOT NULL,
  journal text COLLATE "C" NOT NULL,
  cause text NOT NULL,
  pending_id text COLLATE "C",
  corrects text COLLATE "C",
  CONSTRAINT accounts_must_differ CHECK (debit <> credit),
  CONSTRAINT what_ends_a_transfer_names_it CHECK ((phase IN ('post', 'void', 'timeout')) = (pending_id IS NOT NULL))
);

-- What an account's sums were after a posting that moved it.
CREATE TABLE entries (
  account_id int4 NOT NULL,
  posting int8 NOT NULL,
  debits_pending int8 NOT NULL,
  debits_posted int8 NOT NULL,
  credits_pending int8 NOT NULL,
  credits_posted int8 NOT NULL
);

INSERT INTO accounts (code, kind, currency, debits_limited, credits_limited, debits_pending, debits_posted, credits_pending, credits_posted, opened_at)
SELECT code, kind, currency, debits_limited, credits_limited, debits_pending, debits_posted, credits_pending, credits_posted, opened_at FROM accounts_before ORDER BY code;

CREATE TEMP TABLE numbered ON COMMIT DROP AS
SELECT t.*, (sequence - posting)::int2 AS line FROM (
  SELECT t.*, max(begins) OVER (ORDER BY sequence) AS posting FROM (
    SELECT t.*, CASE WHEN made_at IS DISTINCT FROM lag(made_at) OVER (ORDER BY sequence) OR sequence / 32768 <> lag(sequence) OVER (ORDER BY sequence) / 32768
      THEN sequence END AS begins FROM transfers_before t
  ) t
) t;

INSERT INTO transfers
SELECT posting, line, d.account_id, c.account_id, amount, timeout_at, phase, t.kind, transfer_id, journal, cause, pending_id, corrects
FROM numbered t JOIN accounts d ON d.code = debit_account JOIN accounts c ON c.code = credit_account ORDER BY sequence;
-- The digest is over what lineOf (core/line.ts) writes, by SHA-256 (1).
INSERT INTO postings
SELECT batch, batch, batch, count(*), min(n.made_at), '\x01'::bytea || sha256(convert_to(string_agg(
    concat_ws(E'\t', t.transfer_id, t.journal, t.kind, t.phase, t.cause, debit, credit, t.amount) || CASE WHEN t.pending_id IS NULL AND t.corrects IS NULL AND t.timeout_at IS NULL
      THEN '' ELSE concat(E'\t', t.pending_id, E'\t', t.corrects, E'\t', t.timeout_at) END || E'\n', '' ORDER BY t.line), 'UTF8')), ''
FROM transfers t JOIN numbered n ON n.posting = batch AND n.line = t.line GROUP BY batch;

INSERT INTO entries
WITH effects AS (
  SELECT t.batch AS posting, t.debit, t.credit, CASE WHEN t.phase = 'pending' THEN t.amount ELSE -coalesce(p.amount, 0) END AS pending,
    CASE WHEN t.phase IN ('single', 'post') THEN t.amount ELSE 0 END AS posted
  FROM transfers t LEFT JOIN transfers p ON p.transfer_id = t.pending_id
), moved AS (
  SELECT account_id, posting, sum(debits_pending) AS debits_pending, sum(debits_posted) AS debits_posted, sum(credits_pending) AS credits_pending, sum(credits_posted) AS credits_posted
  FROM (SELECT debit AS account_id, posting, pending AS debits_pending, posted AS debits_posted, 0 AS credits_pending, 0 AS credits_posted FROM effects
    UNION ALL SELECT credit, posting, 0, 0, pending, posted FROM effects) legs
  GROUP BY account_id, posting
)
SELECT account_id, posting, (sum(debits_pending) OVER running)::int8, (sum(debits_posted) OVER running)::int8, (sum(credits_pending) OVER running)::int8, (sum(credits_posted) OVER running)::int8
FROM moved WINDOW running AS (PARTITION BY account_id ORDER BY posting);

CREATE SEQUENCE batch_numbers;
CREATE SEQUENCE posting_numbers;
SELECT setval('batch_numbers', last), setval('posting_numbers', last) FROM (SELECT coalesce(max(sequence), 0) + 1 AS last FROM transfers_before) t;

CREATE UNIQUE INDEX postings_batch ON postings (batch);
CREATE UNIQUE INDEX postings_first_sequence ON postings (first_sequence);
CREATE INDEX postings_made_at ON postings (made_at, posting);
CREATE INDEX transfers_batch ON transfers (batch);
ALTER TABLE transfers ADD CONSTRAINT transfer_id_must_not_be_reused UNIQUE (transfer_id);
-- A pending transfer ends once, whoever races.
CREATE UNIQUE INDEX pending_transfer_must_not_have_ended ON transfers (pending_id) WHERE pending_id IS NOT NULL;
CREATE INDEX transfers_timeout ON transfers (timeout_at) WHERE timeout_at IS NOT NULL;
ALTER TABLE entries ADD PRIMARY KEY (account_id, posting);
