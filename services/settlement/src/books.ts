import { Injectable } from '@nestjs/common';
import { PayoutState, WithdrawalState } from '#contracts';
import type {
  Account,
  ClearingBalance,
  GetBalanceRequest,
  LedgerSummary,
  ListAccountsRequest,
  ListAccountsResponse,
  ParticipantBalance,
  TrialBalance,
  TrialBalanceRow,
} from '#contracts';
import { absent, Database, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call } from '#platform';
import { disputed, income, money, receivable } from './core/account.js';
import { accountsOf, participantAsked } from './list.js';
import { Overdue } from './overdue.js';

interface Sums {
  debits_pending: bigint;
  debits_posted: bigint;
  credits_pending: bigint;
  credits_posted: bigint;
}

interface AccountRow extends Sums {
  code: string;
  debits_limited: boolean;
  credits_limited: boolean;
  opened_at: bigint;
}

/** Reads the ledger for people. */
@Injectable()
export class Books {
  constructor(
    private readonly db: Database,
    private readonly overdue: Overdue,
  ) {}

  async balance({ participantId }: GetBalanceRequest, call: Call): Promise<ParticipantBalance> {
    ownsOrAbsent(call, participantId, `participant ${participantId}`);
    const accounts = await this.db.query<AccountRow>('SELECT * FROM accounts WHERE code = ANY($1)', [accountsOf(participantId)]);
    const [known] = await this.db.query<{ number: bigint; reserved: bigint; used: bigint }>(
      `SELECT coalesce((SELECT number FROM buying_power WHERE participant_id = $1), 0)::int8 AS number,
         coalesce((SELECT sum(amount - in_trades - released) FROM reservations WHERE buyer_id = $1), 0)::int8 AS reserved,
         coalesce((SELECT sum(r.in_trades) - sum(coalesce(g.granted, 0)) FROM reservations r
           LEFT JOIN LATERAL (SELECT sum(granted) AS granted FROM trades t JOIN subsidy_grants USING (trade_id) WHERE t.reservation_id = r.reservation_id) g ON true
           WHERE r.buyer_id = $1), 0)::int8 AS used
       WHERE EXISTS (SELECT 1 FROM participants WHERE participant_id = $1)`,
      [participantId],
    );
    if (!known && accounts.length === 0) throw absent(`participant ${participantId}`);
    const of = (code: string) => accounts.find((row) => row.code === code);
    const purse = of(money(participantId));
    return {
      participantId,
      moneyAvailable: purse ? balanceOf(purse) - purse.debits_pending : 0n,
      moneyHeld: purse?.debits_pending ?? 0n,
      subsidyReserved: known?.reserved ?? 0n,
      subsidyHeld: known?.used ?? 0n,
      receivable: -balanceOf(of(receivable(participantId))),
      income: balanceOf(of(income(participantId))),
      disputed: balanceOf(of(disputed(participantId))),
      buyingPowerNumber: Number(known?.number ?? 0n),
      receivableDueAt: (await this.overdue.dueAt(participantId)) ?? 0,
    };
  }

  async accounts(request: ListAccountsRequest, call: Call): Promise<ListAccountsResponse> {
    const { limit, after } = pageOf(request.page);
    const participantId = participantAsked(call, request.participantId);
    const found = await this.db.query<AccountRow>(
      `SELECT * FROM accounts WHERE ($1::int4 = 0 OR code = ANY($2)) AND starts_with(code, $3) AND code > $4 ORDER BY code LIMIT $5`,
      [participantId, accountsOf(participantId), request.prefix, after?.[0] ?? '', limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.code]);
    return { accounts: rows.map(accountOf), page };
  }

  async trialBalance(): Promise<TrialBalance> {
    const rows = await this.db.query<{ kind: string; accounts: bigint; sums: Record<keyof Sums, string> }>(
      `SELECT kind, count(*) AS accounts, jsonb_build_object('debits_pending', sum(debits_pending)::text, 'debits_posted', sum(debits_posted)::text,
         'credits_pending', sum(credits_pending)::text, 'credits_posted', sum(credits_posted)::text) AS sums
       FROM accounts GROUP BY kind ORDER BY kind`,
    );
    const kinds = rows.map<TrialBalanceRow>(({ kind, accounts, sums }) => ({
      kind,
      accounts: Number(accounts),
      debitsPending: BigInt(sums.debits_pending),
      debitsPosted: BigInt(sums.debits_posted),
      creditsPending: BigInt(sums.credits_pending),
      creditsPosted: BigInt(sums.credits_posted),
      balance: BigInt(sums.credits_posted) - BigInt(sums.debits_posted),
    }));
    return {
      rows: kinds,
      imbalance: await this.imbalance(),
      held: kinds.reduce((sum, row) => sum + row.debitsPending, 0n),
      clearing: await this.clearing(),
    };
  }

