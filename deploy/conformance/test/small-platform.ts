// A partner platform made of the document alone, in memory: right as it is, and broken in one way by who extends it.
import { type PartnerMessage, RemoteSupply } from '#contracts';
import { PartnerKey } from '#testing';
import { Books } from '../books.js';
import { type Content, Hearer, type Known, refusal } from '../hearer.js';
import { Seller } from '../seller.js';
import { Speaker } from '../speaker.js';
import { Line, serve } from '../wire.js';

const expiryMsMax = 7 * 86_400_000;
const advertsMax = 1_000;

export class SmallPlatform {
  readonly key = PartnerKey.make();
  readonly seller: Seller;
  readonly books: Books;
  readonly supply = new Map<string, RemoteSupply>();
  heardSerial = 0;
  saidSerial = 0;
  private speaker: Speaker | undefined;
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
    if (commit) return this.seller.commit(commit);
    if (cancel) return this.seller.cancel(cancel.reservationId);
    if (statement) return this.books.hear(statement);
    if (netting) return this.books.hearNetting(netting);
    return refusal('message_kind_must_be_known', 'of no kind of version 1', this.now());
  }

  private hearHello({ versions, heardSerial }: NonNullable<PartnerMessage['hello']>): Content {
    if (!versions.includes(1)) return refusal('platforms_must_share_a_version', 'this platform speaks 1', this.now());
    if (heardSerial < this.saidSerial || this.saidSerial === 0) this.advertiseAll().catch(() => undefined);
    const { saidSerial } = this;
    const capabilities = ['advertise', 'quote', 'reserve', 'commit', 'cancel', 'lease_state', 'usage', 'statement', 'netting'];
    return { helloAnswer: { versions: [1], capabilities, keys: [], time: this.now(), saidSerial, heardSerial: this.heardSerial } };
  }

  /** Where it fails, the next hello says how far the other has heard. */
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
