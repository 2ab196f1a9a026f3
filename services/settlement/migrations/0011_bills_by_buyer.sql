-- A month is billed some buyers at a time, and its bills are added up at its end.
CREATE INDEX unbilled_buyer ON unbilled (buyer_id, to_slot);
CREATE INDEX bills_month ON bills (month);
