// The market's days, slot by slot: what falls due, what providers do, what buyers want; then the months' ends and the programme's.
import { Problem } from './client.js';
import type { Api, Json } from './client.js';
import { bidOf, movedWindow, nightOffers, slotMs, standingOffers } from './orders.js';
import type { Bid } from './orders.js';
import { decideWaiting } from './programmes.js';
import { Random } from './random.js';
import type { Shape } from './trace.js';
import { Upkeep } from './upkeep.js';
import type { World } from './world.js';

/** Asia/Shanghai's midnight is sixteen hours into a day of slots. */
const midnight = 64;
const slotsOfDay = 96;

export interface Played {
  readonly bids: { bid: Bid; bidId: string | undefined; refused: string | undefined }[];
  readonly refusals: Map<string, number>;
  readonly firstSlot: number;
  readonly lastSlot: number;
  readonly months: string[];
}

/** The months, as YYYY-MM in Asia/Shanghai, that end in (from, to]; each with the slot at which it has ended. */
export function monthEnds(from: number, to: number): { month: string; slot: number }[] {
  const ends: { month: string; slot: number }[] = [];
  const local = new Date(from * slotMs + 8 * 3_600_000);
  for (let year = local.getUTCFullYear(), month = local.getUTCMonth(); ; month += 1) {
    const slot = (Date.UTC(year, month + 1, 1) - 8 * 3_600_000) / slotMs;
    if (slot > to) return ends;
    if (slot > from) ends.push({ month: new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7), slot });
    if (month === 11) [year, month] = [year + 1, -1];
  }
}

export class Play {
  readonly #random: Random;
  readonly #upkeep: Upkeep;
  readonly #played: Played;
  readonly #standing: { key: string; id: string }[] = [];
  /** A bid came since the exchange was last seen at rest. */
  #unsettled = false;
  /** Yuan of vouchers since the play began: of each programme, and by 'programme/firm'. */
  readonly #askedOf = new Map<string, number>();

  constructor(
    readonly api: Api,
    readonly world: World,
    readonly shape: Shape,
    readonly first: number,
    seed: number,
    readonly progress: (text: string, share: number) => void,
  ) {
    this.#random = new Random(seed);
    const arrivals = shape.tasks.at(-1)?.arrival ?? 0;
    // The third provider falls silent for three days when most tasks come.
    const failing = world.providers[2];
    const from = first + Math.max(1, arrivals - 150);
    this.#upkeep = new Upkeep(api, world, first, failing && { provider: failing.id, from, to: from + 3 * slotsOfDay });
    this.#played = { bids: [], refusals: new Map(), firstSlot: first, lastSlot: first, months: [] };
  }

  async run(): Promise<Played> {
    // The market has heard of all pools.
    await this.#settled();
    await this.#placeStandingOffers();
    const last = await this.#arrivals();
    const end = await this.#tail(last);
    await decideWaiting(this.api, this.world.programmes);
    if (this.world.programmes.some(({ officers }) => officers.length > 0)) await this.#settled();
    return { ...this.#played, lastSlot: end };
  }

  /** Also answers only when all that follows from earlier calls is done: so at the same slot it makes a run repeatable. */
  async #advance(slot: number): Promise<void> {
    await this.api.post(this.world.operator, '/v1/clock/advance', { to: new Date(slot * slotMs).toISOString() });
    this.#unsettled = false;
  }

