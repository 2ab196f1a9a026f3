-- append only: dispute_terms
-- alone: an older settlement would open disputes without a word here

-- R-29: how much of its payee's income a dispute freezes at most, and until when it must be decided, each time that one of them changed.
CREATE TABLE dispute_terms (
  dispute_id int8 NOT NULL,
  number int4 NOT NULL,
  to_freeze int8 NOT NULL,
  decide_by int8 NOT NULL,
  PRIMARY KEY (dispute_id, number)
);

-- Of disputes from before what holds now is known, and nothing of what held before.
INSERT INTO dispute_terms (dispute_id, number, to_freeze, decide_by) SELECT dispute_id, 1, to_freeze, decide_by FROM disputes;
