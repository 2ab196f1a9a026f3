-- R-32: the newest round of approval of which a programme's budget was issued. What is told late of a round before replaces nothing.
CREATE TABLE programme_rounds (
  programme_id int4 PRIMARY KEY,
  round int4 NOT NULL
);

INSERT INTO programme_rounds (programme_id, round)
SELECT split_part(transfer_id, '/', 2)::int4, max(split_part(transfer_id, '/approved-', 2)::int4) FROM transfers
WHERE transfer_id > 'programme/' AND transfer_id < 'programme0' AND kind = 'programme_funded' AND transfer_id ~ '^programme/[0-9]+/approved-[0-9]{1,9}$' GROUP BY 1;
