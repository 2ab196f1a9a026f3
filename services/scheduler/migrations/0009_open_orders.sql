-- Lists of a participant's open orders, the newest first: few of all that it ever placed, which would all be looked through to find them.
create index bid_open on bid (participant_id, placed_at desc, sequence desc) where state = 1;
create index offer_open on offer (participant_id, placed_at desc, sequence desc) where state = 1;
