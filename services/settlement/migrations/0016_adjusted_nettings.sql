-- R-36: of bought, what goes back of what was sold and netted before; of sold, what comes back of what was bought.
ALTER TABLE partner_nettings
  ADD COLUMN sold_back int8 NOT NULL DEFAULT 0 CHECK (sold_back BETWEEN 0 AND bought),
  ADD COLUMN bought_back int8 NOT NULL DEFAULT 0 CHECK (bought_back BETWEEN 0 AND sold);
