create table good (id int4);
