/** Movements of an account between two that stand as entries of their own; `move_accounts` says the same. */
export const movesBetweenEntries = 32;

/** Above all postings. */
export const newestPosting = '9223372036854775807';

/**
 * SQL for the moment of the posting by which an account's posted sum of a side first passed an amount, null where it has not. Sums only grow, so it lies between
 * the first entry that has passed it and the entry before.
 */
export const passedAt = (account: string, side: 'debits' | 'credits', amount: string): string =>
  `(SELECT made_at FROM postings WHERE posting = (SELECT min(e.posting) FROM entries_of(${account},
      coalesce((SELECT n.posting + 1 FROM entries n WHERE n.account_id = ${account} AND n.${side}_posted > ${amount} ORDER BY n.posting LIMIT 1), ${newestPosting}), ${movesBetweenEntries + 1}) e
    WHERE e.${side}_posted > ${amount}))`;
