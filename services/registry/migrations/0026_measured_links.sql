-- What monitoring measured; 0: nothing that is young, so the promise counts.
alter table links add column measured_round_trip_us int not null default 0;
alter table links add column measured_by_operator boolean not null default false;
