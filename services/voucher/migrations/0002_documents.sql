-- append only: audit, approvals, claim_approvals

-- A copy of what the terms say, for locks and sums in one statement; programmes of before have no budget a year.
alter table programmes add column budget_per_year int8 not null default 0;

-- 4: collected until the period is over, to be paid pro rata.
alter table claims drop constraint claims_state_check;
alter table claims add constraint claims_state_check check (state between 1 and 4);
create index claims_of_year on claims (programme_id, month);

-- Who owes the exchange what is overdue (R-28), as settlement told since this table is there: whoever owed before is told again when that changes.
create table overdue (
  participant_id int4 primary key
);
