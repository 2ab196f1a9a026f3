-- When a row was named (ms, by the server's clock), so that it is seen where sealing stands still.
alter table unsealed add column since int8 not null default (extract(epoch from now()) * 1000)::int8;
