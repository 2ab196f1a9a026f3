// Bids as fast as they are answered, for the tests that break something meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, Problem, type Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { book, rfc } from '../src/demo/small-market.js';

export interface LoadOptions {
  /** Of a gateway's HTTP API; asked again each time that a writer begins. */
  readonly address: string;
  readonly buyer: string;
  readonly writers?: number;
  /** One bid of so many is above the ask. */
  readonly tradeEvery?: number;
}

/** A bid for one card for an hour. */
export function bid(clientOrderId: string, limitPrice: string, slotsAhead = 10): Json {
  const earliest = Math.floor(Date.now() / slotMs) + slotsAhead;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { clientOrderId, terms: { books: [book], units: 1, ...window, limitPrice, timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

export class OrderLoad {
  /** Answers by the order's own name. */
  readonly acknowledged = new Map<string, Json>();
  private isOver = false;
  private readonly all: Promise<unknown>;

  constructor(
    private readonly name: string,
    private readonly options: LoadOptions,
  ) {
    this.all = Promise.all(Array.from({ length: options.writers ?? 6 }, (_, writer) => this.write(writer)));
    // Who waits for more hears of it by stop().
    this.all.catch(() => (this.isOver = true));
  }

  /** Resolves when so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const enough = this.acknowledged.size + count;
    while (this.acknowledged.size < enough && !this.isOver) await sleep(20);
    if (this.isOver) await this.all;
  }

  /** Each order under way is said again until its outcome is known. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.all;
  }

  private async write(writer: number): Promise<void> {
    const { address, buyer, tradeEvery = 20 } = this.options;
    const api = new Api(address, this.name);
    for (let call = 0; !this.isOver; call += 1) {
      const once = `${this.name}-${writer}-${call}`;
      const body = bid(once, call % tradeEvery === 0 ? '2.50' : '1.50', 10 + 4 * (call % 200));
      while (!this.acknowledged.has(once))
        try {
          this.acknowledged.set(once, await api.post(buyer, '/v1/bids', body, once));
        } catch (error) {
          if (error instanceof Problem && error.status < 500) throw error;
          await sleep(20);
        }
    }
    await api.close();
  }
}

/** Each order once, as it was acknowledged. */
export async function eachOnce(api: Api, buyer: string, acknowledged: ReadonlyMap<string, Json>): Promise<void> {
  for (const [once, { bidId }] of acknowledged) {
    const { bids } = await api.get(buyer, `/v1/bids?clientOrderId=${once}`);
    expect((bids as Json[]).map((found) => found.bidId)).toEqual([bidId]);
  }
}
