-- append only: programme_issues, claim_decisions, claw_backs
-- alone: an older voucher would decide claims and issue programmes without a word here

-- A programme as its second officer approved it: the document that its claims are decided by, and who drafted, submitted and approved it.
create table programme_issues (
  programme_id int4 primary key references programmes,
  authority_id int4 not null,
  -- APPROVED, or ACTIVE where its period had begun.
  state int4 not null check (state in (3, 4)),
  terms bytea not null,
  first_day int4 not null,
  last_day int4 not null,
  budget_per_year int8 not null,
  round int4 not null,
  drafted_by text not null,
  submitted_by text not null,
  approved_by text[] not null,
  issued_at int8 not null
);
insert into programme_issues
select programme_id, authority_id,
  case when state = 3 or exists (select from audit where audit.programme_id = programmes.programme_id and step = 'activated') then 3 else 4 end,
  terms, first_day, last_day, budget_per_year, round, drafted_by, submitted_by,
  array(select key from approvals where approvals.programme_id = programmes.programme_id and approvals.round = programmes.round order by at, key),
  coalesce((select max(at) from approvals where approvals.programme_id = programmes.programme_id and approvals.round = programmes.round), changed_at)
from programmes where state >= 3 order by programme_id;

-- Each decision of a claim, numbered from 1: as the bill came, pro rata, by officers. The last is what the claim stands at. Of claims of before: as they stand.
create table claim_decisions (
  claim_id int8 not null references claims,
  number int4 not null,
  state int4 not null check (state between 1 and 4),
  amount int8 not null check (amount >= 0),
  clauses jsonb not null,
  -- Its trades (of another platform's bill: lines) and what each gets.
  trade_ids int8[] not null,
  amounts int8[] not null,
  decided_at int8 not null,
  primary key (claim_id, number)
);
insert into claim_decisions
select claim_id, 1, state, amount, clauses,
  array(select trade_id from claim_trades part where part.claim_id = claims.claim_id order by trade_id),
  array(select part.amount from claim_trades part where part.claim_id = claims.claim_id order by trade_id), decided_at
from claims order by claim_id;

-- R-33: what went back to the programme of one trade (line), and what of the bill was given back for it: by a refund of the exchange's own bill or by a cancellation
-- of another platform's. Of before: all of it at once, by neither.
create table claw_backs (
  claw_back_id int8 generated always as identity primary key,
  claim_id int8 not null references claims,
  trade_id int8 not null,
  refunded int8 not null check (refunded >= 0),
  clawed_back int8 not null check (clawed_back >= 0),
  -- 0: it is none.
  refund_id int8 not null,
  cancellation_id int8 not null,
  at int8 not null
);
create index claw_backs_of_claim on claw_backs (claim_id);
insert into claw_backs (claim_id, trade_id, refunded, clawed_back, refund_id, cancellation_id, at)
select claim_id, trade_id, refunded, clawed_back, 0, 0,
  coalesce((select max(at) from audit where audit.claim_id = claim_trades.claim_id and step = 'claim_clawed_back'), 0)
from claim_trades where refunded <> 0 order by claim_id, trade_id;
