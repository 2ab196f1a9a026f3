-- R-36: what a partner may state is bounded.

-- Items that the partner alone has are counted.
create index statement_items_alone on statement_items (platform) where netted_through is null and ours = 0 and theirs <> 0;

-- Of an item that neither side has, and of which there never was a lease here, nothing is kept.
delete from statement_items i where netted_through is null and ours = 0 and theirs = 0 and said_as is null
  and (reservation_id like '%~%'
    or not exists (select from pieces p where p.reservation_id = i.reservation_id)
      and not exists (select from reservations r where r.platform = i.platform and r.reservation_id = i.reservation_id));
