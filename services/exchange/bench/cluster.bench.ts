// What the distributed form costs: the same loads on one process and on the cluster, which take turns, and the one over the other.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { BidTerms } from '#contracts';
import { cpuMsBelow } from '#cluster';
import { Api, type Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';
import { distributed, embedded, type Form } from './forms.js';
import { connectionsUsual, post } from './load.js';
import { messages, send } from './order-stream.js';
import { restingBids, restingBodies } from './resting-bids.js';

const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = Number(process.env.SECONDS ?? 5);
const samples = Number(process.env.SAMPLES ?? 200);
const besidesPerSecond = 50;
const burst = 4_000;
const lookMs = 2;
/** Of eight cards each: more than all that is bought. */
const nodes = 200;
const price = 2_000_000n;
const services = ['gateway', 'registry', 'monitoring', 'scheduler', 'settlement', 'voucher', 'interconnect'];

interface Measured {
  readonly ordersPerSecond: number[];
  readonly cpuMsPerOrder: number[];
  readonly holdMs: number[];
  readonly eventsPerSecond: number[];
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(values.length * share) - 1)]!;
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A bid that trades at once, for an hour. */
function buying(index: number): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10 + (index % 400);
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice: '2.50', timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

/** The loads of one form. */
class Loads {
  private constructor(
    private readonly form: Form,
    private readonly api: Api,
    private readonly buyer: string,
    private readonly account: string,
    private readonly database: pg.Client,
    private readonly measured: Measured,
  ) {}

  static async open(form: Form, measured: Measured): Promise<Loads> {
    const addresses = form.gateways.map(({ address }) => address);
    const api = new Api(addresses, 'cluster');
    const buyer = await openSmallMarket(api, form.key, nodes, buying(0));
    const { participantId } = await api.get(buyer, '/v1/me');
    const database = new pg.Client(form.databaseUrl);
    await database.connect();
    return new Loads(form, api, buyer, `participant/${Number(participantId)}/money`, database, measured);
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.database.end();
  }

  /** @param isCounted the first round warms up */
  async orders(round: string, isCounted: boolean): Promise<number> {
    const { gateways } = this.form;
    const before = await cpuMsBelow();
    const loads = await Promise.all(
      gateways.map(({ address }, index) =>
        post(`${address}/v1/bids`, this.buyer, restingBodies(), seconds, `${round}-${index}`, connectionsUsual / gateways.length),
      ),
    );
    const perSecond = loads.reduce((sum, load) => sum + load.perSecond, 0);
    const cpuMs = (await cpuMsBelow()) - before;
    if (isCounted) {
      this.measured.ordersPerSecond.push(perSecond);
      this.measured.cpuMsPerOrder.push(cpuMs / (perSecond * seconds));
    }
    return perSecond;
  }

  /** One trade after the other, while orders that rest come steadily. */
  async holds(round: string): Promise<void> {
    let held = await this.held();
    const stopping = new AbortController();
    const besides = this.steadily(round, stopping.signal);
    try {
      for (let index = 0; index < samples; index += 1) {
        const began = performance.now();
        await this.api.post(this.buyer, '/v1/bids', buying(index), `${round}-hold-${index}`);
        held += price;
        await this.until(async () => (await this.held()) >= held);
        this.measured.holdMs.push(performance.now() - began);
      }
    } finally {
      stopping.abort();
      await besides;
    }
  }

  /** Trades as fast as they are taken, by a stream to each gateway. */
  async events(round: string, isCounted: boolean): Promise<number> {
    const { gateways } = this.form;
    const terms = restingBids();
    const trading = (index: number): BidTerms => {
      const { earliest } = terms(index % 400);
      return { ...terms(index), units: 1, earliest, latest: earliest + 4, limitPrice: 2_500_000 };
    };
    const streams = gateways.map((_, index) => messages(`${round}-burst-${index}`, trading, burst / gateways.length));
    const goal = (await this.held()) + price * BigInt(burst);
    const published = await this.published();
    const began = performance.now();
    await Promise.all(gateways.map(({ grpcAddress }, index) => send(grpcAddress, this.buyer, streams[index]!)));
    await this.until(async () => (await this.held()) >= goal && (await this.waiting()) === 0);
    const perSecond = (((await this.published()) - published) / (performance.now() - began)) * 1_000;
    if (isCounted) this.measured.eventsPerSecond.push(perSecond);
    return perSecond;
  }

  private async steadily(round: string, signal: AbortSignal): Promise<void> {
    const bodies = restingBodies();
    const under: Promise<unknown>[] = [];
    for (let index = 0; !signal.aborted; index += 1) {
      under.push(this.api.post(this.buyer, '/v1/bids', JSON.parse(bodies(index)), `${round}-beside-${index}`));
      await sleep(1_000 / besidesPerSecond);
    }
    await Promise.all(under);
  }

