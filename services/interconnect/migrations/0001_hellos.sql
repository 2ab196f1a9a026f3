-- Partner platforms that said hello: the version agreed on, and when (ms).
-- append only: hellos
create table hellos (
  hello_id bigserial primary key,
  participant_id int not null,
  platform text not null,
  version int not null,
  said_at int8 not null
);
