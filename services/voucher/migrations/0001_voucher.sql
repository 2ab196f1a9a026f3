-- append only: audit, approvals, claim_approvals

-- The registry's word on who is who; state 3 is verified.
create table participants (
  participant_id int4 primary key,
  state int4 not null,
  owner_group int4 not null,
  region int4 not null,
  industry text not null,
  size int4 not null
);

-- state: 1 draft, 2 submitted, 3 approved, 4 active, 5 expired, 6 closed. Money is micro-yuan.
create table programmes (
  programme_id int4 generated always as identity primary key,
  authority_id int4 not null,
  state int4 not null check (state between 1 and 6),
  -- exchange.voucher.v1.ProgrammeTerms, encoded; fixed once submitted.
  terms bytea not null,
  first_day int4 not null,
  last_day int4 not null,
  -- Counts submissions: approvals belong to one.
  round int4 not null default 0,
  drafted_by text not null,
  submitted_by text not null default '',
  -- What was available has expired or was revoked.
  ended boolean not null default false,
  endings int4 not null default 0,
  created_at int8 not null,
  changed_at int8 not null
);
create index programmes_by_state on programmes (state, last_day);

create table approvals (
  programme_id int4 not null references programmes,
  round int4 not null,
  key text not null,
  at int8 not null,
  primary key (programme_id, round, key)
);

create table audit (
  number int8 generated always as identity primary key,
  programme_id int4 not null,
  claim_id int8 not null,
  step text not null,
  participant_id int4 not null,
  key text not null,
  at int8 not null,
  detail text not null
);
create index audit_of_programme on audit (programme_id, number);

-- What was promised to a bid. Its balance is in settlement's ledger; `promised` is what may still come of it, counted against the firm's cap.
create table reservations (
  order_id int8 primary key,
  programme_id int4 not null references programmes,
  buyer_id int4 not null,
  worst_case int8 not null,
  asked int8 not null,
  amount int8 not null,
  rate_bp int4 not null,
  clauses jsonb not null,
  closed boolean not null default false,
  promised int8 not null
);
create index reservations_promised on reservations (programme_id, buyer_id) where promised > 0;
create index reservations_open on reservations (programme_id) where not closed;

create table subsidised_trades (
  trade_id int8 primary key,
  order_id int8 not null references reservations,
  programme_id int4 not null,
  share int8 not null,
  -- It stood on a bill, or came to nothing.
  billed boolean not null default false
);
create index subsidised_trades_of_order on subsidised_trades (order_id);
create index subsidised_trades_unbilled on subsidised_trades (programme_id) where not billed;

-- state: 1 waiting for officers, 2 granted, 3 refused.
create table claims (
  claim_id int8 generated always as identity primary key,
  programme_id int4 not null references programmes,
  buyer_id int4 not null,
  bill_id int8 not null,
  month text not null,
  bid_id int8 not null,
  state int4 not null check (state between 1 and 3),
  base int8 not null,
  amount int8 not null check (amount >= 0),
  clawed_back int8 not null default 0 check (clawed_back between 0 and amount),
  clauses jsonb not null,
  decided_at int8 not null,
  unique (bill_id, bid_id, programme_id)
);
create index claims_of_programme on claims (programme_id, buyer_id, month);
create index claims_of_buyer on claims (buyer_id, claim_id);
create index claims_of_bid on claims (bid_id, month);

create table claim_trades (
  claim_id int8 not null references claims,
  trade_id int8 not null,
  base int8 not null,
  amount int8 not null,
  refunded int8 not null default 0,
  clawed_back int8 not null default 0 check (clawed_back between 0 and amount),
  primary key (claim_id, trade_id)
);

create table claim_approvals (
  claim_id int8 not null references claims,
  key text not null,
  at int8 not null,
  primary key (claim_id, key)
);
