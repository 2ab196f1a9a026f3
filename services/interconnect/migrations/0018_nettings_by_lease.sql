-- R-36: settlement was told of which leases the netting is; of those before this was told it is told anew.
alter table nettings add column leases_told boolean not null default false;
create index nettings_to_tell on nettings (platform, through) where agreed_at > 0 and not leases_told;
