-- Budgets, every version, and what participants are told of their money.
-- append only: budgets, notices

CREATE TABLE budgets (
  participant_id int4 NOT NULL,
  project text NOT NULL,
  version int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount >= 0),
  alarms_bp int4[] NOT NULL,
  set_at int8 NOT NULL,
  set_by text NOT NULL,
  PRIMARY KEY (participant_id, project, version)
);

-- One row a thing that is told: `about` names it.
CREATE TABLE notices (
  sequence int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  kind int4 NOT NULL,
  about text NOT NULL,
  amount int8 NOT NULL,
  month text NOT NULL DEFAULT '',
  project text NOT NULL DEFAULT '',
  budget int8 NOT NULL DEFAULT 0,
  alarm_bp int4 NOT NULL DEFAULT 0,
  due_at int8,
  told_at int8 NOT NULL,
  CONSTRAINT notice_must_be_told_once UNIQUE (participant_id, kind, about)
);
CREATE INDEX notices_participant ON notices (participant_id, sequence);

CREATE INDEX trades_buyer ON trades (buyer_id, to_slot);
CREATE INDEX trades_provider ON trades (provider_id, to_slot);
