// Trades over a border against trades at home: two whole platforms in processes of their own, TLS between them, PostgreSQL with fsync on.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startedWithUs, temporaryFolder } from '#platform';
import { Authority } from '#testing';
import type { Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { participant } from '../src/demo/registering.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';
import { Neighbour, eventually } from '../test/neighbour.js';

const rounds = Number(process.env.ROUNDS ?? 3);
/** Bids of a round that are placed as fast as they are answered, … */
const burst = Number(process.env.BURST ?? 600);
/** … and one by one, each when the one before it is a lease. */
const single = Number(process.env.SINGLE ?? 100);
const connections = 64;
const nodes = 200;
const yuan = '1000000000.00';

interface Side {
  readonly platform: Neighbour;
  /** Key of who buys. */
  readonly buyer: string;
}

interface Round {
  readonly perSecond: number;
  readonly oneByOneMs: readonly number[];
}

const tomorrow = Math.floor(Date.now() / slotMs) + 96;
let placed = 0;
/** One card for a quarter of an hour of tomorrow; never twice the same slot in a row. */
const bid = (): Json => {
  const earliest = tomorrow + (placed++ % 90);
  return {
    terms: {
      ...{ books: [book], units: 1, perNode: 1, durationSlots: 1, earliest: rfc(earliest), latest: rfc(earliest + 1) },
      ...{ limitPrice: '2.50', timeInForce: 'GTC', placement: 'ONE_POOL' },
    },
  };
};

const place = ({ platform, buyer }: Side): Promise<Json> => platform.api.post(buyer, '/v1/bids', bid(), randomUUID());
const isFilled = (answer: Json): boolean => answer.state === 'FILLED';

/** Until every bid of the side's buyer is a lease. */
const closed = ({ platform, buyer }: Side): Promise<void> =>
  until(
    () => platform.api.get(buyer, '/v1/bids?state=OPEN&limit=1'),
    ({ bids }) => ((bids as unknown[] | undefined) ?? []).length === 0,
  );

async function oneByOne(side: Side): Promise<number[]> {
  const took: number[] = [];
  for (let nth = 0; nth < single; nth += 1) {
    const began = performance.now();
    const { bidId, state } = await place(side);
    if (state !== 'FILLED') await until(() => side.platform.api.get(side.buyer, `/v1/bids/${String(bidId)}`), isFilled);
    took.push(performance.now() - began);
  }
  return took;
}

/** Asked so often that it is seen within some milliseconds, and not so often that nothing else gets done. */
const lookMs = 3;
async function until<T>(call: () => Promise<T>, isThere: (answer: T) => boolean): Promise<void> {
  for (const deadline = Date.now() + 120_000; !isThere(await call()); await sleep(lookMs))
    if (Date.now() > deadline) throw new Error('it_must_come_to_that_in_time');
}

/** Bids a second, from the first that is placed to the last that is a lease. */
async function atOnce(side: Side): Promise<number> {
  const began = performance.now();
  let left = burst;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await place(side);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  await closed(side);
  return (burst / (performance.now() - began)) * 1_000;
}

async function round(side: Side): Promise<Round> {
  return { oneByOneMs: await oneByOne(side), perSecond: await atOnce(side) };
}

/** Shuitu buys of Tianfu, where a buyer of Tianfu's own takes of the same pool. */
async function open(shuitu: Neighbour, tianfu: Neighbour): Promise<{ remote: Side; local: Side }> {
  await shuitu.register(tianfu);
  const partnerId = await tianfu.register(shuitu);
  const local = { platform: tianfu, buyer: await openSmallMarket(tianfu.api, tianfu.operator, nodes, bid()) };
  await tianfu.post('/v1/deposits', { participantId: partnerId, amount: yuan, bankReference: 'of Shuitu' });
  const details = { name: 'buyer', roles: ['BUYER'], region: 500000, industry: 'I', size: 'LARGE', orderRatePerSecond: 1_000_000 };
  const { id, key } = await participant(shuitu.api, shuitu.operator, details);
  await shuitu.post('/v1/deposits', { participantId: id, amount: yuan, bankReference: 'of the buyer' });
  const supply = {
    ...{ advertId: 't4', computeClass: 'INTELLIGENT', model: book.model, unit: 'CARD', zone: 'DOMESTIC', region: 500000, units: nodes * 8 },
    ...{ price: '2.00', window: { from: rfc(tomorrow - 1), to: rfc(tomorrow + 96) }, expiresAt: rfc(tomorrow + 96), unitsPerNode: 8 },
  };
  await tianfu.post('/v1/interconnect/supply', { supply });
  const remote = { platform: shuitu, buyer: key };
  await eventually(
    () => shuitu.get('/v1/interconnect/advertisements'),
    ({ advertisements }) => (advertisements as unknown[] | undefined)?.length === 1,
  );
  await eventually(() => place(remote));
  await closed(remote);
  return { remote, local };
}

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
const percentile = (values: readonly number[], share: number) =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length * share)]!;
const tenth = (value: number) => Math.round(value * 10) / 10;

function metrics(name: string, how: string, all: readonly Round[]) {
  const speeds = all.map(({ perSecond }) => perSecond);
  const took = all.flatMap(({ oneByOneMs }) => oneByOneMs);
  const alone = `${single} bids a round, each placed when the one before is a lease, POST to lease as its buyer sees it; ${rounds} rounds`;
  return [
    {
      metric: `${name}_trades_per_second`,
      value: tenth(median(speeds)),
      unit: '1/s',
      method: `${how}; ${burst} bids placed over ${connections} connections, from the first POST to the last lease; median of ${rounds} rounds taken in turn after one warm-up; of ${speeds.map(tenth).join(', ')}`,
    },
    { metric: `${name}_p50_ms`, value: tenth(percentile(took, 0.5)), unit: 'ms', method: `${how}; ${alone}` },
    { metric: `${name}_p99_ms`, value: tenth(percentile(took, 0.99)), unit: 'ms', method: `${how}; ${alone}` },
  ];
}

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [folder] = temporaryFolder('exchange-interconnect-');
  const start = async (name: string): Promise<Neighbour> => {
    const authority = await Authority.make();
    const [platform] = await startedWithUs(
      () => Neighbour.start(name, folder, authority),
      (started) => started.close(),
    );
    return platform;
  };
  const platforms = await Promise.all([start('Shuitu'), start('Tianfu')]);
  const { remote, local } = await open(...platforms);
  const [theirs, ours]: [Round[], Round[]] = [[], []];
  // The first round warms both up and is not counted; then they take turns, so that both see the same machine.
  for (let nth = 0; nth <= rounds; nth += 1) {
    const [far, near] = [await round(remote), await round(local)];
    progress(
      `round ${nth}: remote ${tenth(far.perSecond)}/s, ${tenth(percentile(far.oneByOneMs, 0.5))} ms; local ${tenth(near.perSecond)}/s`,
    );
    if (nth === 0) continue;
    theirs.push(far);
    ours.push(near);
  }
  const speed = median(theirs.map(({ perSecond }) => perSecond)) / median(ours.map(({ perSecond }) => perSecond));
  return [
    ...metrics('remote', 'a bid at one platform is a lease by reserve and commit at the other', theirs),
    ...metrics('local', 'a bid at the other platform is a lease there, of the same pool', ours),
    { metric: 'remote_of_local', value: Math.round(speed * 1_000) / 1_000, unit: 'ratio', method: 'of the trades a second' },
  ];
}
