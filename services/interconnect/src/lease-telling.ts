import { Injectable } from '@nestjs/common';
import { type PartnerMessage, RemoteTerms } from '#contracts';
import { At, Clock, Database, type Tx, textArray } from '#platform';
import type { Body } from './body.js';
import { amountOfDelivery, sumOf } from './core/delivery.js';
import { PartnerState } from './core/partner-state.js';
import { Side } from './core/statement.js';
import { OwnPlatform } from './own-platform.js';
import { Saying } from './saying.js';
import { changeItem } from './statement-items.js';
import { type Talk, lockTalk } from './talk.js';

const minute = 60_000;
const hour = 60 * minute;
const validMs = 24 * hour;
const batch = 500;
/** The market tells of what places lost units anew just behind what lost them. */
const settledMs = 10_000;

interface Row {
  readonly lease_id: bigint;
  readonly reservation_id: string;
  readonly serial: bigint;
  readonly state: number;
  readonly from_slot: number;
  readonly to_slot: number;
  readonly unit_slots: bigint;
  readonly reason: string;
  readonly units: number | null;
  readonly changed_at: bigint;
  readonly due: bigint | null;
  readonly up: bigint | null;
  readonly energy_wh: bigint | null;
  readonly energy_measured: boolean | null;
  readonly said_serial: bigint;
  readonly usage_said: boolean;
  readonly usage_version: number;
}

const select = `select s.*, r.reservation_id from sold_leases s join reservation_leases r on r.lease_id = s.root_id`;
/** As in LeaseState: ended or cut short, and measured. */
const isDone = (row: Row): boolean => row.state >= 4 && row.due !== null;

/**
 * The seller's side of R-36: what became of leases that partners bought here, and what they got, told to the partner whose they are. Who speaks other protocols reads it
 * in its documents; what it owes is counted all the same.
 */
@Injectable()
export class LeaseTelling {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
    private readonly saying: Saying,
  ) {}

  /** Some minutes later: where lost units are placed anew, both are known by then. */
  @At('tell partners of leases', 5 * minute)
  async tellAll(now: number): Promise<void> {
    if (!this.own.hasKey) return;
    const due = await this.database.query<{ platform: string }>(
      `select distinct p.platform from sold_leases s join reservation_leases r on r.lease_id = s.root_id join partners p using (platform)
       where s.is_due and s.due_at <= $1 and p.state = 1 order by 1`,
      [now],
    );
    for (const { platform } of due) while (await this.database.transaction((tx) => this.tellSome(tx, platform, now)));
  }

  /** One that was not heard in time, or while the partner did not listen, is said anew. */
  async answered(tx: Tx, { platform }: Talk, { leaseState, usage }: Body, { refused }: PartnerMessage): Promise<void> {
    if (!refused || !rulesOfTime.has(refused.rule)) return;
    const leaseIds = leaseState ? [leaseState.leaseId] : usage!.records.map(({ leaseId }) => leaseId);
    await tellAnew(tx, platform, 's.lease_id = any($3)', leaseIds, this.clock.now() + hour);
  }

  /** The partner does not know it: it may have been restored from before. */
  async missed(tx: Tx, { platform }: Talk, reservationIds: readonly string[]): Promise<void> {
    if (reservationIds.length) await tellAnew(tx, platform, 'r.reservation_id = any($3)', textArray(reservationIds), 0);
  }

  /** @returns true where there may be more */
  private async tellSome(tx: Tx, platform: string, now: number): Promise<boolean> {
    const talk = await lockTalk(tx, platform);
    if (talk?.state !== PartnerState.ACTIVE || (talk.hasAddress && !isTold(talk))) return false;
    // What places lost units anew before what lost them.
    const rows = await tx.query<Row>(
      `${select} where r.platform = $1 and s.is_due and s.due_at <= $2 and s.changed_at <= $2 - ${settledMs} order by s.lease_id desc limit ${batch} for update of s`,
      [platform, now],
    );
    if (talk.hasAddress) for (const row of rows) await this.tell(tx, platform, row);
    await tx.query(
      'update sold_leases set said_serial = serial, usage_said = due is not null and state >= 4, is_due = false where lease_id = any($1)',
      [rows.map((row) => row.lease_id)],
    );
    for (const reservationId of new Set(rows.filter(isDone).map((row) => row.reservation_id)))
      await this.count(tx, platform, reservationId);
    return rows.length === batch;
  }

  private async tell(tx: Tx, platform: string, row: Row): Promise<void> {
    const { reservation_id: reservationId, state, reason } = row;
    const leaseId = Number(row.lease_id);
    const delivered = { from: row.from_slot, to: row.to_slot };
    if (row.serial > row.said_serial) {
      const leaseState = {
        reservationId,
        leaseId,
        serial: Number(row.serial),
        state,
        delivered,
        unitSlots: Number(row.unit_slots),
        reason,
        units: row.units ?? undefined,
      };
      await this.saying.say(tx, platform, { leaseState: { ...leaseState, at: Number(row.changed_at) } }, validMs);
    }
    if (row.usage_said || !isDone(row)) return;
    const record = { reservationId, leaseId, version: row.usage_version, window: delivered, ...measureOf(row) };
    await this.saying.say(tx, platform, { usage: { records: [record] } }, validMs);
  }

  /** What was delivered is what is owed, once all of the reservation is over and measured. */
  private async count(tx: Tx, platform: string, reservationId: string): Promise<void> {
    const rows = await tx.query<Row>(`${select} where r.platform = $1 and r.reservation_id = $2`, [platform, reservationId]);
    if (!rows.every(isDone)) return;
    const [{ terms }] = (await tx.query<{ terms: Buffer }>('select terms from reservations where platform = $1 and reservation_id = $2', [
      ...[platform, reservationId],
    ])) as [{ terms: Buffer }];
    const all = sumOf(
      rows.map((row) => {
        const { unitSlotsDue, unitSlotsUp, energyWh, energyMeasured } = measureOf(row);
        return { unitSlots: Number(row.unit_slots), due: unitSlotsDue, up: unitSlotsUp, energyWh, energyMeasured };
      }),
    );
    await changeItem(tx, platform, Side.SOLD, reservationId, amountOfDelivery(RemoteTerms.decode(terms).price, all));
  }
}

/** True where the partner hears of leases. */
export const isTold = ({ capabilities }: Pick<Talk, 'capabilities'>): boolean =>
  capabilities.includes('lease_state') && capabilities.includes('usage');

/** Refusals that say nothing against what was told. */
const rulesOfTime = new Set(['message_must_be_said_in_time', 'partner_must_not_be_suspended']);

const measureOf = (row: Row) => ({
  unitSlotsDue: Number(row.due),
  unitSlotsUp: Number(row.up),
  energyWh: Number(row.energy_wh),
  energyMeasured: row.energy_measured!,
});

async function tellAnew(tx: Tx, platform: string, which: string, of: unknown, from: number): Promise<void> {
  await tx.query(
    `update sold_leases s set said_serial = 0, usage_said = false, is_due = true, due_at = $2 from reservation_leases r
     where r.lease_id = s.root_id and r.platform = $1 and ${which}`,
    [platform, from, of],
  );
}
