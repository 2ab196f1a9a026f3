-- A topic may have partitions: each has a cursor of its own, and of each source a mark up to which its events have been seen. Within a partition a source's
-- events come in rising order but for what is said again, so nothing is kept of events beyond a gap.
update inbox set sequence = greatest(inbox.sequence, ahead.sequence)
from (select topic, source, max(sequence) as sequence from inbox_ahead group by topic, source) ahead
where inbox.topic = ahead.topic and inbox.source = ahead.source;
drop table inbox_ahead;

alter table inbox_cursor add column partition int4 not null default 0;
alter table inbox_cursor drop constraint inbox_cursor_pkey, add primary key (topic, partition), alter column partition drop default;
alter table inbox add column partition int4 not null default 0;
alter table inbox drop constraint inbox_pkey, add primary key (topic, partition, source), alter column partition drop default;
