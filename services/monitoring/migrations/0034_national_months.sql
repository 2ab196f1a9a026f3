-- Months whose published indicators were written as items.
create table national_months (
  period text primary key
);

-- A lane is found by what is due.
create index national_items_of_lane on national_items (kind, due_at) where state = 1;