  async summary(): Promise<LedgerSummary> {
    const [row] = await this.db.query<Record<string, string>>(
      `SELECT (SELECT coalesce(sum(amount), 0) FROM deposits) AS deposited,
         (SELECT coalesce(sum(amount), 0) FROM withdrawals WHERE state = $1) AS withdrawn,
         (SELECT coalesce(sum(total), 0) FROM bills) AS billed,
         (SELECT coalesce(sum(credits_posted - debits_posted), 0) FROM accounts WHERE kind = 'programme/*/redeemed') AS subsidy,
         (SELECT coalesce(sum(credit_change), 0) FROM ratings) AS sla_credits,
         (SELECT coalesce(sum(credits_posted - debits_posted), 0) FROM accounts WHERE kind = 'fee') AS fees,
         (SELECT coalesce(sum(amount), 0) FROM payouts WHERE state = $2) AS paid_out,
         (SELECT coalesce(sum(amount), 0) FROM refunds) AS refunded,
         (SELECT coalesce(sum(debits_pending), 0) FROM accounts) AS held,
         (SELECT coalesce(sum(debits_posted - credits_posted), 0) FROM accounts WHERE kind = 'participant/*/receivable') AS receivable,
         (SELECT coalesce(sum(credits_posted - debits_posted), 0) FROM accounts WHERE kind = 'rounding') AS rounding,
         (SELECT count(*)::numeric FROM transfers) AS transfers, (SELECT count(*)::numeric FROM leases) AS trades,
         (SELECT count(*)::numeric FROM leases WHERE NOT rated) AS unrated`,
      [WithdrawalState.POSTED, PayoutState.PAID],
    );
    const of = (name: string) => BigInt(row![name]!);
    return {
      deposited: of('deposited'),
      withdrawn: of('withdrawn'),
      billed: of('billed'),
      subsidy: of('subsidy'),
      slaCredits: of('sla_credits'),
      fees: of('fees'),
      paidOut: of('paid_out'),
      refunded: of('refunded'),
      held: of('held'),
      receivable: of('receivable'),
      rounding: of('rounding'),
      imbalance: await this.imbalance(),
      clearing: await this.clearing(),
      transfers: Number(of('transfers')),
      trades: Number(of('trades')),
      unrated: Number(of('unrated')),
    };
  }

  private async clearing(): Promise<ClearingBalance[]> {
    const rows = await this.db.query<AccountRow>(`SELECT * FROM accounts WHERE starts_with(code, 'clearing/') ORDER BY code`);
    return rows.map((row) => ({ account: row.code, balance: balanceOf(row) }));
  }

  /** Debits less credits over all accounts, and every difference between an account's sums and those over its transfers. 0, or the books are wrong. */
  private async imbalance(): Promise<bigint> {
    const [row] = await this.db.query<{ imbalance: string }>(
      `WITH legs AS (
         SELECT debit AS account_id, amount AS debits, 0 AS credits, phase FROM transfers UNION ALL
         SELECT credit, 0, amount, phase FROM transfers UNION ALL
         SELECT p.debit, -p.amount, 0, 'pending' FROM transfers e JOIN transfers p ON p.transfer_id = e.pending_id UNION ALL
         SELECT p.credit, 0, -p.amount, 'pending' FROM transfers e JOIN transfers p ON p.transfer_id = e.pending_id
       ), sums AS (
         SELECT account_id, coalesce(sum(debits) FILTER (WHERE phase = 'pending'), 0) AS debits_pending, coalesce(sum(debits) FILTER (WHERE phase IN ('single', 'post')), 0) AS debits_posted,
           coalesce(sum(credits) FILTER (WHERE phase = 'pending'), 0) AS credits_pending, coalesce(sum(credits) FILTER (WHERE phase IN ('single', 'post')), 0) AS credits_posted
         FROM legs GROUP BY account_id
       )
       SELECT abs(coalesce(sum(a.debits_posted), 0) - coalesce(sum(a.credits_posted), 0)) + abs(coalesce(sum(a.debits_pending), 0) - coalesce(sum(a.credits_pending), 0))
         + coalesce(sum(abs(coalesce(a.debits_pending, 0) - coalesce(s.debits_pending, 0)) + abs(coalesce(a.debits_posted, 0) - coalesce(s.debits_posted, 0))
           + abs(coalesce(a.credits_pending, 0) - coalesce(s.credits_pending, 0)) + abs(coalesce(a.credits_posted, 0) - coalesce(s.credits_posted, 0))), 0) AS imbalance
       FROM accounts a FULL JOIN sums s USING (account_id)`,
    );
    return BigInt(row!.imbalance);
  }
}

const balanceOf = (row: Sums | undefined): bigint => (row ? row.credits_posted - row.debits_posted : 0n);

const accountOf = (row: AccountRow): Account => ({
  code: row.code,
  debitsPending: row.debits_pending,
  debitsPosted: row.debits_posted,
  creditsPending: row.credits_pending,
  creditsPosted: row.credits_posted,
  balance: balanceOf(row),
  debitsLimited: row.debits_limited,
  creditsLimited: row.credits_limited,
  openedAt: Number(row.opened_at),
});
