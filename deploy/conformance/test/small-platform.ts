// A partner platform made of the document alone, in memory: right as it is, and broken in one way by who extends it.
import { randomUUID } from 'node:crypto';
import { type LeaseStateTold, type PartnerMessage, RemoteSupply, RemoteTerms, type RemoteUsage } from '#contracts';
import { shanghaiDay } from '#domain';
import { PartnerKey } from '#testing';
import { Books } from '../books.js';
import { type Content, Hearer, type Known, refusal } from '../hearer.js';
import { Seller } from '../seller.js';
import { Speaker } from '../speaker.js';
import { Line, serve } from '../wire.js';

const expiryMsMax = 7 * 86_400_000;
const advertsMax = 1_000;
const triesMax = 8;

export class SmallPlatform {
  readonly key = PartnerKey.make();
  readonly seller: Seller;
  readonly books: Books;
  readonly supply = new Map<string, RemoteSupply>();
  heardSerial = 0;
  saidSerial = 0;
  protected speaker: Speaker | undefined;
  private readonly leases = new Map<number, { serial: number; version: number; record: string }>();
  /** Reservations that it has asked the partner to commit. */
  private readonly bought = new Map<string, RemoteTerms>();
  private underWay = 0;
  private closes: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly now: () => number,
    private readonly hearerOf: (small: SmallPlatform, partner: Known) => Hearer = (small, partner) => new Hearer(...small.hearing(partner)),
  ) {
    this.seller = new Seller(now);
    this.books = new Books(now);
  }

  get publicKey(): string {
    return this.key.publicKey;
  }

  /** It is saying something, or waits for what it said. */
  get isBusy(): boolean {
    return this.underWay > 0;
  }

  /** What fails is not said again: the clauses show what came of it. */
  private begin(work: Promise<void>): void {
    const end = (): void => void (this.underWay -= 1);
    this.underWay += 1;
    work.then(end, end);
  }

  /** What a Hearer is made of. */
  hearing(partner: Known): ConstructorParameters<typeof Hearer> {
    return [this.name, this.key, partner, this.now, (message) => this.does(message)];
  }

  /** @returns its port */
  async listen(partner: Known): Promise<number> {
    const hearer = this.hearerOf(this, partner);
    const [port, close] = await serve('127.0.0.1:0', undefined, (signed) => hearer.hear(signed));
    this.closes.push(close);
    return port;
  }

  /** @param port of the partner */
  knows(partner: Known, port: number): void {
    const line = new Line(`127.0.0.1:${port}`, undefined);
    this.closes.push(() => line.close());
    this.speaker = new Speaker(this.name, this.key, partner, line, { now: this.now, pass: () => Promise.resolve() });
  }

  close(): void {
    for (const close of this.closes.splice(0)) close();
  }

  protected does(message: PartnerMessage): Content {
    const { hello, advertise, quote, reserve, commit, cancel, statement, netting } = message;
    if (hello) return this.hearHello(hello);
    if (advertise) return this.hearAdverts(advertise);
    if (quote) return this.seller.quote(quote);
    if (reserve) return this.seller.reserve(reserve);
    if (commit) return this.sold(this.seller.commit(commit), commit.terms!);
    if (cancel) return this.seller.cancel(cancel.reservationId);
    if (message.leaseState) return this.hearState(message.leaseState);
    if (message.usage) return this.hearUsage(message.usage.records[0]!);
    if (statement) return this.books.hear(statement);
    if (netting) return this.books.hearNetting(netting);
    return refusal('message_kind_must_be_known', 'of no kind of version 1', this.now());
  }

  private sold(answer: Content, { window }: RemoteTerms): Content {
    const { commitAnswer } = answer;
    if (commitAnswer) this.books.keep(shanghaiDay(window!.to - 1), true, commitAnswer.reservationId, commitAnswer.amount);
    return answer;
  }

  /** A bid for all of what costs least, and then of the next. */
  buy(): void {
    this.begin(this.takeBest());
  }

  private async takeBest(): Promise<void> {
    const supply = [...this.supply.values()].filter(({ price }) => price > 0).sort((one, other) => one.price - other.price);
    for (const { advertId, computeClass, model, domestic, unit, zone, region, price, units, window } of supply) {
      const terms = RemoteTerms.create({ advertId, computeClass, model, domestic, unit, zone, region, price, units, perNode: 8, window });
      const reservationId = randomUUID();
      const { reserveAnswer } = await this.sayUntilAnswered({
        reserve: { reservationId, terms, holdMs: 60_000, image: '', publicKey: '' },
      });
      if (!reserveAnswer && !this.commitsRefused) continue;
      const { commitAnswer } = await this.sayUntilAnswered({ commit: { reservationId, terms: this.committed(terms) } });
      if (!commitAnswer) continue;
      this.bought.set(reservationId, terms);
      const day = shanghaiDay(window!.to - 1);
      this.books.keep(day, false, reservationId, commitAnswer.amount);
      return;
    }
  }

  /** The same bytes, each time signed anew. */
  protected async sayUntilAnswered(content: Content): Promise<PartnerMessage> {
    const message = this.speaker!.message(content);
    for (let tries = 0; tries < triesMax; tries += 1) {
      this.waited += 1;
      try {
        return await this.answerOf(message);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    throw new Error('there is no answer');
  }

  protected async answerOf(message: Uint8Array): Promise<PartnerMessage> {
    return (await this.speaker!.ask(message, this.now() + this.waited)).message;
  }

  /** Milliseconds, one each time: its clock stands. */
  protected waited = 0;
  protected readonly commitsRefused: boolean = false;
  protected committed(terms: RemoteTerms): RemoteTerms {
    return terms;
  }

  protected hearState({ reservationId, leaseId, serial, delivered, unitSlots }: LeaseStateTold): Content {
    const broken = this.brokenByLease(reservationId, delivered!, unitSlots);
    if (broken) return refusal(broken, 'as the document says', this.now());
    const known = this.leases.get(leaseId) ?? { serial: 0, version: 0, record: '' };
    this.leases.set(leaseId, { ...known, serial: Math.max(known.serial, serial) });
    return { leaseStateAnswer: { reservationId, heardSerial: Math.max(known.serial, serial) } };
  }

  protected hearUsage(told: RemoteUsage): Content {
    const { reservationId, leaseId, version, window, unitSlotsDue, unitSlotsUp } = told;
    const broken =
      this.brokenByLease(reservationId, window!, unitSlotsDue) ??
      (unitSlotsUp > unitSlotsDue ? 'usage_must_not_exceed_what_was_due' : undefined);
    if (broken) return refusal(broken, 'as the document says', this.now());
    const known = this.leases.get(leaseId) ?? { serial: 0, version: 0, record: '' };
    const record = JSON.stringify(told);
    if (version === known.version && record !== known.record) return refusal('usage_record_must_not_change', 'it has', this.now());
    const isNew = version > known.version;
    if (isNew) this.leases.set(leaseId, { ...known, version, record });
    return { usageAnswer: { recorded: Number(isNew), duplicates: Number(!isNew) } };
  }

  private brokenByLease(reservationId: string, { from, to }: { from: number; to: number }, unitSlots: number): string | undefined {
    const terms = this.bought.get(reservationId);
    if (!terms) return 'reservation_must_be_known';
    const { units, window } = terms;
    if (from < window!.from || to > window!.to) return 'delivered_must_lie_in_the_window';
    return unitSlots > units * (window!.to - window!.from) ? 'unit_slots_must_be_within_the_terms' : undefined;
  }

  private hearHello({ versions, heardSerial }: NonNullable<PartnerMessage['hello']>): Content {
    if (!versions.includes(1)) return refusal('platforms_must_share_a_version', 'this platform speaks 1', this.now());
    if (heardSerial < this.saidSerial || this.saidSerial === 0) this.begin(this.advertiseAll());
    const { saidSerial } = this;
    const capabilities = ['advertise', 'quote', 'reserve', 'commit', 'cancel', 'lease_state', 'usage', 'statement', 'netting'];
    return { helloAnswer: { versions: [1], capabilities, keys: [], time: this.now(), saidSerial, heardSerial: this.heardSerial } };
  }

  private async advertiseAll(): Promise<void> {
    this.saidSerial += 1;
    const supply = [...this.seller.adverts.values()];
    const answer = await this.speaker!.say({ advertise: { serial: this.saidSerial, full: true, supply, withdrawn: [] } });
    if (answer.advertiseAnswer?.wantsFull) await this.advertiseAll();
  }

  private hearAdverts({ serial, full, supply, withdrawn }: NonNullable<PartnerMessage['advertise']>): Content {
    const isNext = full ? serial > this.heardSerial : serial === this.heardSerial + 1;
    if (!isNext) return { advertiseAnswer: { heardSerial: this.heardSerial, wantsFull: serial >= this.heardSerial, refused: [] } };
    const refused = supply.flatMap((one) => {
      const rule = this.brokenBy(one);
      return rule === undefined ? [] : [{ advertId: one.advertId, rule }];
    });
    const others = full
      ? []
      : [...this.supply.keys()].filter((id) => !withdrawn.includes(id) && !supply.some((one) => one.advertId === id));
    if (others.length + supply.length - refused.length > advertsMax) return refusal('adverts_must_not_exceed_1000', 'so many', this.now());
    if (full) this.supply.clear();
    for (const id of withdrawn) this.supply.delete(id);
    for (const one of supply) if (!refused.some(({ advertId }) => advertId === one.advertId)) this.supply.set(one.advertId, one);
    this.heardSerial = serial;
    return { advertiseAnswer: { heardSerial: serial, wantsFull: false, refused } };
  }

  private brokenBy({ window, expiresAt }: RemoteSupply): string | undefined {
    const now = this.now();
    if (window!.to <= window!.from) return 'window_must_not_be_empty';
    if (window!.to <= now / 900_000) return 'window_must_not_be_over';
    if (expiresAt <= now) return 'advert_must_not_have_expired';
    return expiresAt > now + expiryMsMax ? 'advert_must_expire_within_7_days' : undefined;
  }
}
