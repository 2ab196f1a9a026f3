-- Who a firm is by its registration. Empty until the registry tells it again.
alter table participants add column name text not null default '';
alter table participants add column credit_code text not null default '';

-- As registered when it claimed; empty of claims of before.
alter table claims add column firm_name text not null default '';
alter table claims add column credit_code text not null default '';
