-- R-28: who was told to owe what is overdue, and since when.
CREATE TABLE overdue (
  participant_id int4 PRIMARY KEY,
  told_at int8 NOT NULL
);
