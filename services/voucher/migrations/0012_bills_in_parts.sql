-- append only: later_findings

-- R-34: what was found of a claim when later parts of its bill had come, beside what was found when it came, which stands as it was sealed.
CREATE TABLE later_findings (
  claim_id int8 NOT NULL,
  rule text NOT NULL,
  detail text NOT NULL,
  evidence text[] NOT NULL,
  found_at int8 NOT NULL,
  PRIMARY KEY (claim_id, rule)
);

-- Claims of a bill's first parts that wait for no officers: what was decided of them is told once all parts have come. Work in hand.
CREATE TABLE untold_claims (
  bill_id int8 NOT NULL,
  claim_id int8 NOT NULL,
  PRIMARY KEY (bill_id, claim_id)
);
