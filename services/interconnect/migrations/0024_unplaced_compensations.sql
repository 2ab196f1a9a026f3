-- R-30: what a broken green promise costs of leases that are not known here, as after a restore from before them, until they are placed. Micro-yuan, ms.
create table unplaced_compensations (
  number int8 generated always as identity primary key,
  lease_id int8 not null,
  -- Who stands for the partner.
  partner_id int4 not null,
  sold boolean not null,
  amount int8 not null,
  heard_at int8 not null
);

-- Of which reservation such a lease is, as an operator has found. side: 1 sold, 2 bought.
-- append only: placed_leases
create table placed_leases (
  side int4 not null check (side in (1, 2)),
  lease_id int8 not null,
  platform text not null references partners,
  reservation_id text not null,
  primary key (side, lease_id)
);
create index placed_leases_of on placed_leases (platform, side, reservation_id);