  private async until(isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 120_000; !(await isSo()); await sleep(lookMs))
      if (Date.now() > deadline) throw new Error('what was bought must be held');
  }

  /** Micro-yuan of the buyer that settlement holds. */
  private async held(): Promise<bigint> {
    const { rows } = await this.database.query<{ debits_pending: string }>(
      'select debits_pending from settlement.accounts where code = $1',
      [this.account],
    );
    return BigInt(rows[0]!.debits_pending);
  }

  /** Events that services have told so far. */
  private published = (): Promise<number> => this.sumOver('select coalesce(sum(sequence), 0) as n from', 'outbox_source');
  /** Events that are not on the bus yet. */
  private waiting = (): Promise<number> => this.sumOver('select count(*) as n from', 'outbox');

  private async sumOver(select: string, table: string): Promise<number> {
    const all = services.map((service) => `(${select} ${service}.${table})`).join(' union all ');
    const { rows } = await this.database.query<{ n: string }>(`select sum(n) as n from (${all}) as counted`);
    return Number(rows[0]!.n);
  }
}

const empty = (): Measured => ({ ordersPerSecond: [], cpuMsPerOrder: [], holdMs: [], eventsPerSecond: [] });

async function measure(name: string, start: () => Promise<Form>, into: Measured, progress: (text: string) => void): Promise<void> {
  const form = await start();
  try {
    const loads = await Loads.open(form, into);
    try {
      for (let round = 0; round <= rounds; round += 1) {
        const orders = await loads.orders(`round-${round}`, round > 0);
        const events = await loads.events(`round-${round}`, round > 0);
        progress(`${name}, round ${round}: ${Math.round(orders)} orders/s, ${Math.round(events)} events/s`);
      }
      await loads.holds('round');
      progress(`${name}: held after ${median(into.holdMs).toFixed(0)} ms`);
    } finally {
      // Before its database ends, or that hides why it failed.
      await loads.close();
    }
  } finally {
    await form.stop();
  }
}

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [one, many] = [empty(), empty()];
  // Before and after the cluster, so that a machine that changes does not decide for one of them; not beside it, since a cluster that lies still costs too.
  await measure('embedded', embedded, one, progress);
  await measure('cluster', () => distributed(progress), many, progress);
  await measure('embedded', embedded, one, progress);

  const to = (digits: number, value: number) => Number(value.toFixed(digits));
  const spread = (values: readonly number[]) => `of ${values.map(Math.round).join(', ')}`;
  const forms = `embedded: one process, measured before and after the cluster; cluster: three Kafka nodes, Redis, PostgreSQL, two processes of each service, both gateways used alike; fsync on; all and the client on the same ${cpus().length} cores`;
  const counted = `median of ${rounds} rounds a start after one warm-up`;
  const both = (
    metric: string,
    unit: string,
    digits: number,
    of: (measured: Measured) => number,
    list: (measured: Measured) => string,
    method: string,
  ) => [
    { metric: `cluster_${metric}`, value: to(digits, of(many)), unit, method: `${method}; ${list(many)}` },
    { metric: `embedded_${metric}`, value: to(digits, of(one)), unit, method: `the same on one process; ${list(one)}` },
    { metric: `${metric}_of_embedded`, value: to(3, of(many) / of(one)), unit: 'ratio', method: `cluster over embedded; ${forms}` },
  ];
  const holds = `from a POST /v1/bids that trades to the settlement's pending transfer, seen by a query each ${lookMs} ms; ${samples} one after the other beside ${besidesPerSecond} resting orders a second`;
  const samplesOf = ({ holdMs }: Measured) => `${holdMs.length} samples`;
  return [
    ...both(
      'orders_per_second',
      '1/s',
      0,
      ({ ordersPerSecond }) => median(ordersPerSecond),
      ({ ordersPerSecond }) => spread(ordersPerSecond),
      `POST /v1/bids that rest, acknowledged as durable, ${connectionsUsual} connections shared by the gateways, ${seconds} s a round; ${counted}`,
    ),
    ...both(
      'cpu_ms_per_order',
      'ms',
      2,
      ({ cpuMsPerOrder }) => median(cpuMsPerOrder),
      ({ cpuMsPerOrder }) => `of ${cpuMsPerOrder.map((ms) => ms.toFixed(2)).join(', ')}`,
      'CPU time of all processes but the client over the same rounds, by order',
    ),
    ...both('hold_p50_ms', 'ms', 0, ({ holdMs }) => quantile(holdMs, 0.5), samplesOf, holds),
    ...both('hold_p99_ms', 'ms', 0, ({ holdMs }) => quantile(holdMs, 0.99), samplesOf, holds),
    ...both(
      'events_per_second',
      '1/s',
      0,
      ({ eventsPerSecond }) => median(eventsPerSecond),
      ({ eventsPerSecond }) => spread(eventsPerSecond),
      `${burst} bids that trade by a gRPC stream to each gateway: events that all services told, over the time until each trade's money is held and no event waits to go to the bus; ${counted}`,
    ),
  ];
}
