// The trace played in three regions at once, on clocks that move together: with partners, or each region for itself.
import { Problem, Random, Upkeep, bidOf, movedWindow, nightOffers, slotMs, standingOffers } from '#demo';
import type { Json, Shape } from '#demo';
import { Adverts } from './adverts.js';
import { regionOfTask } from './division.js';
import type { Lockstep } from './lockstep.js';
import type { Kill } from './outage.js';
import { Outage } from './outage.js';
import type { Region } from './region.js';

/** Asia/Shanghai's midnight is sixteen hours into a day of slots. */
const midnight = 64;
const slotsOfDay = 96;
/** In the long tail providers report twice a day. */
const tailStep = 48;
/** After its day is over a statement is said within an hour, and what was refused of one is said anew within another. */
const settledSlots = 12;
/** The most urgent and the most patient bid of the trace wait no longer than that beyond the last task. */
const patienceSlots = 40;

export interface Placed {
  readonly region: number;
  readonly bidId: string | undefined;
  /** By which rule a guard refused it: then it has no id. */
  readonly refused: string | undefined;
}

export interface Played {
  readonly placed: readonly Placed[];
  readonly kill: Kill | undefined;
}

type Progress = (text: string, share: number) => void;

/** One region's providers, day by day. */
class Providers {
  readonly #upkeep: Upkeep;
  readonly #standing: { key: string; id: string }[] = [];

  constructor(
    readonly region: Region,
    private readonly first: number,
  ) {
    this.#upkeep = new Upkeep(region.api, region.world, first, undefined);
  }

  async open(): Promise<void> {
    for (const pool of this.region.world.pools)
      for (const body of standingOffers(pool, this.first)) {
        const { offerId } = await this.region.api.post(pool.provider.key, '/v1/offers', body, body.clientOrderId);
        this.#standing.push({ key: pool.provider.key, id: String(offerId) });
      }
  }

  report(slot: number): Promise<void> {
    return this.#upkeep.run(slot);
  }

  /** Standing offers move on a day, and the next night's are placed. */
  async newDay(slot: number): Promise<void> {
    for (const { key, id } of this.#standing) await this.region.api.patch(key, `/v1/offers/${id}`, movedWindow(slot));
    for (const pool of this.region.world.pools)
      for (const body of nightOffers(pool, slot + slotsOfDay))
        await this.region.api.post(pool.provider.key, '/v1/offers', body, body.clientOrderId);
  }
}

/** What a buyer's software does first: a bid that names a book which its platform does not have would be refused whole. */
class Books {
  #known = new Set<string>();

  constructor(private readonly region: Region) {}

  async look(): Promise<void> {
    const entries = await this.region.list('/v1/market/books', 'books');
    this.#known = new Set(entries.map(({ book }) => nameOf(book as Json)));
  }

  /** Of the bid's books those that are there; all where none is. */
  of({ terms, ...body }: Json): Json {
    const { books, ...rest } = terms as { books: Json[] };
    const there = books.filter((book) => this.#known.has(nameOf(book)));
    return { ...body, terms: { ...rest, books: there.length ? there : books } };
  }
}

const nameOf = ({ model, tier }: Json): string => `${String(model)} ${String(tier)}`;

export class Play {
  readonly #random: Random;
  readonly #providers: readonly Providers[];
  readonly #books: readonly Books[];
  readonly #adverts: readonly Adverts[];
  readonly #placed: Placed[] = [];
  readonly #outage: Outage | undefined;

  /** @param arePartners they advertise to one another, and one of them is killed on the way */
  constructor(
    private readonly regions: readonly Region[],
    readonly clocks: Lockstep,
    private readonly shape: Shape,
    private readonly first: number,
    seed: number,
    arePartners: boolean,
    private readonly progress: Progress,
  ) {
    this.#random = new Random(seed);
    this.#providers = regions.map((region) => new Providers(region, first));
    this.#books = regions.map((region) => new Books(region));
    this.#adverts = arePartners ? regions.map((region) => new Adverts(region)) : [];
    this.#outage = arePartners ? new Outage(clocks, regions[0]!, regions.at(-1)!) : undefined;
  }

