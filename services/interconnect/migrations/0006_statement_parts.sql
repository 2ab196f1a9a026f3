-- Which ids of a day a partner has stated by which revision; ids are compared by their bytes, empty is from the first and to the last.
create table heard_parts (
  platform text not null references partners,
  day int4 not null,
  from_id text collate "C" not null,
  to_id text collate "C" not null,
  revision int4 not null,
  primary key (platform, day, from_id, to_id)
);
insert into heard_parts select platform, day, '', '', heard_revision from stated_days where heard_revision > 0;
