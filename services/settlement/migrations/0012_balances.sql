-- R-25: what a posting left of all accounts that it moved stands in one row, and of each account with whose posting moved it before. So its past is a walk from row to row; every
-- 32nd of an account's movements stays an entry, from which one begins, so that no walk is longer. What was recorded before keeps its entries, one a movement.
-- append only: balances, balances_from
-- An older settlement that still runs posts as before, with an entry a movement and without balances: entries_of goes by both.

ALTER TABLE accounts ADD COLUMN last_batch int8, ADD COLUMN moves int8 NOT NULL DEFAULT 0;
UPDATE accounts a SET last_batch = (SELECT p.batch FROM entries e JOIN postings p USING (posting) WHERE e.account_id = a.account_id ORDER BY e.posting DESC LIMIT 1);

-- Accounts that it moved; 0 for what was recorded without balances.
ALTER TABLE postings ADD COLUMN accounts int4 NOT NULL DEFAULT 0;

-- Postings up to this one are older than balances.
CREATE TABLE balances_from AS SELECT coalesce(max(posting), 0) AS posting FROM postings;

CREATE TABLE balances (
  batch int8 PRIMARY KEY,
  accounts int4[] NOT NULL,
  -- Of each account, in the order of `accounts`: its sums then, the batch of the posting that moved it before (null for its first), and how many have.
  debits_pending int8[] NOT NULL,
  debits_posted int8[] NOT NULL,
  credits_pending int8[] NOT NULL,
  credits_posted int8[] NOT NULL,
  before int8[] NOT NULL,
  moves int8[] NOT NULL
);
ALTER TABLE balances ALTER accounts SET STORAGE EXTERNAL, ALTER debits_pending SET STORAGE EXTERNAL, ALTER debits_posted SET STORAGE EXTERNAL, ALTER credits_pending SET STORAGE EXTERNAL,
  ALTER credits_posted SET STORAGE EXTERNAL, ALTER before SET STORAGE EXTERNAL, ALTER moves SET STORAGE EXTERNAL;

-- Moves accounts ($1, in order) by differences ($2 to $5: debits pending and posted, credits pending and posted), and records the posting: its batch, how many transfers, moment, digest, marks.
-- Rows are locked in the order of their numbers, whatever is known of the tables: the settings leave the index as the one way. The posting has its number when all are locked.
CREATE FUNCTION move_accounts(int4[], int8[], int8[], int8[], int8[], int8, int4, int8, bytea, bytea) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_bitmapscan = off AS $body$
BEGIN
  WITH moved AS MATERIALIZED (
    UPDATE accounts SET
      debits_pending = debits_pending + ($2)[width_bucket(account_id, $1)], debits_posted = debits_posted + ($3)[width_bucket(account_id, $1)],
      credits_pending = credits_pending + ($4)[width_bucket(account_id, $1)], credits_posted = credits_posted + ($5)[width_bucket(account_id, $1)],
      last_batch = $6, moves = moves + 1
    WHERE account_id = ANY($1)
    RETURNING account_id, debits_pending, debits_posted, credits_pending, credits_posted, old.last_batch AS before, moves
  ), numbered AS MATERIALIZED (
    SELECT nextval('posting_numbers') AS posting, accounts FROM (SELECT count(*) AS accounts FROM moved) m
  ), entered AS (
    INSERT INTO entries (account_id, posting, debits_pending, debits_posted, credits_pending, credits_posted)
    SELECT account_id, posting, debits_pending, debits_posted, credits_pending, credits_posted FROM numbered, moved WHERE moves % 32 = 0
  ), kept AS (
    INSERT INTO balances (batch, accounts, debits_pending, debits_posted, credits_pending, credits_posted, before, moves)
    SELECT $6, array_agg(account_id), array_agg(debits_pending), array_agg(debits_posted), array_agg(credits_pending), array_agg(credits_posted), array_agg(before), array_agg(moves) FROM moved
  )
  INSERT INTO postings (posting, batch, first_sequence, transfers, made_at, digest, marks, accounts)
  -- An account that is not there takes the number away, and the posting fails.
  SELECT CASE WHEN accounts = cardinality($1) THEN posting END, $6, posting * 32768, $7, $8, $9, $10, accounts FROM numbered;
END $body$;

-- What an account's sums were after each of the newest postings below one that moved it, the newest first, at most so many.
CREATE FUNCTION entries_of(account int4, below int8, wanted int4) RETURNS SETOF entries LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $body$
DECLARE
  at_batch int8;
  step record;
  passed int4;
BEGIN
  IF below > (SELECT f.posting + 1 FROM balances_from f) THEN
    SELECT p.batch INTO at_batch FROM entries e JOIN postings p USING (posting) WHERE e.account_id = account AND e.posting >= below AND p.accounts > 0 ORDER BY e.posting LIMIT 1;
  END IF;
  IF at_batch IS NULL AND below > (SELECT f.posting + 1 FROM balances_from f) THEN
    SELECT a.last_batch INTO at_batch FROM accounts a WHERE a.account_id = account;
  END IF;
  WHILE wanted > 0 LOOP
    SELECT p.posting, n.nth, b.before[n.nth] AS before INTO step
      FROM postings p JOIN balances b USING (batch) CROSS JOIN LATERAL array_position(b.accounts, account) AS n (nth) WHERE p.batch = at_batch;
    EXIT WHEN NOT FOUND;
    at_batch := step.before;
    CONTINUE WHEN step.posting >= below;
    -- What an older settlement posted since.
    RETURN QUERY SELECT e.* FROM entries e WHERE e.account_id = account AND e.posting > step.posting AND e.posting < below ORDER BY e.posting DESC LIMIT wanted;
    GET DIAGNOSTICS passed = ROW_COUNT;
    wanted := wanted - passed;
    EXIT WHEN wanted = 0;
    below := step.posting;
    wanted := wanted - 1;
    RETURN QUERY SELECT account, p.posting, b.debits_pending[step.nth], b.debits_posted[step.nth], b.credits_pending[step.nth], b.credits_posted[step.nth]
      FROM postings p JOIN balances b USING (batch) WHERE p.posting = step.posting;
  END LOOP;
  -- Older than balances.
  RETURN QUERY SELECT e.* FROM entries e WHERE e.account_id = account AND e.posting < below ORDER BY e.posting DESC LIMIT wanted;
END $body$;
