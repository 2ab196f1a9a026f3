-- append only: messages, answers, audit

-- The registry's word on who may be a partner; state 3 is verified.
create table participants (
  participant_id int4 primary key,
  state int4 not null,
  is_partner boolean not null
);

-- As the operator keeps them. state: 1 active, 2 suspended, 3 left. Money is micro-yuan, times are ms.
create table partners (
  platform text primary key,
  participant_id int4 not null,
  state int4 not null check (state between 1 and 3),
  address text not null,
  tls boolean not null,
  ca text not null,
  credit_limit int8 not null check (credit_limit >= 0),
  rate_per_second int4 not null check (rate_per_second > 0),
  classes int4[] not null,
  zones int4[] not null,
  registered_at int8 not null
);
create unique index partners_by_participant on partners (participant_id) where state < 3;

create table partner_keys (
  platform text not null references partners,
  key_id text not null,
  suite text not null,
  public_key text not null,
  valid_from int8 not null,
  -- Null: until it is ended.
  valid_until int8,
  primary key (platform, key_id)
);

-- What was learned in talking. Its row is locked while a message of the partner is heard, or an answer of it is taken.
create table partner_talk (
  platform text primary key references partners,
  -- 0: none agreed.
  version int4 not null default 0,
  -- exchange.interconnect.v1.Greeting as last heard, encoded.
  greeting bytea not null default '',
  clock_ahead_ms int8 not null default 0,
  last_heard_at int8 not null default 0,
  -- Advertisements: the last that was said to it, and the last that was taken of it.
  said_serial int8 not null default 0,
  heard_serial int8 not null default 0,
  -- What is left of its rate, in thousandths of a message, and when.
  tokens int8 not null default 0,
  filled_at int8 not null default 0
);

-- Both directions (1 said, 2 heard). Of what was heard also how it was signed.
create table messages (
  number int8 generated always as identity primary key,
  direction int4 not null check (direction in (1, 2)),
  platform text not null,
  message_id text not null,
  digest bytea not null,
  kind int4 not null,
  message bytea not null,
  said_at int8,
  key_id text,
  suite text,
  signature bytea,
  valid_until int8 not null,
  at int8 not null,
  unique (platform, direction, message_id, digest)
);
create index messages_by_platform on messages (platform, number);

create table answers (
  number int8 primary key references messages,
  -- Name of the rule by which it was refused; empty where it was done.
  rule text not null,
  -- exchange.interconnect.v1.SignedMessage, encoded: as it was told, and is told again.
  answer bytea not null,
  at int8 not null
);

-- Said, and not answered yet.
create table waiting (
  number int8 primary key references messages,
  platform text not null references partners,
  kind int4 not null,
  made_at int8 not null,
  next_at int8 not null,
  attempts int4 not null default 0,
  last_failure text not null default ''
);
create index waiting_by_time on waiting (next_at);
create index waiting_of_partner on waiting (platform, kind);

create table audit (
  number int8 generated always as identity primary key,
  platform text not null,
  step text not null,
  participant_id int4 not null,
  key text not null,
  at int8 not null,
  reason text not null,
  detail text not null
);
create index audit_of_partner on audit (platform, number);

-- exchange.interconnect.v1.RemoteSupply, encoded: what this platform advertises, …
create table own_supply (
  advert_id text primary key,
  supply bytea not null,
  expires_at int8 not null
);

-- … and what partners do.
create table remote_supply (
  platform text not null references partners,
  advert_id text not null,
  compute_class int4 not null,
  model text not null,
  zone int4 not null,
  region int4 not null,
  supply bytea not null,
  expires_at int8 not null,
  heard_at int8 not null,
  primary key (platform, advert_id)
);
