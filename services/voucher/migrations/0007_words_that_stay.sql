-- append only: subsidies_elsewhere, ownerships

-- Of what one participant said of a funder the newest word counts, of what several said the most.
alter table subsidies_elsewhere drop constraint subsidies_elsewhere_pkey;
alter table subsidies_elsewhere add column number int8 generated always as identity primary key;
create index subsidies_elsewhere_of_bid on subsidies_elsewhere (bid_id, month);

-- Each participant's word stands beside the others'; a share of 0 ends it. Whose key said what was said before is told by the steps of its programmes; what nobody can be
-- named for (0) counts until anybody says otherwise.
alter table ownerships drop constraint ownerships_pkey;
alter table ownerships drop constraint ownerships_share_bp_check;
alter table ownerships add constraint ownerships_share_bp_check check (share_bp between 0 and 10000);
alter table ownerships add column number int8 generated always as identity primary key;
alter table ownerships add column participant_id int4 not null default 0;
update ownerships set participant_id =
  coalesce((select audit.participant_id from audit where audit.key = ownerships.key order by audit.number desc limit 1), 0);
alter table ownerships alter column participant_id drop default;
drop index ownerships_by_owner;
create index ownerships_of_owned on ownerships (owned, owner, number);

create index reservations_of_buyer on reservations (buyer_id);
