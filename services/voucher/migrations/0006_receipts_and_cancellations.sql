-- append only: platform_receipts, platform_cancellations

-- A payment's receipt serves one bill, whatever became of it. Of bills of before, whose receipt's hash is a text of 64 letters in field 8, the first has it.
create table platform_receipts (
  receipt_hash text primary key,
  platform_bill_id int8 not null references platform_bills
);
insert into platform_receipts (receipt_hash, platform_bill_id)
select distinct on (hash) hash, platform_bill_id
from (select platform_bill_id, substring(encode(bill, 'escape') from 'B@([0-9a-f]{64})') as hash from platform_bills) brought
where hash is not null order by hash, platform_bill_id;

-- What a platform paid back of a bill, as an officer said, and what of its subsidy went back with it.
create table platform_cancellations (
  cancellation_id int8 generated always as identity primary key,
  claim_id int8 not null references claims,
  refunded int8 not null check (refunded > 0),
  clawed_back int8 not null check (clawed_back between 0 and refunded),
  reason text not null,
  participant_id int4 not null,
  key text not null,
  at int8 not null
);
