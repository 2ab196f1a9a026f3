-- R-31, R-32: the newest try of a bid to reserve that was heard of, by its reservation or its release. What is told late of it, or of one before, reserves nothing.
CREATE TABLE subsidy_attempts (
  order_id int8 PRIMARY KEY,
  attempt int8 NOT NULL
);
