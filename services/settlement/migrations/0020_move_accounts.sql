-- R-25: the same movement of accounts for less. In plain SQL arrays stay as they came; PL/pgSQL takes them apart, and puts them together again for each account.

CREATE OR REPLACE FUNCTION move_accounts(int4[], int8[], int8[], int8[], int8[], int8, int4, int8, bytea, bytea) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $body$
  -- Who moves many accounts waits here for another who does, by the first that both move. Behind that the next statement sees what the other left; one that began before
  -- would have to look up anew each account that they share.
  SELECT FROM accounts WHERE account_id = ANY (CASE WHEN cardinality($1) > 512 THEN ($1)[1:32] END) ORDER BY account_id FOR UPDATE;
  WITH moved AS MATERIALIZED (
    UPDATE accounts SET
      debits_pending = debits_pending + ($2)[width_bucket(account_id, $1)], debits_posted = debits_posted + ($3)[width_bucket(account_id, $1)],
      credits_pending = credits_pending + ($4)[width_bucket(account_id, $1)], credits_posted = credits_posted + ($5)[width_bucket(account_id, $1)],
      last_batch = $6, moves = moves + 1
    WHERE account_id = ANY ($1)
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
$body$;
