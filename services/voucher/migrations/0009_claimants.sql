-- Who claimed, as registered at the time; of claims of before, as registered now.
alter table claims add column region int4 not null default 0;
alter table claims add column industry text not null default '';
alter table claims add column size int4 not null default 0;
update claims set region = buyer.region, industry = buyer.industry, size = buyer.size
from participants buyer where buyer.participant_id = claims.buyer_id;
alter table claims alter column region drop default, alter column industry drop default, alter column size drop default;
