-- Who invoices are for, and the tax that they include.
-- append only: invoice_titles

CREATE TABLE invoice_titles (
  participant_id int4 NOT NULL,
  version int4 NOT NULL,
  title text NOT NULL,
  tax_number text NOT NULL,
  contact text NOT NULL,
  bank text NOT NULL,
  set_at int8 NOT NULL,
  set_by text NOT NULL,
  PRIMARY KEY (participant_id, version)
);

-- As registered: a title where none was set. Empty until the registry tells it again.
ALTER TABLE participants ADD COLUMN name text NOT NULL DEFAULT '';

ALTER TABLE schedules ADD COLUMN tax_bp int4 NOT NULL DEFAULT 0;
INSERT INTO schedules (kind, version, effective_from, fee_bp, tiers, published_at, published_by, tax_bp)
  VALUES (4, 1, 0, 0, '[]', 0, 'the exchange', 600);
