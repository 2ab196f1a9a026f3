-- R-30, R-36: what a partner owes, or is owed, for a broken green promise is in the statements between the platforms; before, it was between their participants.
ALTER TABLE green_leases ADD COLUMN by_statement bool NOT NULL DEFAULT false;

-- Whether the netting has settled that of the lease too.
ALTER TABLE partner_netted_leases ADD COLUMN green bool NOT NULL DEFAULT false;
