-- R-36: to a partner that knows no adjustments or compensations one is said as a plain item: the id by which it is; null: as what it is.
alter table statement_items add column said_as text;
-- By which both sides name the item.
alter table statement_items add column wire_id text not null generated always as (coalesce(said_as, reservation_id)) stored;

-- Which of them a partner has stated itself, whatever it says of its capabilities.
alter table partner_talk add column known_lines text[] not null default '{}';
