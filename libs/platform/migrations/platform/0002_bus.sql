-- The bus that this exchange's cursors count on. An exchange keeps it: positions on another would mean other events.
create table bus (
  only_row bool primary key default true check (only_row),
  -- 'log', or 'kafka/<cluster>/<name>'
  name text not null
);
-- What was made before there was a choice counts on the log.
insert into bus (name) select 'log' from clock;
