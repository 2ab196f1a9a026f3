-- append only: rollup_statements, rollup_differences

-- By which providers' agents sign. valid_until: null until it is ended.
create table agent_keys (
  provider_id int4 not null,
  key_id text not null,
  suite text not null,
  public_key text not null,
  valid_from int8 not null,
  valid_until int8,
  primary key (provider_id, key_id)
);

create table agent_key_pools (
  provider_id int4 not null,
  key_id text not null,
  pool_id int4 not null,
  since int8 not null,
  primary key (provider_id, key_id, pool_id),
  foreign key (provider_id, key_id) references agent_keys
);

-- What agents signed of days (src/core/signed-day.ts), and the counter-signature where the exchange has the same.
create table rollup_statements (
  number int8 generated always as identity primary key,
  pool_id int4 not null,
  day int4 not null,
  provider_id int4 not null,
  key_id text not null,
  suite text not null,
  slots bytea not null,
  signature bytea not null,
  signed_at int8 not null,
  late boolean not null,
  different_slots int4[] not null,
  differences int4 not null,
  exchange_key_id text not null default '',
  exchange_suite text not null default '',
  countersignature bytea not null default ''
);
create index rollup_statements_of_day on rollup_statements (pool_id, day);

-- How each day stands. state: 1 countersigned, 2 different, 3 missing (exchange.monitoring.v1.SignedDayState). statement: the newest, null where none came.
create table signed_days (
  pool_id int4 not null,
  day int4 not null,
  provider_id int4 not null,
  state int4 not null check (state between 1 and 3),
  statement int8 references rollup_statements,
  primary key (pool_id, day)
);
create index signed_days_by_day on signed_days (day, pool_id);
create index signed_days_of_provider on signed_days (provider_id, day, pool_id);
create index signed_days_amiss on signed_days (state, day) where state > 1;

create table rollup_differences (
  number int8 generated always as identity primary key,
  statement int8 not null references rollup_statements,
  slot int4 not null,
  node int4 not null,
  metric int4 not null,
  what text not null,
  agent int8 not null,
  exchange int8 not null
);
create index rollup_differences_of_statement on rollup_differences (statement, number);
