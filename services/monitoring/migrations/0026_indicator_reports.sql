-- append only: indicator_reports, indicator_report_records

-- When the exchange opened, as far as is known here: of a time before that there is nothing to report.
alter table indicator_opening add column opened_at int8;
update indicator_opening set opened_at = (select min(verified_at) from pools);

create table indicator_reports (
  number int8 generated always as identity unique,
  period text primary key,
  -- exchange.monitoring.v1.IndicatorPeriodKind
  kind int4 not null,
  -- exchange.monitoring.v1.IndicatorReport
  report bytea not null,
  -- The file of its figures, as its hash is over it.
  figures_csv text not null
);

-- kind: exchange.monitoring.v1.IndicatorRecordKind. position counts from 1 over all records of a report.
create table indicator_report_records (
  period text not null references indicator_reports,
  indicator_id text not null,
  position int4 not null,
  kind int4 not null,
  id int8 not null,
  name text not null,
  numerator int8 not null,
  denominator int8 not null,
  note text not null,
  primary key (period, position)
);
create index indicator_report_records_of on indicator_report_records (period, indicator_id, position);
