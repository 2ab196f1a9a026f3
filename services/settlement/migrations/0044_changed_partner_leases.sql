-- R-36: what changes of the cost of partners' leases, until a netting has settled the lease since. A netting looks at these alone, not at all that were netted before.
-- A row of its own for each change: one that commits while a netting runs is not taken for one that the netting has seen.
CREATE TABLE partner_lease_changes (
  change_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id int4 NOT NULL,
  trade_id int8 NOT NULL
);
CREATE INDEX partner_lease_changes_of ON partner_lease_changes (partner_id, trade_id);

-- By triggers, so that no writer can forget it, one of the version before neither.
CREATE FUNCTION note_partner_lease_changes() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN
  INSERT INTO partner_lease_changes (partner_id, trade_id) SELECT t.partner_id, c.trade_id FROM changed c JOIN trades t USING (trade_id) WHERE t.partner_id <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER of_partners AFTER INSERT ON ratings REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_partner_lease_changes();
CREATE TRIGGER of_partners AFTER INSERT ON refunds REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_partner_lease_changes();
CREATE TRIGGER of_partners AFTER INSERT ON green_leases REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_partner_lease_changes();

-- What has changed of netted leases before there was this table.
INSERT INTO partner_lease_changes (partner_id, trade_id)
  SELECT t.partner_id, n.trade_id
  FROM (SELECT trade_id, max(revision) AS revision, max(refund_id) AS refund_id, bool_or(green) AS green FROM partner_netted_leases GROUP BY trade_id) n
    JOIN trades t USING (trade_id)
  WHERE EXISTS (SELECT FROM ratings r WHERE r.trade_id = n.trade_id AND r.revision > n.revision)
    OR EXISTS (SELECT FROM refunds f WHERE f.trade_id = n.trade_id AND f.refund_id > n.refund_id)
    OR NOT n.green AND EXISTS (SELECT FROM green_leases g WHERE g.trade_id = n.trade_id AND g.by_statement AND g.compensation > 0);
