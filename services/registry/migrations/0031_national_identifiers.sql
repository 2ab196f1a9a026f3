-- What the national node has assigned; null where it has not. It may assign anew, and may be wrong, so it is not held to be unique here.
alter table participants add column national_identifier text;
alter table sites add column national_identifier text;
alter table pools add column national_identifier text;
create index participants_national on participants (national_identifier) where national_identifier is not null;
create index sites_national on sites (national_identifier) where national_identifier is not null;
create index pools_national on pools (national_identifier) where national_identifier is not null;
