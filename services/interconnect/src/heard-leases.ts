import { Injectable } from '@nestjs/common';
import { type LeaseStateTold, RemoteLeaseMeasured, RemoteLeaseState, RemoteTerms, type RemoteUsage, type UsageTold } from '#contracts';
import { slotAt } from '#domain';
import { At, Clock, Database, Outbox, Together, type Tx } from '#platform';
import { type Body, refusal } from './body.js';
import {
  type Bought,
  type Delivery,
  type UsageOfLease,
  amountOfDelivery,
  apportioned,
  brokenByCount,
  brokenByState,
  brokenByUsage,
  ofBought,
  sumOf,
} from './core/delivery.js';
import { PartnerState } from './core/partner-state.js';
import { PieceState } from './core/piece.js';
import type { Broken } from './core/reservation.js';
import { Side } from './core/statement.js';
import { isTold } from './lease-telling.js';
import { LostLeases } from './lost-leases.js';
import { changeItem } from './statement-items.js';
import { type Talk, lockTalk } from './talk.js';

const hour = 3_600_000;
/** A lease is measured an hour after its end. */
const graceMs = 2 * hour;

interface Row {
  readonly lease_id: bigint;
  readonly reservation_id: string;
  readonly serial: bigint;
  readonly state: number;
  readonly unit_slots: bigint;
  readonly version: number;
  readonly due: bigint;
  readonly up: bigint;
  readonly energy_wh: bigint;
  readonly energy_measured: boolean;
}

interface Piece {
  readonly reservation_id: string;
  readonly platform: string;
  readonly state: PieceState;
  readonly terms: Buffer;
  readonly units: number;
  readonly from_slot: number;
  readonly to_slot: number;
  readonly measure_version: number;
  readonly unit_slots: bigint | null;
  readonly due: bigint | null;
  readonly up: bigint | null;
  readonly energy_wh: bigint | null;
}

