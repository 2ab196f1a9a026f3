-- append only: platform_contracts, platform_bills

-- Contracts of other platforms, by their hash. A claim of one has the number below 0 as its bid, so that R-33's once holds over platforms too.
create table platform_contracts (
  contract_id int8 generated always as identity primary key,
  contract text not null unique
);

-- Bills that platforms brought. A claim of one has the number below 0 as its bill.
create table platform_bills (
  platform_bill_id int8 generated always as identity primary key,
  platform_id int4 not null,
  bill_number text not null,
  -- exchange.voucher.v1.SubmitPlatformBillRequest, encoded.
  bill bytea not null,
  key text not null,
  at int8 not null,
  unique (platform_id, bill_number)
);

-- What others than the exchange's programmes pay for a bid's month, as its buyer or an officer said.
create table subsidies_elsewhere (
  bid_id int8 not null,
  month text not null,
  funder text not null,
  amount int8 not null check (amount >= 0),
  participant_id int4 not null,
  key text not null,
  at int8 not null,
  primary key (bid_id, month, funder)
);
