import { Inject, Injectable } from '@nestjs/common';
import { ClaimState, LedgerDefinition, ProgrammeEnd, ProgrammeState, SubsidyKind } from '#contracts';
import { formatYuan, shanghaiDay, slotAt } from '#domain';
import { At, type Client, Database, Outbox, type Tx, clientOf, serviceCall } from '#platform';
import { nobody, record } from './audit.js';
import { shareOut } from './pro-rata.js';
import { type ProgrammeRow, readProgramme, termsOf } from './programme.row.js';

const { APPROVED, ACTIVE, EXPIRED, CLOSED } = ProgrammeState;

/** What time does to programmes: their period begins and ends, and what nobody can claim any more goes back. */
@Injectable()
export class ProgrammeClock {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(clientOf(LedgerDefinition)) private readonly ledger: Client<typeof LedgerDefinition>,
  ) {}

  @At('programmes', 60_000)
  async pass(now: number): Promise<void> {
    const today = shanghaiDay(slotAt(now));
    const over = await this.database.transaction(async (tx) => {
      // Said at once and done one after the other.
      const [, , rows] = await Promise.all([
        this.move(tx, now, 'activated', ACTIVE, 'state = $3 and first_day <= $4', [APPROVED, today]),
        this.move(tx, now, 'expired', EXPIRED, 'state = $3 and last_day < $4', [ACTIVE, today]),
        tx.query<{ programme_id: number }>(
          `select programme_id from programmes where state in (${EXPIRED}, ${CLOSED}) and not ended order by 1`,
        ),
      ]);
      return rows;
    });
    for (const row of over) await this.database.transaction((tx) => this.end(tx, row.programme_id, now));
  }

  private async move(tx: Tx, now: number, step: string, state: ProgrammeState, where: string, params: readonly number[]): Promise<void> {
    const moved = await tx.query<{ programme_id: number }>(
      `update programmes set state = $1, changed_at = $2 where ${where} returning programme_id`,
      [state, now, ...params],
    );
    await record(
      tx,
      nobody,
      now,
      moved.map((row) => ({ programmeId: row.programme_id, step, detail: '' })),
    );
  }

  /** available becomes expired (revoked where the authority closed it) once nothing is held and every decision is posted. */
  private async end(tx: Tx, programmeId: number, now: number): Promise<void> {
    await tx.query('select 1 from programmes where programme_id = $1 for update', [programmeId]);
    const row = await readProgramme(tx, programmeId);
    if (row.ended || (await mayStillClaim(tx, row))) return;
    if ((await shareOut(tx, this.outbox, programmeId, termsOf(row), now)) > 0) return;
    const before = await this.ledger.getProgrammeBalances({ programmeId }, serviceCall('voucher'));
    if (before.held !== 0n || before.redeemed !== (await paidOut(tx, programmeId))) return;
    const end = row.state === CLOSED ? ProgrammeEnd.REVOKED : ProgrammeEnd.EXPIRED;
    if (before.available > 0n)
      await this.ledger.endProgramme({ programmeId, transferId: `ended-${row.endings + 1}`, end }, serviceCall('voucher'));
    await tx.query('update programmes set ended = true, endings = endings + 1 where programme_id = $1', [programmeId]);
    const detail = `${formatYuan(before.available)} yuan ${end === ProgrammeEnd.REVOKED ? 'revoked' : 'expired'}`;
    await record(tx, nobody, now, [{ programmeId, step: 'ended', detail }]);
  }
}

/** Claims that wait; and of a reimbursement, bids and trades that are still to be billed, since the ledger holds nothing for them. */
async function mayStillClaim(tx: Tx, row: ProgrammeRow): Promise<boolean> {
  const [found] = await tx.query<{ open: boolean }>(
    `select exists (select 1 from claims where programme_id = $1 and state = ${ClaimState.WAITING})
       or $2 and (exists (select 1 from reservations where programme_id = $1 and not closed)
         or exists (select 1 from subsidised_trades where programme_id = $1 and not billed)) as open`,
    [row.programme_id, termsOf(row).kind === SubsidyKind.REIMBURSEMENT],
  );
  return found!.open;
}

/** What the ledger must show as redeemed once it has posted every decision. */
async function paidOut(tx: Tx, programmeId: number): Promise<bigint> {
  const [row] = await tx.query<{ paid: string }>(
    `select coalesce(sum(amount - clawed_back), 0) as paid from claims where programme_id = $1 and state = ${ClaimState.GRANTED}`,
    [programmeId],
  );
  return BigInt(row!.paid);
}