/** The buyer's side of R-36: leases that lie with partners are measured by what the seller tells of them. */
@Injectable()
export class HeardLeases {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly lost: LostLeases,
  ) {}

  async hearState(tx: Tx, { platform }: Talk, told: LeaseStateTold): Promise<Body> {
    const { reservationId, leaseId, serial, state, delivered, unitSlots, reason, at, units } = told;
    const { from, to } = delivered!;
    const piece = await this.bought(tx, platform, reservationId);
    const known = await find(tx, platform, leaseId);
    const broken =
      brokenByState({ reservationId, from, to, unitSlots }, piece, await reservationOf(tx, platform, leaseId)) ??
      (known ? undefined : brokenByCount((await toldOf(tx, reservationId)) + 1));
    if (broken) return this.refused(broken, leaseId);
    const before = Number(known?.serial ?? 0n);
    if (serial > before) {
      await tx.query(
        `insert into heard_leases (platform, lease_id, reservation_id, serial, state, from_slot, to_slot, unit_slots, reason, changed_at, units)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (platform, lease_id) do update set serial = excluded.serial, state = excluded.state, from_slot = excluded.from_slot, to_slot = excluded.to_slot,
           unit_slots = excluded.unit_slots, reason = excluded.reason, changed_at = excluded.changed_at,
           units = coalesce(excluded.units, heard_leases.units)`,
        [platform, leaseId, reservationId, serial, state, from, to, unitSlots, reason, at, units ?? null],
      );
      await this.lost.tell(tx, reservationId);
      await this.measure(tx, reservationId);
    }
    return { leaseStateAnswer: { reservationId, heardSerial: Math.max(serial, before) } };
  }

  /** All of the records, or none where one breaks a rule. */
  async hearUsage(tx: Tx, { platform }: Talk, { records }: UsageTold): Promise<Body> {
    const fresh: RemoteUsage[] = [];
    const firsts: RemoteUsage[] = [];
    for (const record of records) {
      const known = await find(tx, platform, record.leaseId);
      const bought = await this.bought(tx, platform, record.reservationId);
      const broken =
        brokenByUsage(usageOf(record), bought, await reservationOf(tx, platform, record.leaseId)) ??
        (known ? undefined : brokenByCount((await toldOf(tx, record.reservationId)) + leasesIn([...firsts, record], record.reservationId)));
      if (broken) return this.refused(broken, record.leaseId);
      if (!known) firsts.push(record);
      if (known?.version === record.version && !isSame(known, record)) return this.refused(otherUsage(known), record.leaseId);
      if (record.version > (known?.version ?? 0)) fresh.push(record);
    }
    for (const record of fresh) await keepUsage(tx, platform, record);
    for (const reservationId of new Set(fresh.map((record) => record.reservationId))) await this.measure(tx, reservationId);
    return { usageAnswer: { recorded: fresh.length, duplicates: records.length - fresh.length } };
  }

  /** Tells what the piece's trades got, once all of its leases are over and measured, and what is owed for it. Again where that has changed. */
  async measure(tx: Tx, reservationId: string): Promise<void> {
    const piece = await lockPiece(tx, reservationId);
    if (piece?.state !== PieceState.MADE) return;
    const leases = await heard.one(tx, reservationId);
    if (!leases.length || !leases.every(isDone)) return;
    const missing = await tx.query(
      'select from piece_leases p where reservation_id = $1 and not exists (select from heard_leases h where h.platform = p.platform and h.lease_id = p.lease_id)',
      [reservationId],
    );
    if (missing.length) return;
    const trades = await tradesOf(tx, piece);
    await this.tellOn(tx, piece, trades, ofBought(sumOf(leases.map(deliveryOf)), mostOf(trades)));
  }

  /** A partner that has left, or does not speak of usage, has said by its commit alone what it delivers. */
  @At('measure leases that no partner tells of', hour)
  async measureUntold(now: number): Promise<void> {
    const rows = await this.database.query<Piece>(
      `${select} where state = 4 and measure_version = 0 and to_slot <= $1 order by platform, reservation_id`,
      [slotAt(now - graceMs)],
    );
    for (const [platform, pieces] of Map.groupBy(rows, (row) => row.platform))
      await this.database.transaction(async (tx) => {
        const talk = (await lockTalk(tx, platform))!;
        if (talk.state !== PartnerState.LEFT && isTold(talk)) return;
        for (const { reservation_id: id } of pieces) await this.tellWhole(tx, (await lockPiece(tx, id))!);
      });
  }

  /** All but what the partner has told that it lost. */
  private async tellWhole(tx: Tx, piece: Piece): Promise<void> {
    if (piece.measure_version > 0) return;
    const trades = await tradesOf(tx, piece);
    const whole = mostOf(trades);
    await this.tellOn(tx, piece, trades, { unitSlots: whole, due: whole, up: whole, energyWh: 0, energyMeasured: false });
  }

  private async tellOn(tx: Tx, piece: Piece, trades: readonly BoughtTrade[], all: Delivery): Promise<void> {
    const { reservation_id: reservationId, platform, terms } = piece;
    if (isToldOn(piece, all)) return;
    const version = piece.measure_version + 1;
    await tx.query('update pieces set measure_version = $2, unit_slots = $3, due = $4, up = $5, energy_wh = $6 where reservation_id = $1', [
      ...[reservationId, version, all.unitSlots, all.due, all.up, all.energyWh],
    ]);
    const parts = apportioned(
      trades.map(({ most }) => most),
      all,
    );
    await this.outbox.publishAll(
      tx,
      RemoteLeaseMeasured,
      trades.map(({ tradeId }, at) => ({ data: measuredOf(tradeId, version, parts[at]!), subject: `trade/${tradeId}` })),
    );
    await changeItem(tx, platform, Side.BOUGHT, reservationId, amountOfDelivery(RemoteTerms.decode(terms).price, all));
  }

  /** What was asked of the partner; its word on it may come after what it tells of its leases. */
  private async bought(tx: Tx, platform: string, reservationId: string): Promise<Bought | undefined> {
    const piece = await lockPiece(tx, reservationId);
    const isOf = piece?.platform === platform && (piece.state === PieceState.COMMITTING || piece.state === PieceState.MADE);
    return isOf ? { reservationId, units: piece.units, from: piece.from_slot, to: piece.to_slot } : undefined;
  }

  private refused({ rule, detail }: Broken, leaseId: number): Body {
    return refusal(rule, `lease ${leaseId}: ${detail}`, this.clock.now());
  }
}

const select = `select reservation_id, platform, state, terms, units, from_slot, to_slot, measure_version, unit_slots, due, up, energy_wh from pieces`;

const lockPiece = (tx: Tx, reservationId: string): Promise<Piece | undefined> => pieces.one(tx, reservationId);

const pieces = new Together<string, Piece | undefined>(async (tx, ids) => {
  const rows = await tx.query<Piece>(
    `select p.* from unnest($1::text[]) as asked (id) cross join lateral (${select} where reservation_id = asked.id for update) p`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.reservation_id, row]));
  return ids.map((id) => byId.get(id));
});

/** What was told of the leases of a reservation. */
const heard = new Together<string, Row[]>(async (tx, ids) => {
  const rows = await tx.query<Row>(
    'select h.* from unnest($1::text[]) as asked (id) cross join lateral (select * from heard_leases where reservation_id = asked.id offset 0) h',
    [ids],
  );
  const byId = Map.groupBy(rows, ({ reservation_id: id }) => id);
  return ids.map((id) => byId.get(id) ?? []);
});

