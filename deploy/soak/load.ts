// A steady load: as many orders each second, by the gateways in turn; the first of a second trades, the others rest until its end.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, type Json, book, openSmallMarket, rfc, slotMs } from '#demo';

/** Of eight cards each: more than all that is bought in a day's trades, each of one card for an hour of the next days. */
const nodes = 200;
const starts = 1_500;

function bid(index: number, limitPrice: string): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10 + (index % starts);
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice, timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

export class SteadyLoad {
  orders = 0;
  trades = 0;
  /** Refused, or without an answer. */
  refused = 0;

  private constructor(
    private readonly api: Api,
    private readonly buyer: string,
    private readonly perSecond: number,
  ) {}

  static async open(api: Api, operator: string, perSecond: number): Promise<SteadyLoad> {
    return new SteadyLoad(api, await openSmallMarket(api, operator, nodes, bid(0, '2.50')), perSecond);
  }

  /** Until the signal; resolves when all is answered. */
  async run(signal: AbortSignal): Promise<void> {
    for (let second = performance.now(); !signal.aborted; second += 1_000) {
      const asked = Array.from({ length: this.perSecond }, (_, index) => this.place(index === 0));
      await Promise.all(asked);
      await this.said(this.api.post(this.buyer, '/v1/orders/cancel-all', {}));
      const left = second + 1_000 - performance.now();
      // Who was late does not make up for it: a steady load, not a wave behind each pause.
      if (left > 0) await sleep(left);
      else second = performance.now() - 1_000;
    }
  }

  private async place(trades: boolean): Promise<void> {
    const index = this.orders++;
    if (trades) this.trades += 1;
    await this.said(this.api.post(this.buyer, '/v1/bids', bid(index, trades ? '2.50' : '1.50'), `soak-${index}`));
  }

  private async said(answer: Promise<unknown>): Promise<void> {
    await answer.catch((error: unknown) => {
      this.refused += 1;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  }
}
