-- R-35: adverts that follow the market, and units by slot.

-- exchange.common.v1.UnitsBySlot, encoded: what this platform's market had on sale of it when it was looked at last, with what partners have of it. Null: not
-- looked at yet, or the market has no pool of its kind; then it is told as it was entered.
alter table own_supply add column there bytea;

-- The same of a partner's advert: what it said was left of it when it refused a piece. Nothing else is sold of it until the partner advertises it anew, or then.
alter table remote_supply add column cut bytea, add column cut_until int8 not null default 0;
create index remote_supply_cut on remote_supply (cut_until) where cut is not null;
