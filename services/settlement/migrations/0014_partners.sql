-- append only: partner_nettings

-- The partner on whose platform a lease lies, or that has bought it here (then it is the buyer); 0: neither.
ALTER TABLE trades ADD COLUMN partner_id int4 NOT NULL DEFAULT 0;

-- R-36: what was netted with a partner, as both platforms agreed.
CREATE TABLE partner_nettings (
  partner_id int4 NOT NULL,
  currency text NOT NULL,
  through int4 NOT NULL,
  platform text NOT NULL,
  sold int8 NOT NULL CHECK (sold >= 0),
  bought int8 NOT NULL CHECK (bought >= 0),
  items int4 NOT NULL,
  netted_at int8 NOT NULL,
  PRIMARY KEY (partner_id, currency, through)
);
