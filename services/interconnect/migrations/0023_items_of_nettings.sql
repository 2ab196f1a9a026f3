-- R-36: a netting looks at its own items, and at those of which nothing is owed that settlement was not told of yet: not at all that there ever were.
create index statement_items_netted on statement_items (platform, netted_through) where netted_through is not null;
alter table statement_items add column told_as_nothing boolean not null default false;
create index statement_items_of_nothing on statement_items (platform, day) where netted_through is null and ours = 0 and theirs = 0 and not told_as_nothing;
