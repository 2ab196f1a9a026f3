/** Tables of this service whose rows stand for good. A posting's row holds the digest of its transfers; of an account all but its sums. */
export const evidence = [
  { table: 'postings', key: ['posting'] },
  {
    table: 'accounts',
    key: ['account_id'],
    columns: ['account_id', 'code', 'kind', 'currency', 'debits_limited', 'credits_limited', 'opened_at'],
  },
  { table: 'usage_records', key: ['usage_id'] },
  { table: 'measurements', key: ['trade_id'] },
  { table: 'lease_ends', key: ['trade_id'] },
  { table: 'ratings', key: ['rating_id'] },
  { table: 'bills', key: ['bill_id'] },
  { table: 'bill_lines', key: ['bill_id', 'line'] },
  { table: 'deposits', key: ['deposit_id'] },
  { table: 'subsidy_decisions', key: ['claim_id'] },
  { table: 'schedules', key: ['kind', 'version'] },
] as const;
