-- R-31: each try to reserve for a bid has its number, larger than those before it, by which a call that comes late is known.
alter table reserving add column attempt bigint generated always as identity;
