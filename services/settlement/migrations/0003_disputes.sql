-- R-29: disputes of bill lines. What is frozen of the payee's income lies on participant/ID/disputed.
-- append only: dispute_evidence, dispute_steps

ALTER TABLE schedules ADD COLUMN dispute_days int4 NOT NULL DEFAULT 0, ADD COLUMN decision_days int4 NOT NULL DEFAULT 0;
INSERT INTO schedules (kind, version, effective_from, fee_bp, tiers, published_at, published_by, dispute_days, decision_days)
  VALUES (3, 1, 0, 0, '[]', 0, 'the exchange', 30, 30);

CREATE TABLE disputes (
  dispute_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bill_id int8 NOT NULL,
  line int4 NOT NULL,
  trade_id int8 NOT NULL,
  buyer_id int4 NOT NULL,
  payee_id int4 NOT NULL,
  delivered_by_id int4 NOT NULL,
  state int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  -- Of the payee's income: what is to be frozen, and what is.
  to_freeze int8 NOT NULL,
  frozen int8 NOT NULL DEFAULT 0,
  granted int8 NOT NULL DEFAULT 0,
  refund_id int8,
  reason text NOT NULL,
  decision text NOT NULL DEFAULT '',
  opened_at int8 NOT NULL,
  decide_by int8 NOT NULL,
  ended_at int8,
  CONSTRAINT line_must_be_disputed_once UNIQUE (bill_id, line),
  CONSTRAINT frozen_must_not_exceed_the_dispute CHECK (frozen BETWEEN 0 AND to_freeze)
);
CREATE INDEX disputes_open ON disputes (decide_by) WHERE state = 1;
CREATE INDEX disputes_buyer ON disputes (buyer_id, dispute_id);
CREATE INDEX disputes_payee ON disputes (payee_id, dispute_id);
CREATE INDEX disputes_deliverer ON disputes (delivered_by_id, dispute_id);
CREATE INDEX disputes_trade ON disputes (trade_id);

CREATE TABLE dispute_evidence (
  dispute_id int8 NOT NULL,
  sha256 text NOT NULL,
  kind int4 NOT NULL,
  media_type text NOT NULL,
  location text NOT NULL,
  note text NOT NULL,
  participant_id int4 NOT NULL,
  added_at int8 NOT NULL,
  PRIMARY KEY (dispute_id, sha256)
);

CREATE TABLE dispute_steps (
  dispute_id int8 NOT NULL,
  number int4 NOT NULL,
  step text NOT NULL,
  participant_id int4 NOT NULL,
  key text NOT NULL,
  at int8 NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (dispute_id, number)
);
