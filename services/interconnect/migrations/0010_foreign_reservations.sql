-- Reservations that partners asked for in the words of another protocol (edge: 'rear'), as it came, and what it was understood as. Times are ms.
-- append only: foreign_reservations
create table foreign_reservations (
  platform text not null references partners,
  reservation_id text not null,
  edge text not null,
  -- Who asked: participant and key of the API.
  participant_id int4 not null,
  key text not null,
  document bytea not null,
  digest bytea not null,
  -- exchange.interconnect.v1.ReservationRequested, encoded.
  request bytea not null,
  -- What was offered, in the other protocol's words, as JSON.
  offered text not null,
  at int8 not null,
  primary key (platform, reservation_id)
);
create index foreign_reservations_by_digest on foreign_reservations (platform, digest);
