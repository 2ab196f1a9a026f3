-- The books of the exchange. What happened is only ever added; the few tables that change are work in hand or sums over what was added.
-- append only: transfers, trades, lease_ends, measurements, usage_records, ratings, earnings, bills, bill_lines, payout_lines, deposits, subsidy_decisions, subsidy_grants, schedules, billing_periods

-- R-25: the journal of double entries. `journal` names the linked set.
CREATE TABLE transfers (
  transfer_id text COLLATE "C" PRIMARY KEY,
  sequence int8 GENERATED ALWAYS AS IDENTITY,
  journal text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void', 'timeout')),
  debit_account text COLLATE "C" NOT NULL,
  credit_account text COLLATE "C" NOT NULL,
  amount int8 NOT NULL CONSTRAINT amount_must_be_positive CHECK (amount > 0),
  pending_id text COLLATE "C",
  corrects text COLLATE "C",
  timeout_at int8,
  cause text NOT NULL,
  made_at int8 NOT NULL,
  CONSTRAINT accounts_must_differ CHECK (debit_account <> credit_account),
  CONSTRAINT what_ends_a_transfer_names_it CHECK ((phase IN ('post', 'void', 'timeout')) = (pending_id IS NOT NULL))
);
CREATE UNIQUE INDEX transfers_sequence ON transfers (sequence);
CREATE INDEX transfers_debit ON transfers (debit_account, sequence);
CREATE INDEX transfers_credit ON transfers (credit_account, sequence);
CREATE INDEX transfers_journal ON transfers (journal);
-- A pending transfer ends once, whoever races.
CREATE UNIQUE INDEX pending_transfer_must_not_have_ended ON transfers (pending_id) WHERE pending_id IS NOT NULL;
CREATE INDEX transfers_timeout ON transfers (timeout_at) WHERE timeout_at IS NOT NULL;

-- Sums over transfers, moved by differences, locked in the order of the names. A limit holds whatever happens at once.
CREATE TABLE accounts (
  code text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL,
  currency text NOT NULL,
  debits_limited bool NOT NULL,
  credits_limited bool NOT NULL,
  debits_pending int8 NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
  debits_posted int8 NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
  credits_pending int8 NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
  credits_posted int8 NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
  opened_at int8 NOT NULL,
  CONSTRAINT debits_must_not_exceed_credits CHECK (NOT debits_limited OR debits_pending + debits_posted <= credits_posted),
  CONSTRAINT credits_must_not_exceed_debits CHECK (NOT credits_limited OR credits_pending + credits_posted <= debits_posted)
) WITH (fillfactor = 70);

-- Known to the registry: nobody else has money here.
CREATE TABLE participants (
  participant_id int4 PRIMARY KEY
);

-- R-26. `number` counts BuyingPowerRaised. `gap` is by how much the engine's copy is lower than money plus reservations, since a trade's hold was short:
-- so much of a reservation is given back without asking the engine.
CREATE TABLE buying_power (
  participant_id int4 PRIMARY KEY,
  number int8 NOT NULL DEFAULT 0,
  gap int8 NOT NULL DEFAULT 0 CHECK (gap >= 0)
);

CREATE TABLE lowerings (
  lowering_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  cause text NOT NULL CHECK (cause IN ('withdrawal', 'subsidy_released', 'receivable')),
  reference int8 NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'accepted', 'refused')),
  asked_at int8 NOT NULL,
  answered_at int8
);

CREATE TABLE deposits (
  deposit_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  -- As it was written, and as receipts are told apart.
  bank_reference text NOT NULL,
  receipt text NOT NULL UNIQUE,
  recorded_at int8 NOT NULL,
  recorded_by text NOT NULL
);
CREATE INDEX deposits_participant ON deposits (participant_id, deposit_id);

CREATE TABLE withdrawals (
  withdrawal_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  state int4 NOT NULL,
  refused_by text NOT NULL DEFAULT '',
  requested_at int8 NOT NULL,
  ended_at int8
);
CREATE INDEX withdrawals_participant ON withdrawals (participant_id, withdrawal_id);

-- A bid's subsidy. amount = free + in_trades + asked + released; in_trades stays where it was redeemed.
CREATE TABLE reservations (
  reservation_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id int8 NOT NULL,
  programme_id int4 NOT NULL,
  buyer_id int4 NOT NULL,
  wanted int8 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  rate_bp int4 NOT NULL,
  raised_number int8 NOT NULL,
  open bool NOT NULL DEFAULT true,
  in_trades int8 NOT NULL DEFAULT 0 CHECK (in_trades >= 0),
  asked int8 NOT NULL DEFAULT 0 CHECK (asked >= 0),
  released int8 NOT NULL DEFAULT 0 CHECK (released >= 0),
  made_at int8 NOT NULL,
  CONSTRAINT reservation_must_not_be_overspent CHECK (in_trades + asked + released <= amount)
);
CREATE UNIQUE INDEX reservations_open ON reservations (order_id) WHERE open;
CREATE INDEX reservations_order ON reservations (order_id, reservation_id);
CREATE INDEX reservations_buyer ON reservations (buyer_id);
CREATE INDEX reservations_to_release ON reservations (reservation_id) WHERE NOT open AND in_trades + asked + released < amount;

