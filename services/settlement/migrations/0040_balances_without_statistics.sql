-- R-25: nobody asks for a balance by what an array holds, and to learn what is in them costs more than all else that the server does behind the postings: of each array every element is
-- counted, at every tenth more of them.
ALTER TABLE balances ALTER accounts SET STATISTICS 0, ALTER debits_pending SET STATISTICS 0, ALTER debits_posted SET STATISTICS 0, ALTER credits_pending SET STATISTICS 0,
  ALTER credits_posted SET STATISTICS 0, ALTER before SET STATISTICS 0, ALTER moves SET STATISTICS 0;
