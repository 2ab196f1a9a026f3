-- When a gateway last said that its ports are open, by the database's clock; null until one has.
alter table listening add column open_at timestamptz;
-- Whether nobody hears pools, when it was looked at last.
alter table listening add column deaf boolean not null default false;
