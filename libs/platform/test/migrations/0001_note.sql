-- append only: record
-- nth: rises by the order of writing, also over transactions that run side by side
create table note (nth int8 generated always as identity, id int4 not null, sequence int8 not null);
create table record (id int4 primary key, text text not null);
