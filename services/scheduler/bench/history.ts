// A long history of a market, the same every time: bids that rest, are amended and taken back, and now and then trade with what is offered.
import { ComputeClass, everyHour, everyWeekday, Interconnect, Placement, Preference, slotAt, Tier, TimeInForce, Unit } from '#domain';
import { noConstraints, type BidTerms } from '#matching-engine';
import type { Batch } from '../src/codec/batch.js';
import type { Entry } from '../src/entry.js';

const books = 64;
const buyers = 100;
const firstProvider = 1_001;
const start = Date.parse('2026-01-01T00:00:00+08:00');
const yuan = 1_000_000;
const perBatch = 1_000;
/** Over which all of it happens. */
const days = 10;

export class History {
  private commands = 0;
  private time = start;
  private orders = 0;
  private seed = 26;
  /** Bids that rest. */
  private readonly live: { orderId: number; participantId: number }[] = [];

  /** @param resting bids that rest at the end of so many commands */
  constructor(
    private readonly count: number,
    private readonly resting: number,
  ) {}

  *batches(): Generator<Batch> {
    let entries = this.opening();
    while (this.commands < this.count) {
      while (entries.length < perBatch && this.commands + entries.length < this.count)
        entries.push(this.next(this.commands + entries.length));
      yield { time: this.time, entries };
      this.commands += entries.length;
      this.time += Math.round((days * 86_400_000 * perBatch) / this.count);
      entries = [];
    }
  }

  private opening(): Entry[] {
    const product = { computeClass: ComputeClass.INTELLIGENT, unit: Unit.CARD } as const;
    const participant = (participantId: number): Entry => ({
      command: {
        ...{ kind: 'SetParticipant', participantId, group: participantId, active: true, tradableClasses: [] },
        ...{ ordersPerSecond: 1_000_000_000, orderValueCap: 1_000_000_000 * yuan },
      },
    });
    const entries: Entry[] = [{ command: { kind: 'OpenMarket', horizonSlots: 8_640 } }];
    for (let id = 1; id <= buyers; id++)
      entries.push(participant(id), { command: { kind: 'RaiseBuyingPower', participantId: id, number: 1, amount: 8_000_000_000 * yuan } });
    for (let book = 1; book <= books; book++) {
      const [providerId, model] = [firstProvider + book, `model ${book}`];
      const site = {
        siteId: book,
        active: true,
        region: 500_000,
        zone: 1,
        securityGrade: 3,
        greenShareBp: 6_000,
        pueMilli: 1_250,
      } as const;
      const pool = {
        ...{ poolId: book, siteId: book, providerId, active: true, modelId: book, nodes: 500, unitsPerNode: 8, memoryGib: 80 },
        ...{ interconnect: Interconnect.NVLINK, tflopsFp16Milli: 312_000, tflopsFp32Milli: 19_500, domestic: false, reliabilityBp: 9_900 },
      } as const;
      const terms = {
        units: 4_000,
        from: slotAt(start) + 1,
        to: slotAt(start) + 8_000,
        minSlots: 1,
        ask: 2 * yuan,
        timeInForce: 1,
        goodTill: null,
      } as const;
      entries.push(
        participant(providerId),
        { command: { kind: 'SetSite', ...site } },
        { command: { kind: 'SetPool', ...product, ...pool }, model, confirmsAtOnce: true },
        { command: { kind: 'PoolHealthChanged', poolId: book, health: 1 } },
        {
          command: {
            kind: 'DefineBook',
            ...product,
            bookId: book,
            modelId: book,
            tier: Tier.FIRM,
            referencePrice: 0,
            collarBp: 0,
            bandBp: 0,
          },
          model,
        },
        {
          command: { kind: 'SubmitOffer', orderId: book, participantId: providerId, sessionId: 0, poolId: book, tier: Tier.FIRM, terms },
          ...this.asked(providerId),
        },
      );
    }
    return entries;
  }

  /** As many rest at any time as its share of the whole history. */
  private next(index: number): Entry {
    const wanted = (this.resting * (index + 1)) / this.count;
    if (this.live.length > 0 && this.live.length >= wanted) return this.takeBack();
    if (this.live.length > 100 && this.dice(20) === 0) {
      const { orderId, participantId } = this.live[this.dice(this.live.length)]!;
      return {
        command: { kind: 'AmendBid', orderId, participantId, changes: { limitPrice: this.limit() } },
        asked: this.asked(participantId).asked,
      };
    }
    return this.bid();
  }

  private takeBack(): Entry {
    const at = this.dice(this.live.length);
    const { orderId, participantId } = this.live[at]!;
    const last = this.live.pop()!;
    if (at < this.live.length) this.live[at] = last;
    return { command: { kind: 'CancelOrder', orderId, participantId }, asked: this.asked(participantId).asked };
  }

  private bid(): Entry {
    const participantId = 1 + this.dice(buyers);
    const orderId = 100 + ((++this.orders * 999_999_937) % 2 ** 52);
    const buys = this.dice(200) === 0;
    if (!buys) this.live.push({ orderId, participantId });
    const earliest = slotAt(this.time) + 1_000 + this.dice(3_000);
    const terms: BidTerms = {
      ...plain,
      ...{ books: [1 + this.dice(books)], units: 1 + this.dice(8), earliest, latest: earliest + 4 + this.dice(4) },
      ...(buys ? { limitPrice: 3 * yuan, timeInForce: TimeInForce.IOC } : { limitPrice: this.limit() }),
    };
    return { command: { kind: 'SubmitBid', orderId, participantId, sessionId: 0, terms }, ...this.asked(participantId) };
  }

  /** Below what is asked. */
  private limit(): number {
    return yuan + 100 * this.dice(9_000);
  }

  private asked(participantId: number) {
    const key = `order-${this.orders}-${this.seed}`;
    return {
      asked: { participantId, key, hash: `SubmitBid ${String(this.seed).padStart(32, '0')}` },
      label: { clientOrderId: key, project: 'bench', image: '', publicKey: '', programmeId: 0 },
    };
  }

  private dice(below: number): number {
    this.seed = (this.seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((this.seed / 2_147_483_648) * below);
  }
}

const plain: BidTerms = {
  ...{ books: [], floor: null, units: 1, precision: null, perNode: 1, durationSlots: 4, earliest: 0, latest: 0 },
  ...{
    hours: everyHour,
    weekdays: everyWeekday,
    limitPrice: 0,
    timeInForce: TimeInForce.GTC,
    goodTill: null,
    allOrNone: false,
    minUnits: 0,
  },
  ...{ placement: Placement.ANYWHERE, together: false, constraints: noConstraints, standby: null, preference: Preference.CHEAPEST },
  ...{ demandRegion: 0, dataGb: 0, noticeSlots: 0 },
};
