-- R-26, R-31: a reservation belongs to its bid and is no buying power, so nothing of it is asked back of the engine, and no hold is ever short.
ALTER TABLE buying_power DROP COLUMN gap;

ALTER TABLE lowerings DROP CONSTRAINT lowerings_cause_check, ADD CONSTRAINT lowerings_cause_check CHECK (cause IN ('withdrawal', 'receivable'));

-- amount = left + in_trades + released; in_trades stays where it was redeemed.
ALTER TABLE reservations
  DROP COLUMN raised_number,
  DROP COLUMN asked,
  ADD CONSTRAINT reservation_must_not_be_overspent CHECK (in_trades + released <= amount);
