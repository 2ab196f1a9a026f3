-- Which shard a row came of, and lists whose order is that of time: sequences and trade numbers count in a shard.

alter table book add column shard int not null default 0;
alter table bid add column shard int not null default 0;

-- Cancel-all has an answer of each shard.
alter table answer add column shard int not null default 0;
alter table answer drop constraint answer_pkey;
alter table answer add primary key (participant_id, key, shard);

-- What is done to the whole market is done in each shard; the first one's row tells of it.
alter table market_action add column shard int not null default 0;
drop index market_action_of_call;
create unique index market_action_of_call on market_action (by, key, shard) where key <> '';

drop index bid_by_participant;
drop index bid_by_sequence;
create index bid_by_participant on bid (participant_id, placed_at desc, sequence desc);
create index bid_by_time on bid (placed_at desc, sequence desc);

drop index offer_by_participant;
drop index offer_by_sequence;
drop index offer_by_book;
create index offer_by_participant on offer (participant_id, placed_at desc, sequence desc);
create index offer_by_time on offer (placed_at desc, sequence desc);
create index offer_by_book on offer (book_id, placed_at desc, sequence desc);

drop index trade_by_buyer;
drop index trade_by_provider;
drop index trade_by_book;
create index trade_by_time on trade (made_at desc, trade_id desc);
create index trade_by_buyer on trade (buyer_id, made_at desc, trade_id desc);
create index trade_by_provider on trade (provider_id, made_at desc, trade_id desc);
create index trade_by_book on trade (book_id, made_at desc, trade_id desc);

drop index reclaim_notice_of_buyer;
create index reclaim_notice_of_buyer on reclaim_notice (buyer_id, told_at desc, notice_id desc);
