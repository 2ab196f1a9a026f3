-- What was asked for and not answered yet counts where its participant owes and asks for more.
CREATE INDEX withdrawals_requested ON withdrawals (participant_id) WHERE state = 1;
