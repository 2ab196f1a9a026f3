-- append only: ratings
-- alone: an older settlement would look for what waits under another name

-- Of a first rating, what the reservation may pay of the lease until its bill is decided: what it pays and what the lease's usage may still need; it waits in the ledger
-- meanwhile. 0 where nothing more may come, and of every rating of before: what came later then was the buyer's alone.
ALTER TABLE ratings ADD COLUMN subsidy_at_most int8 NOT NULL DEFAULT 0;
