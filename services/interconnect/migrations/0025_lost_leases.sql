-- R-24: what partners lost of leases is placed anew here. Units are those that stand in each slot to come.

-- As the market here tells it of leases that partners have; null: not told yet.
alter table sold_leases add column units int4;
-- As partners tell it of leases there; null: not told, as by who knows no such field.
alter table heard_leases add column units int4;
-- As the market here was told of it last, null: all of them; and the unit-slots that it places anew, of which the partner is owed none.
alter table pieces add column units_left int4, add column lost_unit_slots int8 not null default 0;
