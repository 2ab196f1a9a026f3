-- append only: partner_payments, partner_payment_returns

-- R-36: what a bank has moved of what a netting left. Micro-yuan, whole fen.
CREATE TABLE partner_payments (
  payment_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id int4 NOT NULL,
  currency text NOT NULL,
  through int4 NOT NULL,
  -- The partner paid; else it was paid.
  received bool NOT NULL,
  amount int8 NOT NULL CHECK (amount > 0),
  -- What of the netting no fen can pay, of the last payment; below 0 where a fen paid more.
  rounded int8 NOT NULL CHECK (rounded BETWEEN -9999 AND 9999),
  bank_reference text NOT NULL,
  -- The reference as it is compared: one receipt is one, however it was typed.
  receipt text NOT NULL,
  value_date int4 NOT NULL,
  recorded_at int8 NOT NULL,
  recorded_by text NOT NULL
);
CREATE INDEX partner_payments_of ON partner_payments (partner_id, currency, through);
CREATE INDEX partner_payments_receipt ON partner_payments (receipt);

-- Those that came back, or were recorded by mistake.
CREATE TABLE partner_payment_returns (
  payment_id int8 PRIMARY KEY,
  reason text NOT NULL,
  returned_at int8 NOT NULL,
  returned_by text NOT NULL
);
