-- A document names its parties as they were when it was issued: registered names are kept with when they were told.
-- append only: registered_names

CREATE TABLE registered_names (
  participant_id int4 NOT NULL,
  version int4 NOT NULL,
  name text NOT NULL,
  told_at int8 NOT NULL,
  PRIMARY KEY (participant_id, version)
);

-- Documents from before show the name that they showed last.
INSERT INTO registered_names (participant_id, version, name, told_at) SELECT participant_id, 1, name, 0 FROM participants WHERE name <> '';