-- What was sold, as the market told it, and what it holds.
CREATE TABLE trades (
  trade_id int8 PRIMARY KEY,
  bid_id int8 NOT NULL,
  buyer_id int4 NOT NULL,
  provider_id int4 NOT NULL,
  pool_id int4 NOT NULL,
  compute_class int4 NOT NULL,
  model text NOT NULL,
  unit int4 NOT NULL,
  tier int4 NOT NULL,
  units int4 NOT NULL,
  from_slot int4 NOT NULL,
  to_slot int4 NOT NULL,
  price int8 NOT NULL,
  compute_amount int8 NOT NULL,
  transfer_amount int8 NOT NULL,
  link_owner_id int4 NOT NULL,
  programme_id int4 NOT NULL,
  project text NOT NULL,
  domestic bool NOT NULL,
  green_share_bp int4 NOT NULL,
  made_at int8 NOT NULL,
  reservation_id int8,
  rate_bp int4 NOT NULL,
  replaces_trade_id int8 NOT NULL,
  owed_amount int8 NOT NULL
);
CREATE INDEX trades_bid ON trades (bid_id);

-- Work in hand: `due` asks for a rating, once the lease has ended or, after that, whenever its records change. Its row is the lock of a lease's usage.
-- `held` is what the engine holds for it, held_money and held_subsidy what the ledger does, under the pending transfers of the hold's number.
CREATE TABLE leases (
  trade_id int8 PRIMARY KEY,
  held int8 NOT NULL,
  held_money int8 NOT NULL,
  held_subsidy int8 NOT NULL,
  hold int4 NOT NULL DEFAULT 1,
  rated bool NOT NULL DEFAULT false,
  due bool NOT NULL DEFAULT false
) WITH (fillfactor = 70);
CREATE INDEX leases_due ON leases (trade_id) WHERE due;
CREATE INDEX leases_unrated ON leases (trade_id) WHERE NOT rated;

CREATE TABLE lease_ends (
  trade_id int8 PRIMARY KEY,
  state int4 NOT NULL,
  from_slot int4 NOT NULL,
  to_slot int4 NOT NULL,
  unit_slots int8 NOT NULL,
  held int8 NOT NULL
);

CREATE TABLE measurements (
  trade_id int8 PRIMARY KEY,
  unit_slots_due int8 NOT NULL,
  unit_slots_up int8 NOT NULL,
  energy_wh int8 NOT NULL,
  energy_measured bool NOT NULL
);

-- R-28: every version of every record.
CREATE TABLE usage_records (
  usage_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider_id int4 NOT NULL,
  record_id text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  trade_id int8 NOT NULL,
  meter_sequence int8 NOT NULL,
  from_slot int4 NOT NULL,
  to_slot int4 NOT NULL,
  unit_slots int8 NOT NULL,
  reported_at int8 NOT NULL,
  UNIQUE (provider_id, record_id, version)
);
CREATE INDEX usage_records_window ON usage_records (trade_id, to_slot);
CREATE INDEX usage_records_meter ON usage_records (trade_id, meter_sequence);

-- What a lease cost. Revision 1 rates it; a later one, after a late correction, holds the new whole, and `*_change` what it moved: what a refund gave
-- back before is not given back again.
CREATE TABLE ratings (
  rating_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  trade_id int8 NOT NULL,
  revision int4 NOT NULL,
  buyer_id int4 NOT NULL,
  from_slot int4 NOT NULL,
  to_slot int4 NOT NULL,
  unit_slots int8 NOT NULL,
  unit_slots_due int8 NOT NULL,
  unit_slots_up int8 NOT NULL,
  -- Records up to this one were counted; -1: telemetry was, since there were none.
  usage_through int8 NOT NULL,
  credit_bp int4 NOT NULL,
  fee_version int4 NOT NULL,
  sla_version int4 NOT NULL,
  compute int8 NOT NULL,
  transfer int8 NOT NULL,
  credit int8 NOT NULL,
  fee int8 NOT NULL,
  compute_change int8 NOT NULL,
  transfer_change int8 NOT NULL,
  credit_change int8 NOT NULL,
  fee_change int8 NOT NULL,
  -- Of the change, what the reservation paid.
  subsidy int8 NOT NULL,
  rated_at int8 NOT NULL,
  UNIQUE (trade_id, revision)
);

CREATE TABLE unbilled (
  rating_id int8 PRIMARY KEY,
  buyer_id int4 NOT NULL,
  to_slot int4 NOT NULL
);
CREATE INDEX unbilled_to_slot ON unbilled (to_slot);

