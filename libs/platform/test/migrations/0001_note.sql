-- append only: record
create table note (id int4 not null, sequence int8 not null);
create table record (id int4 primary key, text text not null);
