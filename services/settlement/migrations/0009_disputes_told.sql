-- R-29: participants are told of disputes; a dispute that has ended freezes nothing; what was only frozen, or came back, is paid with the next payout.

ALTER TABLE notices ADD COLUMN dispute_id int8 NOT NULL DEFAULT 0;

UPDATE disputes SET frozen = 0 WHERE state <> 1;

UPDATE unpaid u SET month = '' FROM earnings e WHERE e.earning_id = u.earning_id AND e.kind IN ('dispute_released', 'returned_payout');
