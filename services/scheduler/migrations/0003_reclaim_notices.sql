-- R-17: what buyers are told of leases that are reclaimed.
create table reclaim_notice (
  notice_id bigint primary key,
  lease_id bigint not null,
  buyer_id int not null,
  reclaimed_by int not null,
  -- The lease ends before it.
  from_slot int not null,
  -- The bid that asks for what was not delivered; 0: none.
  rest_bid_id bigint not null,
  told_at bigint not null,
  -- 0 until it is.
  acknowledged_at bigint not null,
  -- The key that did.
  acknowledged_by text not null
);
create index reclaim_notice_of_buyer on reclaim_notice (buyer_id, notice_id desc);
create index reclaim_notice_of_lease on reclaim_notice (lease_id);
