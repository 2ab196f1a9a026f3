-- Rows of the points' log that could not be merged, put aside so that nothing waits for them.
create table point_dead_letters (
  letter_id int8 generated always as identity primary key,
  writer_id int8 not null,
  position int8 not null,
  received_at int8 not null,
  -- Null where the disk does not give them back.
  frames bytea,
  cause text not null,
  attempts int4 not null,
  failed_at int8 not null,
  replayed_at int8
);
alter table point_dead_letters alter column frames set storage external;
-- What days may lack.
create index point_dead_letters_by_time on point_dead_letters (received_at) where replayed_at is null;
