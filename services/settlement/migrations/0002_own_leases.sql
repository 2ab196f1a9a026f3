-- R-18: leases that were resold, extended or given up.
-- append only: proceeds

-- Who delivers: not the provider of record where the trade is of a resale. What the trade resells, or is more of; 0: nothing.
ALTER TABLE trades ADD COLUMN delivered_by_id int4;
UPDATE trades SET delivered_by_id = provider_id;
ALTER TABLE trades ALTER COLUMN delivered_by_id SET NOT NULL;
ALTER TABLE trades ADD COLUMN resold_lease_id int8 NOT NULL DEFAULT 0, ADD COLUMN extended_lease_id int8 NOT NULL DEFAULT 0;

-- What of a trade's price is due to whoever gave up the lease whose nodes it sells again.
CREATE TABLE proceeds (
  trade_id int8 NOT NULL,
  lease_id int8 NOT NULL,
  participant_id int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  PRIMARY KEY (trade_id, lease_id)
);
