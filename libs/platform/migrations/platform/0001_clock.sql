create table clock (
  only_row bool primary key default true check (only_row),
  -- where the virtual clock stands, in milliseconds
  time int8 not null
);

create table job (
  service text not null,
  name text not null,
  -- the multiple of the job's period that it ran for last, in milliseconds
  last_run int8 not null,
  primary key (service, name)
);
