-- R-30: green certificates, what of them covers which lease, and what a shortfall cost. Energy is watt-hours.
-- append only: green_certificates, certificate_uses, green_leases, green_periods

CREATE TABLE green_certificates (
  certificate_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  issuer text NOT NULL,
  serial text NOT NULL,
  wh int8 NOT NULL CHECK (wh > 0),
  first_day int4 NOT NULL,
  last_day int4 NOT NULL,
  registered_at int8 NOT NULL,
  registered_by text NOT NULL,
  CONSTRAINT certificate_must_be_registered_once UNIQUE (issuer, serial)
);
CREATE INDEX green_certificates_participant ON green_certificates (participant_id, last_day);

CREATE TABLE certificate_uses (
  certificate_id int8 NOT NULL,
  trade_id int8 NOT NULL,
  wh int8 NOT NULL CHECK (wh > 0),
  PRIMARY KEY (certificate_id, trade_id)
);

CREATE TABLE green_leases (
  trade_id int8 PRIMARY KEY,
  month text NOT NULL,
  promised_wh int8 NOT NULL,
  covered_wh int8 NOT NULL CHECK (covered_wh BETWEEN 0 AND promised_wh),
  compensation int8 NOT NULL
);

CREATE TABLE green_periods (
  month text PRIMARY KEY,
  leases int4 NOT NULL,
  promised_wh int8 NOT NULL,
  covered_wh int8 NOT NULL,
  compensated int8 NOT NULL,
  closed_at int8 NOT NULL,
  closed_by text NOT NULL
);

-- Micro-yuan for each kilowatt-hour that was promised green and is covered by no certificate: 0.05 yuan until the operator publishes another.
ALTER TABLE schedules ADD COLUMN shortfall_per_kwh int8 NOT NULL DEFAULT 0;
INSERT INTO schedules (kind, version, effective_from, fee_bp, tiers, published_at, published_by, shortfall_per_kwh)
  VALUES (6, 1, 0, 0, '[]', 0, 'the exchange', 50000);
