/**
 * Tables of this service whose rows stand for good: who did what; programmes as they were approved; what was claimed, decided and taken back; what other
 * platforms brought, and what was said of owners and other payers; which trades were promised what; and what trials take: bills by trade, what was refunded, who
 * firms were. Of a claim and its trades all but what a decision or a taking back changes. A draft is its
 * author's to change, and a trial pays nothing: neither is evidence.
 */
export const evidence = [
  { table: 'audit', key: ['number'] },
  { table: 'approvals', key: ['programme_id', 'round', 'key'] },
  { table: 'claim_approvals', key: ['claim_id', 'key'] },
  { table: 'programmes', key: ['programme_id'], columns: ['programme_id', 'authority_id', 'created_at'] },
  { table: 'programme_issues', key: ['programme_id'] },
  {
    table: 'claims',
    key: ['claim_id'],
    columns: [
      ...['claim_id', 'programme_id', 'buyer_id', 'bill_id', 'month', 'bid_id', 'base', 'findings', 'provider_ids', 'made_at'],
      ...['region', 'industry', 'size', 'firm_name', 'credit_code'],
    ],
  },
  { table: 'claim_trades', key: ['claim_id', 'trade_id'], columns: ['claim_id', 'trade_id', 'base'] },
  { table: 'later_findings', key: ['claim_id', 'rule'] },
  { table: 'claim_decisions', key: ['claim_id', 'number'] },
  { table: 'subsidised_trades', key: ['trade_id'], columns: ['trade_id', 'order_id', 'programme_id', 'share'] },
  { table: 'billed_trades', key: ['bill_id', 'trade_id'] },
  { table: 'billed_refunds', key: ['number'] },
  { table: 'registrations', key: ['number'] },
  { table: 'overdue_changes', key: ['number'] },
  { table: 'claw_backs', key: ['claw_back_id'] },
  { table: 'platform_contracts', key: ['contract_id'] },
  { table: 'platform_bills', key: ['platform_bill_id'] },
  { table: 'platform_receipts', key: ['receipt_hash'] },
  { table: 'platform_usage', key: ['platform_bill_id', 'line'] },
  { table: 'platform_cancellations', key: ['cancellation_id'] },
  { table: 'subsidies_elsewhere', key: ['number'] },
  { table: 'ownerships', key: ['number'] },
];
