-- R-35: pieces of fills that wait, or waited, to be decided; those of one reservation are decided together. They stay: by them a partner's reservation is known again.
create table piece (
  trade_id bigint primary key,
  reservation_id bigint not null,
  -- Its bid as it was placed: a day after that closed its id may be another's (R-10a).
  bid_id bigint not null,
  bid_sequence bigint not null,
  -- Of ReservationState.
  state int not null,
  platform_id int not null,
  until bigint not null,
  counted bigint not null,
  -- PieceReserved, as it was told.
  body bytea not null,
  client_order_id text not null,
  programme_id int not null
);
create index piece_by_reservation on piece (reservation_id);
create index piece_by_bid on piece (bid_id);

-- Counted, beyond filled and open.
alter table bid add column reserved bigint not null default 0;

-- What a partner released before it was reserved here, and is never reserved.
create table barred_reservation (
  participant_id int not null,
  reservation_id text not null,
  barred_at bigint not null,
  primary key (participant_id, reservation_id)
);
