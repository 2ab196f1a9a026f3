-- Where a trade is delivered, and by what its energy and carbon are reckoned. 0: a trade from before this was told here.
ALTER TABLE trades
  ADD COLUMN region int4 NOT NULL DEFAULT 0,
  ADD COLUMN site_id int4 NOT NULL DEFAULT 0,
  ADD COLUMN pue_milli int4 NOT NULL DEFAULT 0;

-- Carbon of a kilowatt-hour from the grid: the national average of 2023 as the ministry published it, 0.5306 kg, until the operator publishes its own.
ALTER TABLE schedules ADD COLUMN carbon_mg_per_kwh int4 NOT NULL DEFAULT 0;
INSERT INTO schedules (kind, version, effective_from, fee_bp, tiers, published_at, published_by, carbon_mg_per_kwh)
  VALUES (5, 1, 0, 0, '[]', 0, 'the exchange', 530600);