async function find(tx: Tx, platform: string, leaseId: number): Promise<Row | undefined> {
  const [row] = await tx.query<Row>('select * from heard_leases where platform = $1 and lease_id = $2', [platform, leaseId]);
  return row;
}

const leasesIn = (records: readonly RemoteUsage[], reservationId: string): number =>
  new Set(records.filter((record) => record.reservationId === reservationId).map(({ leaseId }) => leaseId)).size;

/** Leases that were told of it. */
async function toldOf(tx: Tx, reservationId: string): Promise<number> {
  const [row] = await tx.query<{ count: bigint }>('select count(*) as count from heard_leases where reservation_id = $1', [reservationId]);
  return Number(row!.count);
}

/** Whose lease it is: by the commit that made it, else by what was told of it before; undefined: nobody's yet. */
async function reservationOf(tx: Tx, platform: string, leaseId: number): Promise<string | undefined> {
  const [row] = await tx.query<{ reservation_id: string | null }>(
    `select coalesce((select reservation_id from piece_leases where platform = $1 and lease_id = $2),
                     (select reservation_id from heard_leases where platform = $1 and lease_id = $2)) reservation_id`,
    [platform, leaseId],
  );
  return row?.reservation_id ?? undefined;
}

const usageOf = ({ reservationId, window, unitSlotsDue: due, unitSlotsUp: up }: RemoteUsage): UsageOfLease => ({
  ...{ reservationId, from: window!.from, to: window!.to, due, up },
});

const otherUsage = ({ version, due, up }: Row): Broken => ({
  rule: 'usage_record_must_not_change',
  detail: `version ${version} was ${up} unit-slots up of ${due} due; a correction is the next version`,
});

async function keepUsage(tx: Tx, platform: string, record: RemoteUsage): Promise<void> {
  const { reservationId, leaseId, version, unitSlotsDue, unitSlotsUp, energyWh, energyMeasured } = record;
  await tx.query(
    `insert into heard_leases (platform, lease_id, reservation_id, version, due, up, energy_wh, energy_measured) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (platform, lease_id) do update set version = excluded.version, due = excluded.due, up = excluded.up, energy_wh = excluded.energy_wh,
       energy_measured = excluded.energy_measured`,
    [platform, leaseId, reservationId, version, unitSlotsDue, unitSlotsUp, energyWh, energyMeasured],
  );
}

const isDone = ({ state, version }: Row): boolean =>
  (state === Number(RemoteLeaseState.ENDED) || state === Number(RemoteLeaseState.CUT_SHORT)) && version > 0;

const isSame = (row: Row, record: RemoteUsage): boolean =>
  Number(row.due) === record.unitSlotsDue &&
  Number(row.up) === record.unitSlotsUp &&
  Number(row.energy_wh) === record.energyWh &&
  row.energy_measured === record.energyMeasured;

const isToldOn = (piece: Piece, all: Delivery): boolean =>
  piece.unit_slots !== null &&
  Number(piece.unit_slots) === all.unitSlots &&
  Number(piece.due) === all.due &&
  Number(piece.up) === all.up &&
  Number(piece.energy_wh) === all.energyWh;

interface BoughtTrade {
  readonly tradeId: number;
  /** Unit-slots that it can have of what the partner delivers: bought, and not placed anew here. */
  readonly most: number;
}

async function tradesOf(tx: Tx, { reservation_id: reservationId, from_slot: from, to_slot: to }: Piece): Promise<BoughtTrade[]> {
  const rows = await tx.query<{ trade_id: bigint; units: number; lost_unit_slots: bigint }>(
    'select trade_id, units, lost_unit_slots from piece_trades where reservation_id = $1 order by trade_id',
    [reservationId],
  );
  return rows.map((row) => ({ tradeId: Number(row.trade_id), most: row.units * (to - from) - Number(row.lost_unit_slots) }));
}

const mostOf = (trades: readonly BoughtTrade[]): number => trades.reduce((sum, { most }) => sum + most, 0);

const deliveryOf = (row: Row): Delivery => ({
  unitSlots: Number(row.unit_slots),
  due: Number(row.due),
  up: Number(row.up),
  energyWh: Number(row.energy_wh),
  energyMeasured: row.energy_measured,
});

const measuredOf = (tradeId: number, version: number, part: Delivery): RemoteLeaseMeasured => ({
  ...{ tradeId, version, unitSlots: part.unitSlots, unitSlotsDue: part.due, unitSlotsUp: part.up },
  ...{ energyWh: part.energyWh, energyMeasured: part.energyMeasured },
});
