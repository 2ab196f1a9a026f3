-- Promises of plans that sites missed. kind: exchange.monitoring.v1.SitePromiseKind; plan: exchange.monitoring.v1.Plan.
create table site_alarms (
  alarm_id int8 generated always as identity primary key,
  site_id int4 not null,
  kind int4 not null,
  plan int4 not null,
  clause text not null,
  "limit" int4 not null,
  value int4 not null,
  grace_until_day int4 not null,
  raised_at int8 not null,
  -- Null while it stands.
  cleared_at int8
);
create unique index site_alarms_standing on site_alarms (site_id, kind) where cleared_at is null;
create index site_alarms_of_site on site_alarms (site_id, alarm_id);
