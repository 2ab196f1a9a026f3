import { Injectable } from '@nestjs/common';
import { Deposit } from '#contracts';
import type { ListDepositsRequest, ListDepositsResponse, RecordDepositRequest } from '#contracts';
import { Clock, Database, nextPage, pageOf } from '#platform';
import type { Call } from '#platform';
import { BuyingPower } from './buying-power.js';
import { money } from './core/account.js';
import { Ledger } from './ledger.js';
import { before, participantAsked } from './list.js';
import { Participants } from './participants.js';
import { mustBeNew, receiptOf } from './receipts.js';

interface Row {
  deposit_id: bigint;
  participant_id: number;
  amount: bigint;
  bank_reference: string;
  recorded_at: bigint;
  recorded_by: string;
}

/** The operator records what came by bank: bank → money, and buying power rises by it. */
@Injectable()
export class Deposits {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly buyingPower: BuyingPower,
    private readonly participants: Participants,
  ) {}

  async record({ participantId, amount, bankReference }: RecordDepositRequest, call: Call): Promise<Deposit> {
    return this.db.once(call, Deposit, async (tx) => {
      await this.participants.mustExist(tx, participantId);
      await mustBeNew(tx, bankReference);
      const [row] = await tx.query<Row>(
        'INSERT INTO deposits (participant_id, amount, bank_reference, receipt, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *',
        [participantId, amount, bankReference, receiptOf(bankReference), this.clock.now(), call.caller.name],
      );
      const id = `deposit/${row!.deposit_id}`;
      await this.ledger.post(tx, {
        journal: id,
        cause: call.caller.name,
        orders: [{ id, kind: 'deposit', phase: 'single', debit: 'bank', credit: money(participantId), amount }],
      });
      await this.buyingPower.raise(tx, participantId, amount, 'deposit');
      return depositOf(row!);
    });
  }

  async list(request: ListDepositsRequest, call: Call): Promise<ListDepositsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      'SELECT * FROM deposits WHERE ($1::int4 = 0 OR participant_id = $1) AND deposit_id < $2 ORDER BY deposit_id DESC LIMIT $3',
      [participantAsked(call, request.participantId), before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.deposit_id]);
    return { deposits: rows.map(depositOf), page };
  }
}

const depositOf = (row: Row): Deposit => ({
  depositId: Number(row.deposit_id),
  participantId: row.participant_id,
  amount: row.amount,
  bankReference: row.bank_reference,
  recordedAt: Number(row.recorded_at),
  recordedBy: row.recorded_by,
});
