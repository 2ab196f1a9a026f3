-- append only: partner_netted_leases, partner_margins

-- R-36: which leases a netting settles, as they were rated and refunded by then: what they cost here beside what their items say is this platform's own.
CREATE TABLE partner_netted_leases (
  trade_id int8 NOT NULL,
  partner_id int4 NOT NULL,
  currency text NOT NULL,
  through int4 NOT NULL,
  -- Of the last rating and refund in it; 0: none yet. Each in one netting: that of the first row that reaches it.
  revision int4 NOT NULL,
  refund_id int8 NOT NULL,
  PRIMARY KEY (trade_id, currency, through)
);
CREATE INDEX partner_netted_leases_of ON partner_netted_leases (partner_id, currency, trade_id);

-- What each netting left of them, gained (below 0: lost). What was netted before there was this table is told anew with its leases.
CREATE TABLE partner_margins (
  partner_id int4 NOT NULL,
  currency text NOT NULL,
  through int4 NOT NULL,
  of_bought int8 NOT NULL,
  of_sold int8 NOT NULL,
  booked_at int8 NOT NULL,
  PRIMARY KEY (partner_id, currency, through)
);
