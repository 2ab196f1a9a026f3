-- What a record's note says in Chinese. Records of before have none, as the reports that they are of tell no formula in Chinese.
alter table indicator_report_records add column note_zh text not null default '';