  /** Until every bid of the trace is filled or has waited in vain. */
  async arrivals(): Promise<Played> {
    for (const providers of this.#providers) await providers.open();
    const { tasks } = this.shape;
    let next = 0;
    let slot = this.first;
    for (; next < tasks.length; slot += 1) {
      const begun = next;
      while (next < tasks.length && tasks[next]!.arrival + this.first <= slot) next += 1;
      if (slot % 4 !== 0 && next === begun && slot > this.first) continue;
      await this.#begin(slot);
      const place = () => this.#placeAll(begun, next, slot);
      // Bids enough of which some will ask the partner.
      if (this.#outage && !this.#outage.done && next >= tasks.length / 2 && next > begun) await this.#outage.around(place);
      else await place();
      await this.clocks.settle();
      this.progress(`${next} of ${tasks.length} tasks placed`, next / tasks.length);
    }
    for (const end = slot + patienceSlots; slot < end; slot += 1) if (slot % 4 === 0) await this.#begin(slot);
    return { placed: this.#placed, kill: this.#outage?.done };
  }

  /** Until every lease has ended, and its day's statements are said. @returns the last day, YYYY-MM-DD in Asia/Shanghai, that is over */
  async tail(from: number): Promise<string> {
    let slot = Math.ceil(from / tailStep) * tailStep;
    for (; ; slot += tailStep) {
      await this.#begin(slot);
      this.progress(`${Math.round((slot - this.first) / slotsOfDay)} days played`, Math.min(1, (slot - from) / (90 * slotsOfDay)));
      if (!(await this.#somethingRuns())) break;
    }
    const over = Math.ceil((slot - midnight) / slotsOfDay) * slotsOfDay + midnight;
    for (let hour = 4; hour <= settledSlots; hour += 4) await this.clocks.moveTo(over + hour);
    return new Date(over * slotMs - 1 + 8 * 3_600_000).toISOString().slice(0, 10);
  }

  get now(): number {
    return Math.floor(this.clocks.now / slotMs);
  }

  async #begin(slot: number): Promise<void> {
    await this.clocks.moveTo(slot);
    if (slot % 4 !== 0 && slot > this.first) return;
    await Promise.all(this.#providers.map((providers) => providers.report(slot)));
    if (slot % slotsOfDay === midnight) for (const providers of this.#providers) await providers.newDay(slot);
    await this.clocks.settle();
    for (const adverts of this.#adverts) await adverts.renew(slot);
    await this.clocks.settle();
    for (const books of this.#books) await books.look();
  }

  async #placeAll(from: number, to: number, slot: number): Promise<void> {
    for (let nth = from; nth < to; nth += 1) await this.#place(nth, slot);
  }

  async #place(nth: number, slot: number): Promise<void> {
    const at = regionOfTask(nth);
    const { api, world } = this.regions[at]!;
    const { buyer, body, once } = bidOf(this.shape.tasks[nth]!, slot, world, this.shape, this.#random);
    try {
      const { bidId } = await api.post(buyer.key, '/v1/bids', this.#books[at]!.of(body), once);
      this.#placed.push({ region: at, bidId: String(bidId), refused: undefined });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      this.#placed.push({ region: at, bidId: undefined, refused: error.rule });
    }
  }

  async #somethingRuns(): Promise<boolean> {
    const asked = ['/v1/leases?state=ACTIVE', '/v1/leases?state=CONFIRMED', '/v1/leases?state=PENDING', '/v1/bids?state=OPEN'];
    for (const region of this.regions)
      for (const path of asked) {
        const { leases, bids } = (await region.get(`${path}&limit=1`)) as { leases?: Json[]; bids?: Json[] };
        if ((leases ?? bids ?? []).length) return true;
      }
    return false;
  }
}
