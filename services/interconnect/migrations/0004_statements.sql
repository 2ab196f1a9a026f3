-- What was sold to a partner (side 1) and bought of it (side 2): by this platform, and as the partner states it (R-36). Micro-yuan; 0: it is not there.
create table statement_items (
  platform text not null references partners,
  side int4 not null check (side in (1, 2)),
  reservation_id text not null,
  -- Days since the Unix epoch, Asia/Shanghai, on which its window ends.
  day int4 not null,
  ours int8 not null default 0 check (ours >= 0),
  theirs int8 not null default 0 check (theirs >= 0),
  -- Of the netting that it is in; null: none.
  netted_through int4,
  primary key (platform, side, reservation_id)
);
create index statement_items_by_day on statement_items (platform, day);
create index statement_items_to_net on statement_items (platform) where netted_through is null;

create table stated_days (
  platform text not null references partners,
  day int4 not null,
  -- 0: none yet.
  said_revision int4 not null default 0,
  heard_revision int4 not null default 0,
  -- Something of it has changed since it was said.
  is_stale boolean not null default false,
  primary key (platform, day)
);
create index stated_days_stale on stated_days (platform) where is_stale;

create table nettings (
  platform text not null references partners,
  through int4 not null,
  currency text not null,
  sold int8 not null,
  bought int8 not null,
  items int4 not null,
  digest bytea not null,
  -- 0: proposed to the partner, and not answered.
  agreed_at int8 not null default 0,
  primary key (platform, through)
);

-- What was sold and bought before there were statements.
insert into statement_items (platform, side, reservation_id, day, ours)
  select platform, 2, reservation_id, (to_slot - 1 + 32) / 96, amount from pieces where state = 4;