  /** All that follows from earlier calls is done; the clock stands. */
  async #settled(): Promise<void> {
    const { time } = await this.api.get(this.world.operator, '/v1/clock');
    await this.api.post(this.world.operator, '/v1/clock/advance', { to: time });
  }

  async #placeStandingOffers(): Promise<void> {
    for (const pool of this.world.pools)
      for (const body of standingOffers(pool, this.first)) {
        const { offerId } = await this.api.post(pool.provider.key, '/v1/offers', body, body.clientOrderId);
        this.#standing.push({ key: pool.provider.key, id: String(offerId) });
      }
  }

  /** Until the last task has come; answers the slot of that. */
  async #arrivals(): Promise<number> {
    const { tasks } = this.shape;
    let next = 0;
    let slot = this.first;
    for (; next < tasks.length; slot += 1) {
      const isHour = slot % 4 === 0;
      const due = tasks[next]!.arrival + this.first <= slot;
      if (!isHour && !due) continue;
      await this.#advance(slot);
      if (isHour) await this.#upkeep.run(slot);
      if (slot % slotsOfDay === midnight) await this.#newDay(slot);
      if (isHour) await this.#advance(slot);
      for (; next < tasks.length && tasks[next]!.arrival + this.first <= slot; next += 1)
        await this.#place(bidOf(tasks[next]!, slot, this.world, this.shape, this.#random), slot);
      this.progress(`${next} of ${tasks.length} tasks placed`, (next / tasks.length) * 0.8);
    }
    return slot;
  }

  /** Standing offers move on a day, and the next night's are placed. */
  async #newDay(slot: number): Promise<void> {
    for (const { key, id } of this.#standing) await this.api.patch(key, `/v1/offers/${id}`, movedWindow(slot));
    for (const pool of this.world.pools)
      for (const body of nightOffers(pool, slot + slotsOfDay))
        await this.api.post(pool.provider.key, '/v1/offers', body, body.clientOrderId);
  }

  async #place(bid: Bid, slot: number): Promise<void> {
    if (this.#mayMeetALimit(bid) && this.#unsettled) await this.#advance(slot);
    this.#unsettled = true;
    try {
      const { bidId } = await this.api.post(bid.buyer.key, '/v1/bids', bid.body, bid.once);
      this.#played.bids.push({ bid, bidId: String(bidId), refused: undefined });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      this.#played.bids.push({ bid, bidId: undefined, refused: error.rule });
      this.#played.refusals.set(error.rule, (this.#played.refusals.get(error.rule) ?? 0) + 1);
    }
  }

  /**
   * What bids leave of their vouchers, their own or those of leases they reclaim, goes back behind the calls. It decides a voucher only where all that was
   * ever asked for would pass the budget or a firm's cap.
   */
  #mayMeetALimit({ buyer, subsidyMax, programme }: Bid): boolean {
    if (!programme?.promises || subsidyMax === 0) return false;
    const add = (name: string): number => {
      const asked = (this.#askedOf.get(name) ?? 0) + subsidyMax;
      this.#askedOf.set(name, asked);
      return asked;
    };
    const [ofAll, ofFirm] = [add(`${programme.id}`), add(`${programme.id}/${buyer.id}`)];
    return ofAll > programme.promises.budget || ofFirm > programme.promises.perFirm;
  }

  async #somethingRuns(): Promise<boolean> {
    for (const state of ['ACTIVE', 'CONFIRMED', 'PENDING']) {
      const { leases } = await this.api.get(this.world.operator, `/v1/leases?state=${state}&limit=1`);
      if ((leases as Json[]).length) return true;
    }
    const { bids } = await this.api.get(this.world.operator, '/v1/bids?state=OPEN&limit=1');
    return (bids as Json[]).length > 0;
  }

  /** To the last lease's end in steps of twelve hours, then to the end of that month, and every month is closed on the way. */
  async #tail(from: number): Promise<number> {
    const step = 48;
    let slot = Math.ceil(from / step) * step;
    let runs = true;
    let last = slot;
    let closed = this.first;
    const close = async (to: number) => {
      for (const { month, slot: end } of monthEnds(closed, to)) {
        await this.api.post(this.world.operator, `/v1/billing-periods/${month}/close`, {});
        const { payouts } = await this.api.post(this.world.operator, '/v1/payouts', { month });
        for (const { payoutId } of payouts as Json[])
          await this.api.post(this.world.operator, `/v1/payouts/${Number(payoutId)}/confirm`, {
            bankReference: `bank ${month} ${Number(payoutId)}`,
          });
        this.#played.months.push(month);
        closed = end;
      }
    };
    for (; ; slot += step) {
      await this.#advance(slot);
      await this.#upkeep.run(slot);
      // Leases of a month are measured within hours of its end, so it is closed twelve hours after.
      await close(slot - step);
      if (runs) {
        runs = await this.#somethingRuns();
        last = slot;
      }
      this.progress(
        `${Math.round((slot - this.first) / slotsOfDay)} days played`,
        0.8 + 0.15 * Math.min(1, (slot - from) / (90 * slotsOfDay)),
      );
      if (!runs && monthEnds(closed, slot - step).length === 0 && monthEnds(last, slot - step).length > 0) return last;
    }
  }
}
