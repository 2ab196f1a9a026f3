-- The clock that this exchange's data was made by. An exchange keeps it: two kinds of time in one journal would go back.
create table clock (
  only_row bool primary key default true check (only_row),
  is_virtual bool not null,
  -- where the virtual clock stands, in milliseconds; 0 for the system's
  time int8 not null
);

create table job (
  service text not null,
  name text not null,
  -- the multiple of the job's period that it ran for last, in milliseconds
  last_run int8 not null,
  primary key (service, name)
);
