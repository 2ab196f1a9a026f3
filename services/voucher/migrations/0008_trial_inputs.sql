-- append only: registrations, overdue_changes, billed_refunds

-- What a trial takes as it was at a moment. What was there before is as old as anything: at 0.
create table registrations (
  number int8 generated always as identity primary key,
  participant_id int4 not null,
  owner_group int4 not null,
  region int4 not null,
  industry text not null,
  size int4 not null,
  at int8 not null
);
insert into registrations (participant_id, owner_group, region, industry, size, at)
select participant_id, owner_group, region, industry, size, 0 from participants;
create index registrations_in_order on registrations (participant_id, number);

create table overdue_changes (
  number int8 generated always as identity primary key,
  participant_id int4 not null,
  overdue boolean not null,
  at int8 not null
);
insert into overdue_changes (participant_id, overdue, at) select participant_id, true, 0 from overdue;
create index overdue_changes_in_order on overdue_changes (participant_id, number);
drop table overdue;

create table billed_refunds (
  number int8 generated always as identity primary key,
  trade_id int8 not null,
  amount int8 not null,
  at int8 not null
);
insert into billed_refunds (trade_id, amount, at) select distinct trade_id, refunded, 0 from billed_trades where refunded <> 0;
create index billed_refunds_of_trade on billed_refunds (trade_id);
alter table billed_trades drop column refunded;
-- When it became known here.
alter table billed_trades add column at int8 not null default 0;
alter table billed_trades alter column at drop default;

-- decided_at moves when officers or the period's end decide.
alter table claims add column made_at int8;
update claims set made_at = coalesce((select min(at) from audit where audit.claim_id = claims.claim_id and step = 'claim_decided'), decided_at);
alter table claims alter column made_at set not null;
