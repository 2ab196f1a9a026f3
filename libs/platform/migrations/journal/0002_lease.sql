-- Who leads: one process at a time. Each term has a higher epoch than those before it, and the journal refuses a stale one.
create table leader_lease (
  name text primary key,
  holder text not null,
  epoch int8 not null,
  -- by this database's clock; who holds it renews it before
  until timestamptz not null
);
-- Epochs of journals that were written before go on.
insert into leader_lease (name, holder, epoch, until) select 'shards', '', max(epoch), '-infinity' from journal_head having count(*) > 0;
