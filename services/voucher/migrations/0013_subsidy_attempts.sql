-- R-31: the newest try of a bid to reserve that was heard of, by its reservation or its release. What is told late of it, or of one before, is promised nothing.
create table subsidy_attempts (
  order_id int8 primary key,
  attempt int8 not null
);
