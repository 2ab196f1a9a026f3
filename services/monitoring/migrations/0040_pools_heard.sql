-- When something of the pool was heard last, ms; 0: never. Its clock of silence (last_seen_at) starts when it is verified, too, and of that nobody heard it.
alter table pools add column heard_at int8 not null default 0;
update pools set heard_at = last_seen_at where last_seen_at is distinct from verified_at;
