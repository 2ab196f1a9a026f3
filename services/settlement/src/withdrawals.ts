import { Injectable } from '@nestjs/common';
import { Withdrawal, WithdrawalState } from '#contracts';
import type { GetWithdrawalRequest, ListWithdrawalsRequest, ListWithdrawalsResponse, RequestWithdrawalRequest } from '#contracts';
import { formatYuan } from '#domain';
import { absent, Clock, conflict, Database, mayAct, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import type { Lowering } from './buying-power.js';
import { money, receivable } from './core/account.js';
import { Ledger } from './ledger.js';
import { before, participantAsked } from './list.js';

interface Row {
  withdrawal_id: bigint;
  participant_id: number;
  amount: bigint;
  state: WithdrawalState;
  refused_by: string;
  requested_at: bigint;
  ended_at: bigint | null;
}

const columns = 'withdrawal_id, participant_id, amount, state, refused_by, requested_at, ended_at';

/** money goes back only after the engine lowered buying power, so a hold already made in the market is never short of it. */
@Injectable()
export class Withdrawals {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly buyingPower: BuyingPower,
  ) {}

  async request({ participantId, amount }: RequestWithdrawalRequest, call: Call): Promise<Withdrawal> {
    if (!mayAct(call, participantId)) throw absent(`participant ${participantId}`);
    return this.db.once(call, Withdrawal, async (tx) => {
      const [purse, debt] = [money(participantId), receivable(participantId)];
      const balances = await this.ledger.lockAvailable(tx, [purse, debt]);
      const [available, owed] = [balances.get(purse)!, -balances.get(debt)!];
      if (owed > 0n && available - (await requested(tx, participantId)) - owed < amount)
        throw conflict('receivable_must_be_paid_first', `${formatYuan(owed)} yuan are owed to the exchange`, 'amount');
      if (available < amount) throw conflict('money_must_cover_the_withdrawal', 'less money than that is available', 'amount');
      const [row] = await tx.query<Row>(
        `INSERT INTO withdrawals (participant_id, amount, state, requested_at) VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
        [participantId, amount, WithdrawalState.REQUESTED, this.clock.now()],
      );
      await this.buyingPower.askLower(tx, participantId, amount, 'withdrawal', Number(row!.withdrawal_id));
      return withdrawalOf(row!);
    });
  }

  /** The engine's answer. */
  async lowered(tx: Tx, { participantId, amount, reference, accepted, cause }: Lowering): Promise<void> {
    if (!accepted) return this.end(tx, reference, WithdrawalState.REFUSED, 'buying_power_must_cover_the_withdrawal');
    const id = `withdrawal/${reference}`;
    await this.ledger.post(tx, {
      journal: id,
      cause,
      orders: [{ id, kind: 'withdrawal', phase: 'single', debit: money(participantId), credit: 'bank', amount }],
    });
    await this.end(tx, reference, WithdrawalState.POSTED, '');
  }

  async get({ withdrawalId }: GetWithdrawalRequest, call: Call): Promise<Withdrawal> {
    const [row] = await this.db.query<Row>(`SELECT ${columns} FROM withdrawals WHERE withdrawal_id = $1`, [withdrawalId]);
    if (!row) throw absent(`withdrawal ${withdrawalId}`);
    ownsOrAbsent(call, row.participant_id, `withdrawal ${withdrawalId}`);
    return withdrawalOf(row);
  }

  async list(request: ListWithdrawalsRequest, call: Call): Promise<ListWithdrawalsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT ${columns} FROM withdrawals
       WHERE ($1::int4 = 0 OR participant_id = $1) AND ($2::int4 = 0 OR state = $2) AND withdrawal_id < $3 ORDER BY withdrawal_id DESC LIMIT $4`,
      [participantAsked(call, request.participantId), request.state, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.withdrawal_id]);
    return { withdrawals: rows.map(withdrawalOf), page };
  }

  private async end(tx: Tx, id: number, state: WithdrawalState, refusedBy: string): Promise<void> {
    await tx.query('UPDATE withdrawals SET state = $2, refused_by = $3, ended_at = $4 WHERE withdrawal_id = $1', [
      id,
      state,
      refusedBy,
      this.clock.now(),
    ]);
  }
}

/** What leaves once the engine agrees. The participant's money is locked. */
async function requested(tx: Tx, participantId: number): Promise<bigint> {
  const [row] = await tx.query<{ amount: string }>(
    `SELECT coalesce(sum(amount), 0) AS amount FROM withdrawals WHERE participant_id = $1 AND state = ${WithdrawalState.REQUESTED}`,
    [participantId],
  );
  return BigInt(row!.amount);
}

const withdrawalOf = (row: Row): Withdrawal => ({
  withdrawalId: Number(row.withdrawal_id),
  participantId: row.participant_id,
  amount: row.amount,
  state: row.state,
  refusedBy: row.refused_by,
  requestedAt: Number(row.requested_at),
  endedAt: Number(row.ended_at ?? 0),
});