CREATE TABLE billing_periods (
  month text PRIMARY KEY,
  bills int4 NOT NULL,
  total int8 NOT NULL,
  closed_at int8 NOT NULL,
  closed_by text NOT NULL
);

CREATE TABLE bills (
  bill_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  buyer_id int4 NOT NULL,
  month text NOT NULL,
  line_count int4 NOT NULL,
  total int8 NOT NULL,
  rounding int8 NOT NULL,
  subsidy int8 NOT NULL,
  issued_at int8 NOT NULL,
  UNIQUE (buyer_id, month)
);

CREATE TABLE bill_lines (
  bill_id int8 NOT NULL,
  line int4 NOT NULL,
  rating_id int8 NOT NULL,
  trade_id int8 NOT NULL,
  kind text NOT NULL,
  exact int8 NOT NULL,
  rounding int8 NOT NULL,
  amount int8 NOT NULL,
  subsidy int8 NOT NULL,
  PRIMARY KEY (bill_id, line)
);
CREATE INDEX bill_lines_trade ON bill_lines (trade_id);
CREATE UNIQUE INDEX rating_must_be_billed_once ON bill_lines (rating_id, kind);

CREATE TABLE subsidy_decisions (
  claim_id int8 PRIMARY KEY,
  bill_id int8 NOT NULL,
  bid_id int8 NOT NULL,
  programme_id int4 NOT NULL,
  buyer_id int4 NOT NULL,
  claimed int8 NOT NULL,
  granted int8 NOT NULL,
  decided_at int8 NOT NULL,
  CONSTRAINT claim_must_be_decided_once UNIQUE (bill_id, bid_id)
);

-- The share of a decision that fell to each trade.
CREATE TABLE subsidy_grants (
  trade_id int8 PRIMARY KEY,
  claim_id int8 NOT NULL,
  granted int8 NOT NULL
);

-- What is given back of a billed trade: by the operator, or by an adjustment (line 0).
CREATE TABLE refunds (
  refund_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bill_id int8 NOT NULL,
  line int4 NOT NULL,
  trade_id int8 NOT NULL,
  buyer_id int4 NOT NULL,
  programme_id int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  -- Of it, what was paid to somebody; the rest was the line's rounding.
  exact int8 NOT NULL,
  subsidy int8 NOT NULL,
  subsidy_decided bool NOT NULL,
  reason text NOT NULL,
  refunded_at int8 NOT NULL,
  refunded_by text NOT NULL
);
CREATE INDEX refunds_bill ON refunds (bill_id, line);
CREATE INDEX refunds_trade ON refunds (trade_id);
CREATE INDEX refunds_buyer ON refunds (buyer_id, refund_id);

-- R-28: owed beyond a hold; asked of the engine, then taken from money.
CREATE TABLE debts (
  debt_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  cause text NOT NULL,
  asked bool NOT NULL,
  made_at int8 NOT NULL,
  paid_at int8
);
CREATE INDEX debts_unpaid ON debts (participant_id) WHERE paid_at IS NULL;

-- Signed: what each thing adds to somebody's income.
CREATE TABLE earnings (
  earning_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  kind text NOT NULL,
  amount int8 NOT NULL,
  trade_id int8 NOT NULL,
  month text NOT NULL,
  fee_version int4 NOT NULL DEFAULT 0,
  earned_at int8 NOT NULL
);
CREATE INDEX earnings_participant ON earnings (participant_id, earning_id);
CREATE INDEX earnings_trade ON earnings (trade_id);

CREATE TABLE unpaid (
  earning_id int8 PRIMARY KEY,
  participant_id int4 NOT NULL,
  month text NOT NULL,
  amount int8 NOT NULL
);
CREATE INDEX unpaid_participant ON unpaid (participant_id);

CREATE TABLE payouts (
  payout_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int4 NOT NULL,
  month text NOT NULL,
  state int4 NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  line_count int4 NOT NULL,
  instructed_at int8 NOT NULL,
  ended_at int8,
  bank_reference text NOT NULL DEFAULT '',
  returned_because text NOT NULL DEFAULT ''
);
CREATE INDEX payouts_participant ON payouts (participant_id, payout_id);

CREATE TABLE payout_lines (
  earning_id int8 PRIMARY KEY,
  payout_id int8 NOT NULL
);
CREATE INDEX payout_lines_payout ON payout_lines (payout_id);

-- Published versions (R-27, R-29): the fee in basis points, or tiers of [availability, credit].
CREATE TABLE schedules (
  kind int4 NOT NULL,
  version int4 NOT NULL,
  effective_from int8 NOT NULL,
  fee_bp int4 NOT NULL,
  tiers jsonb NOT NULL,
  published_at int8 NOT NULL,
  published_by text NOT NULL,
  PRIMARY KEY (kind, version)
);
INSERT INTO schedules VALUES
  (1, 1, 0, 300, '[]', 0, 'the exchange'),
  (2, 1, 0, 0, '[[9990, 0], [9900, 1000], [9500, 2500], [9000, 5000]]', 0, 'the exchange');
