// Trades over a border against trades at home: two whole platforms in processes of their own, TLS between them, PostgreSQL with fsync on.
import { randomUUID } from 'node:crypto';
import { startedWithUs, temporaryFolder } from '#platform';
import { Authority } from '#testing';
import { type Json, textOf } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { participant } from '../src/demo/registering.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';
import { Neighbour, eventually } from '../test/neighbour.js';
import { Ear } from './ear.js';

const rounds = Number(process.env.ROUNDS ?? 3);
/** Bids of a round that are placed as fast as they are answered, … */
const burst = Number(process.env.BURST ?? 600);
/** … and one by one, each when the one before it is a lease. */
const single = Number(process.env.SINGLE ?? 100);
/** Bids whose answers are waited for at a time. */
const together = 64;
const nodes = 200;
const yuan = '1000000000.00';

interface Side {
  readonly platform: Neighbour;
  /** Key of who buys. */
  readonly buyer: string;
  readonly ear: Ear;
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

/** @returns the bid's id where it is no lease yet */
async function place({ platform, buyer }: Omit<Side, 'ear'>): Promise<string | undefined> {
  const { bidId, state } = await platform.api.post(buyer, '/v1/bids', bid(), randomUUID());
  return state === 'FILLED' ? undefined : textOf(bidId);
}

async function oneByOne(side: Side): Promise<number[]> {
  const took: number[] = [];
  for (let nth = 0; nth < single; nth += 1) {
    const began = performance.now();
    const waiting = await place(side);
    if (waiting) await side.ear.filled(waiting);
    took.push(performance.now() - began);
  }
  return took;
}

/** Bids a second, from the first that is placed to the last that is a lease. */
async function atOnce(side: Side): Promise<number> {
  const began = performance.now();
  let left = burst;
  const worker = async (): Promise<void> => {
    const waiting: string[] = [];
    while (left-- > 0) {
      const id = await place(side);
      if (id) waiting.push(id);
    }
    await Promise.all(waiting.map((id) => side.ear.filled(id)));
  };
  await Promise.all(Array.from({ length: together }, worker));
  return (burst / (performance.now() - began)) * 1_000;
}

async function round(side: Side): Promise<Round> {
  return { oneByOneMs: await oneByOne(side), perSecond: await atOnce(side) };
}

/** Shuitu buys of Tianfu, where a buyer of Tianfu's own takes of the same pool. */
async function open(shuitu: Neighbour, tianfu: Neighbour): Promise<{ remote: Side; local: Side }> {
  await shuitu.register(tianfu);
  const partnerId = await tianfu.register(shuitu);
  const local = await heard({ platform: tianfu, buyer: await openSmallMarket(tianfu.api, tianfu.operator, nodes, bid()) });
  await tianfu.post('/v1/deposits', { participantId: partnerId, amount: yuan, bankReference: 'of Shuitu' });
  const details = { name: 'buyer', roles: ['BUYER'], region: 500000, industry: 'I', size: 'LARGE', orderRatePerSecond: 1_000_000 };
  const { id, key } = await participant(shuitu.api, shuitu.operator, details);
  await shuitu.post('/v1/deposits', { participantId: id, amount: yuan, bankReference: 'of the buyer' });
  const supply = {
    ...{ advertId: 't4', computeClass: 'INTELLIGENT', model: book.model, unit: 'CARD', zone: 'DOMESTIC', region: 500000, units: nodes * 8 },
    ...{ price: '2.00', window: { from: rfc(tomorrow - 1), to: rfc(tomorrow + 96) }, expiresAt: rfc(tomorrow + 96), unitsPerNode: 8 },
  };
  await tianfu.post('/v1/interconnect/supply', { supply });
  const remote = await heard({ platform: shuitu, buyer: key });
  await eventually(
    () => shuitu.get('/v1/interconnect/advertisements'),
    ({ advertisements }) => (advertisements as unknown[] | undefined)?.length === 1,
  );
  const first = await eventually(() => place(remote));
  if (first) await remote.ear.filled(first);
  return { remote, local };
}

const heard = async (side: Omit<Side, 'ear'>): Promise<Side> => ({ ...side, ear: await Ear.open(side.platform.address, side.buyer) });

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
const percentile = (values: readonly number[], share: number) =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length * share)]!;
const tenth = (value: number) => Math.round(value * 10) / 10;

function metrics(name: string, how: string, all: readonly Round[]) {
  const speeds = all.map(({ perSecond }) => perSecond);
  const took = all.flatMap(({ oneByOneMs }) => oneByOneMs);
  const alone = `${single} bids a round, each placed when the one before is a lease, from its POST until its buyer's live stream, or the answer itself, says that it is a lease; ${rounds} rounds`;
  return [
    {
      metric: `${name}_trades_per_second`,
      value: tenth(median(speeds)),
      unit: '1/s',
      method: `${how}; ${burst} bids placed, ${together} at a time, from the first POST until the buyer's live stream has told of the last lease; median of ${rounds} rounds taken in turn after one warm-up; of ${speeds.map(tenth).join(', ')}`,
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
