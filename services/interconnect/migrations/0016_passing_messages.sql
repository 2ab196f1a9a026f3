-- Messages that prove nothing about money (hello, advertise, quote, and what is of no known kind), and their answers, go after a while. They stand in tables
-- of their own beneath `messages` and `answers`: whoever reads those reads them too, and no evidence is made of them. What was kept before stays.
create table passing_messages () inherits (messages);
alter table passing_messages alter column number set default nextval('messages_number_seq'), add primary key (number),
  add unique (platform, direction, message_id, digest);
create index passing_messages_by_platform on passing_messages (platform, number);
create index passing_messages_by_time on passing_messages (at);

create table passing_answers () inherits (answers);
alter table passing_answers add primary key (number);

-- A message that waits, or is answered, may stand in either table; a process of the version before answers it in `answers` all the same.
alter table waiting drop constraint waiting_number_fkey;
alter table answers drop constraint answers_number_fkey;
