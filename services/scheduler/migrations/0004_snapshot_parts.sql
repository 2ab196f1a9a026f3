-- A state of a million orders is a hundred megabytes: written and read in parts, so that none holds the market up. Those before are made anew.
delete from snapshot;
alter table snapshot drop column state;
create table snapshot_part (
  shard int not null,
  sequence bigint not null,
  part int not null,
  bytes bytea not null,
  primary key (shard, sequence, part),
  foreign key (shard, sequence) references snapshot (shard, sequence) on delete cascade
);
