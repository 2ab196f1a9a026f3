-- Since when pools could be heard without a gap: while no process of monitoring reaches this table nobody hears them, and their silence says nothing.
create table listening (
  only_row boolean primary key default true check (only_row),
  -- By the exchange's clock, ms.
  since int8 not null default 0,
  -- By the database's: what was before this table is a gap.
  seen_at timestamptz not null default '-infinity'
);
insert into listening default values;
