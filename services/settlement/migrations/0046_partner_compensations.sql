-- append only: partner_compensations

-- R-24, R-36: what partners owe for leases that they lost and that were placed anew here for more, as ratings of the new leases changed it: a part of what is stated of the
-- lost one.
CREATE TABLE partner_compensations (
  compensation_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The lost lease, and the one in its place with the rating by which it is owed.
  trade_id int8 NOT NULL,
  replaced_by int8 NOT NULL,
  revision int4 NOT NULL,
  partner_id int4 NOT NULL,
  -- Micro-yuan; below 0: the partner has it back.
  amount int8 NOT NULL,
  owed_at int8 NOT NULL,
  UNIQUE (replaced_by, revision)
);
CREATE INDEX partner_compensations_of ON partner_compensations (trade_id);

-- The last of them that the netting has settled.
ALTER TABLE partner_netted_leases ADD COLUMN compensation_id int8 NOT NULL DEFAULT 0;
CREATE TRIGGER of_partners AFTER INSERT ON partner_compensations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_partner_lease_changes();
