-- append only: platform_usage

alter table claims add column findings jsonb not null default '[]';
-- Claims of before name none, and are compared with nothing.
alter table claims add column provider_ids int4[] not null default '{}';

-- Who owns a part of whom, as an officer said; entities are 'participant/N' or a register's own name of them.
create table ownerships (
  owner text collate "C" not null,
  owned text collate "C" not null,
  share_bp int4 not null check (share_bp between 1 and 10000),
  source text not null,
  key text not null,
  at int8 not null,
  primary key (owned, owner)
);
create index ownerships_by_owner on ownerships (owner);

-- Usage records that platforms' bills were made from, by their hash. Bills of before this table were of no release.
create table platform_usage (
  usage_hash text not null,
  platform_bill_id int8 not null references platform_bills,
  line int4 not null,
  primary key (platform_bill_id, line)
);
create index platform_usage_by_hash on platform_usage (usage_hash);

create index billed_trades_of_buyer on billed_trades (buyer_id, month);
