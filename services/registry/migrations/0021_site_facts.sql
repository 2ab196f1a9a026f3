-- What indicators ask of a site; 0 where it is not told.
alter table sites
  add column commissioned_day int not null default 0,
  add column wue_milli int not null default 0,
  add column cue_milli int not null default 0,
  add column storage_tb int8 not null default 0,
  add column flash_storage_tb int8 not null default 0;
-- What waits for the operator is whole details.
update sites set amendment = '{"commissionedDay": 0, "wueMilli": 0, "cueMilli": 0, "storageTb": 0, "flashStorageTb": 0}'::jsonb || amendment
where amendment is not null;
