import { Inject, Injectable } from '@nestjs/common';
import { amountOf, slotMs } from '#domain';
import { VoucherDefinition, type ComputeClass } from '#contracts';
import { At, clientOf, Clock, Database, Refusal, serviceCall, type Client } from '#platform';
import type { BidEntry, Step } from './entry.js';
import { Shards, type Bound } from './shards.js';

/** R-10a, less a moment: who reserves for a bid that the market still knows gets it back, who did not reserve for a new one has lost it. */
const knownMs = 24 * 3_600_000 - 60_000;

interface Reserving {
  readonly order_id: bigint;
  readonly began_at: bigint;
  /** Of all tries the later one has the larger number. */
  readonly attempt: bigint;
}

/** Holds a programme's share before its bid reaches the market, and gives it back where the bid is refused. */
@Injectable()
export class Subsidies {
  constructor(
    private readonly shards: Shards,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(clientOf(VoucherDefinition)) private readonly voucher: Client<typeof VoucherDefinition>,
  ) {}

  /**
   * Reserves, and submits the bid with what was held for it; a bid that the market answers by its first answer (R-10a) reserves nothing.
   * @throws Refusal of the programme
   */
  async place(bid: Bound<BidEntry>, programmeId: number): Promise<Step | undefined> {
    const { to, entry } = bid;
    const { orderId } = entry.command;
    const attempt = await this.begin(orderId);
    if (attempt === undefined) return this.shards.placeOne(bid);
    const { amount, rateBp } = await this.reserve(bid, programmeId, attempt);
    const subsidy = amount > 0n ? { amount: Number(amount), rateBp } : undefined;
    const step = await this.shards.placeOne({ to, entry: { ...entry, command: { ...entry.command, ...(subsidy && { subsidy }) } } });
    if (!step || !(await this.isPlacedBy(step, orderId, programmeId))) await this.giveBack(orderId, attempt);
    return step;
  }

  /** False where the market refused the bid, or knows its id of another request (R-10a): then nobody else gives the reservation back. */
  private async isPlacedBy(step: Step, orderId: number, programmeId: number): Promise<boolean> {
    const { events } = step;
    if (events.some((event) => event.kind === 'OrderRefused')) return false;
    if (!events.some((event) => event.kind === 'OrderAccepted' && event.repeated)) return true;
    await this.shards.passed(step);
    const [row] = await this.database.query<{ programme_id: number }>('select programme_id from bid where bid_id = $1', [orderId]);
    return row?.programme_id === programmeId;
  }

  /** Undefined where the market knows a bid of this id; else it is noted that something is being reserved for it, and this is the number of the try. */
  private async begin(orderId: number): Promise<number | undefined> {
    await this.shards.told();
    const now = this.clock.now();
    const [noted] = await this.database.query<Pick<Reserving, 'attempt'>>(
      `insert into reserving (order_id, began_at)
       select $1, $3 where not exists (select from bid where bid_id = $1 and (closed_at = 0 or closed_at > $2))
       on conflict (order_id) do update set began_at = excluded.began_at, attempt = default returning attempt`,
      [orderId, now - knownMs, now],
    );
    return noted && Number(noted.attempt);
  }

  /** What a crash or a slow market left: without a bid in the market nobody else would give the reservation back. Others are only forgotten. */
  @At('scheduler-forsaken-subsidies', slotMs)
  async releaseForsaken(now: number): Promise<void> {
    await this.shards.told();
    const rows = await this.database.query<Reserving>(
      'select order_id, began_at, attempt from reserving where began_at < $1 order by order_id',
      [now - slotMs],
    );
    for (const row of rows) await this.releaseOne(row);
  }

  /** A bid that comes again meanwhile was noted anew, and then this is its call's; or it waits for the row, and reserves anew what was given back. */
  private async releaseOne({ order_id: orderId, began_at: beganAt, attempt }: Reserving): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [own] = await tx.query('select from reserving where order_id = $1 and attempt = $2 for update', [orderId, attempt]);
      if (!own) return;
      // An open one was perhaps placed by a call before the one that was noted last.
      const [placed] = await tx.query('select from bid where bid_id = $1 and programme_id <> 0 and (closed_at = 0 or placed_at >= $2)', [
        orderId,
        beganAt,
      ]);
      if (!placed) await this.voucher.releaseSubsidy({ orderId: Number(orderId), attempt: Number(attempt) }, serviceCall('scheduler'));
      await tx.query('delete from reserving where order_id = $1', [orderId]);
    });
  }

  /** A refused bid may have something held: by an earlier call for it, of which the ledger's part was done and the answer lost. */
  private async reserve({ to, entry }: Bound<BidEntry>, programmeId: number, attempt: number) {
    const { orderId, participantId, terms } = entry.command;
    const { dictionary } = to.market;
    const classes: number[] = terms.floor ? [terms.floor.computeClass] : terms.books.map((id) => dictionary.get(id)!.book.computeClass);
    try {
      return await this.voucher.reserveSubsidy(
        {
          orderId,
          programmeId,
          buyerId: participantId,
          worstCase: BigInt(amountOf(terms.limitPrice, terms.units, terms.durationSlots) * (terms.standby ? 2 : 1)),
          classes: [...new Set<ComputeClass>(classes)],
          domesticOnly: terms.constraints.domesticOnly || (terms.floor?.domesticOnly ?? false),
          greenShareBpMin: terms.constraints.greenShareBpMin,
          providersIn: [...terms.constraints.providersIn],
          attempt,
        },
        serviceCall('scheduler'),
      );
    } catch (error) {
      if (error instanceof Refusal && error.kind !== 'unavailable') await this.giveBack(orderId, attempt);
      throw error;
    }
  }

  private async giveBack(orderId: number, attempt: number): Promise<void> {
    await this.voucher.releaseSubsidy({ orderId, attempt }, serviceCall('scheduler'));
    await this.database.query('delete from reserving where order_id = $1 and attempt = $2', [orderId, attempt]);
  }
}
