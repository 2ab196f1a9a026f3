-- append only: trials, trial_firms

-- Bills as they were issued, by trade: what documents are tried on. Bills of before this table are not in it: a trial knows those that came since.
create table billed_trades (
  bill_id int8 not null,
  trade_id int8 not null,
  bid_id int8 not null,
  buyer_id int4 not null,
  month text not null,
  -- On which the bill was issued, Asia/Shanghai.
  day int4 not null,
  -- With credits and what was corrected in the same bill; refunds are counted beside it.
  base int8 not null,
  refunded int8 not null default 0,
  line_count int4 not null,
  provider_id int4 not null,
  delivered_by_id int4 not null,
  compute_class int4 not null,
  domestic boolean not null,
  green_share_bp int4 not null,
  measured_unit_slots int8 not null,
  primary key (bill_id, trade_id)
);
create index billed_trades_in_order on billed_trades (month, bill_id, bid_id, trade_id);
create index billed_trades_of_trade on billed_trades (trade_id);

create table trials (
  trial_id int8 generated always as identity primary key,
  programme_id int4 not null references programmes,
  year int4 not null,
  -- exchange.voucher.v1.Trial, encoded, without its id.
  result bytea not null,
  through_bill_id int8 not null
);
create index trials_of_programme on trials (programme_id, trial_id);

create table trial_firms (
  trial_id int8 not null references trials,
  -- From 1: who would get most is first.
  place int4 not null,
  buyer_id int4 not null,
  contracts int4 not null,
  granted int4 not null,
  base int8 not null,
  amount int8 not null,
  primary key (trial_id, place),
  unique (trial_id, buyer_id)
);
