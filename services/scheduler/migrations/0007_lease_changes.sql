-- A provider asks again and again what has changed since it asked last.
create index lease_by_change on lease (changed_at);
