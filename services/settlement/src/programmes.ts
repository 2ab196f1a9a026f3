import { Injectable } from '@nestjs/common';
import { ProgrammeBalances, ProgrammeEnd } from '#contracts';
import type { EndProgrammeRequest, FundProgrammeRequest, ListProgrammeBalancesResponse } from '#contracts';
import { conflict, Database } from '#platform';
import type { Call, Tx } from '#platform';
import { programme } from './core/account.js';
import { Ledger } from './ledger.js';

/** a programme's money, issued = available + held + redeemed + expired + revoked, moved for the voucher service. */
@Injectable()
export class Programmes {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
  ) {}

  async fund({ programmeId, transferId, amount, replaces, round }: FundProgrammeRequest, call: Call): Promise<ProgrammeBalances> {
    return this.db.once(call, ProgrammeBalances, async (tx) => {
      if (replaces) await this.mustBeTheNewest(tx, programmeId, round);
      const [debit, credit] = [programme(programmeId, 'funding'), programme(programmeId, 'available')];
      const id = `programme/${programmeId}/${transferId}`;
      await this.ledger.lockAvailable(tx, [credit]);
      const undone = replaces ? await this.issuedOtherwise(tx, programmeId, id) : [];
      await this.ledger.post(tx, {
        journal: id,
        cause: call.caller.name,
        orders: [
          ...undone.map((issue) => ({
            ...({ id: `${issue.transfer_id}/taken-back`, kind: 'programme_unfunded', phase: 'single' } as const),
            ...{ debit: credit, credit: debit, amount: issue.amount, corrects: issue.transfer_id },
          })),
          { id, kind: 'programme_funded', phase: 'single', debit, credit, amount },
        ],
      });
      await this.ledger.flush(tx);
      return this.balancesOf(tx, programmeId);
    });
  }

  /** A call of a round that was lost may come when a later one was issued: what it would replace is newer than it. One round of a programme at a time. */
  private async mustBeTheNewest(tx: Tx, programmeId: number, round: number): Promise<void> {
    const [newest] = await tx.query(
      `INSERT INTO programme_rounds (programme_id, round) VALUES ($1, $2)
       ON CONFLICT (programme_id) DO UPDATE SET round = excluded.round WHERE programme_rounds.round <= excluded.round RETURNING round`,
      [programmeId, round],
    );
    if (!newest) throw conflict('round_must_be_the_newest', `a later round of programme ${programmeId} was issued`, 'round');
  }

  /** What was issued under other ids and not taken back; nothing once the id itself was. */
  private issuedOtherwise(tx: Tx, programmeId: number, id: string): Promise<{ transfer_id: string; amount: bigint }[]> {
    return tx.query(
      `SELECT transfer_id, amount FROM transfers f WHERE transfer_id > $1 || '/' AND transfer_id < $1 || '0' AND kind = 'programme_funded'
         AND NOT EXISTS (SELECT FROM transfers WHERE transfer_id IN (f.transfer_id || '/taken-back', $2)) ORDER BY transfer_id`,
      [`programme/${programmeId}`, id],
    );
  }

  async end({ programmeId, transferId, end }: EndProgrammeRequest, call: Call): Promise<ProgrammeBalances> {
    return this.db.once(call, ProgrammeBalances, async (tx) => {
      const part = end === ProgrammeEnd.EXPIRED ? 'expired' : 'revoked';
      const id = `programme/${programmeId}/${transferId}`;
      const [debit, credit] = [programme(programmeId, 'available'), programme(programmeId, part)];
      const available = (await this.ledger.lockAvailable(tx, [debit])).get(debit)!;
      const [before] = await tx.query<{ credit_account: string }>(
        'SELECT c.code AS credit_account FROM transfers t JOIN accounts c ON c.account_id = t.credit WHERE transfer_id = $1',
        [id],
      );
      if (before && before.credit_account !== credit)
        throw conflict('transfer_id_must_not_be_reused', `${id} was another movement`, 'transferId');
      if (!before && available > 0n)
        await this.ledger.post(tx, {
          journal: id,
          cause: call.caller.name,
          orders: [{ id, kind: `programme_${part}`, phase: 'single', debit, credit, amount: available }],
        });
      await this.ledger.flush(tx);
      return this.balancesOf(tx, programmeId);
    });
  }

  async balances(programmeId: number): Promise<ProgrammeBalances> {
    return this.balancesOf(this.db, programmeId);
  }

  async list(programmeIds: readonly number[]): Promise<ListProgrammeBalancesResponse> {
    const programmes: ProgrammeBalances[] = [];
    for (const id of programmeIds) programmes.push(await this.balancesOf(this.db, id));
    return { programmes };
  }

  private async balancesOf(reader: Pick<Tx, 'query'>, programmeId: number): Promise<ProgrammeBalances> {
    const rows = await reader.query<{ code: string; balance: bigint }>(
      `SELECT code, credits_posted - debits_posted AS balance FROM accounts WHERE code = ANY($1)`,
      [(['funding', 'available', 'held', 'redeemed', 'expired', 'revoked'] as const).map((part) => programme(programmeId, part))],
    );
    const of = (part: Parameters<typeof programme>[1]) => rows.find(({ code }) => code === programme(programmeId, part))?.balance ?? 0n;
    return {
      programmeId,
      issued: -of('funding'),
      available: of('available'),
      held: of('held'),
      redeemed: of('redeemed'),
      expired: of('expired'),
      revoked: of('revoked'),
    };
  }
}
