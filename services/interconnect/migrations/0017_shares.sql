-- What of each advert is left for one partner beside the others (R-35).

-- What each was told of last, as it was told: exchange.interconnect.v1.RemoteSupply, encoded.
create table told_adverts (
  platform text not null references partners,
  advert_id text not null,
  supply bytea not null,
  primary key (platform, advert_id)
);
insert into told_adverts select platform, advert_id, supply from partners join partner_talk using (platform), own_supply where state < 3 and version > 0;

-- Of the terms: which units of which advert a reservation takes, in which slots.
alter table reservations
  add column advert_id text not null default '',
  add column units int4 not null default 0,
  add column from_slot int4 not null default 0,
  add column to_slot int4 not null default 0;

-- Of encoded terms: advert_id (field 1), units (8), and the window (9) with its first slot (1) and the one behind its last (2).
create function taken_of_terms(message bytea, is_window boolean, out advert_id text, out units int4, out from_slot int4, out to_slot int4) as $$
declare
  place int4 := 0;
  tag int4;
  value int8;
  inner_window record;
begin
  while place < length(message) loop
    tag := get_byte(message, place);
    place := place + 1;
    value := 0;
    for shift in 0..9 loop
      value := value | ((get_byte(message, place) & 127)::int8 << (7 * shift));
      place := place + 1;
      exit when get_byte(message, place - 1) < 128;
    end loop;
    if is_window then
      if tag = 8 then from_slot := value; elsif tag = 16 then to_slot := value; end if;
    elsif tag = 10 then advert_id := convert_from(substring(message from place + 1 for value::int4), 'utf8');
    elsif tag = 64 then units := value;
    elsif tag = 74 then
      inner_window := taken_of_terms(substring(message from place + 1 for value::int4), true);
      from_slot := inner_window.from_slot;
      to_slot := inner_window.to_slot;
    end if;
    if tag & 7 = 2 then place := place + value::int4; end if;
  end loop;
end $$ language plpgsql;
update reservations r
  set advert_id = t.advert_id, units = coalesce(t.units, 0), from_slot = coalesce(t.from_slot, 0), to_slot = coalesce(t.to_slot, 0)
  from (select platform, reservation_id, (taken_of_terms(terms, false)).* from reservations where length(terms) > 0) t
  where t.platform = r.platform and t.reservation_id = r.reservation_id and t.advert_id is not null;
drop function taken_of_terms;
create index reservations_ahead on reservations (to_slot) where state in (2, 3);
