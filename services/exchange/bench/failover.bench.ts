// How long a buyer waits where the scheduler's leader is killed: two schedulers, of which one leads, behind a gateway, in processes of their own.
import { SplitExchange } from '#cluster';
import { endedWithUs, startedWithUs, startEmbeddedPostgres, temporaryFolder } from '#platform';
import { testDatabase } from '#testing';
import { Api, Problem } from '../src/demo/client.js';
import type { Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { book, openSmallMarket, rfc } from '../src/demo/small-market.js';
import { messages, send } from './order-stream.js';
import { restingBids } from './resting-bids.js';

const runs = Number(process.env.RUNS ?? 20);
const resting = Number(process.env.RESTING ?? 100_000);

function bid(limitPrice: string): Json {
  const earliest = Math.floor(Date.now() / slotMs) + 10;
  const window = { durationSlots: 4, earliest: rfc(earliest), latest: rfc(earliest + 4) };
  return { terms: { books: [book], units: 1, ...window, limitPrice, timeInForce: 'GTC', placement: 'ANYWHERE' } };
}

/** Says it until it is answered. */
async function placed(api: Api, key: string, once: string): Promise<Json> {
  for (;;)
    try {
      return await api.post(key, '/v1/bids', bid('1.50'), once);
    } catch (error) {
      if (error instanceof Problem && error.status < 500) throw error;
    }
}

/** Of so many values the one that `share` of them do not exceed. */
const quantile = (values: readonly number[], share: number) =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1]!;

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [folder] = temporaryFolder('exchange-failover-');
  const [server] = await startedWithUs(
    () => startEmbeddedPostgres({ folder }),
    (started) => started.stop(),
  );
  const { host, port, user, password, database: name } = server.address;
  const database = await testDatabase(`postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${name}`);
  const others = ['registry', 'monitoring', 'settlement', 'voucher', 'interconnect'];
  const exchange = await SplitExchange.prepare({ others, one: ['scheduler'], two: ['scheduler'], gateway: ['gateway'] }, database.url);
  endedWithUs(() => exchange.stop());
  const api = new Api(exchange.address(), 'failover');
  try {
    await exchange.startAll();
    const buyer = await openSmallMarket(api, exchange.key, 1, bid('2.50'));
    await send(exchange.grpcAddress(), buyer, messages('resting', restingBids(), resting));
    await api.get(buyer, '/v1/bids?limit=1');
    progress(`${resting} orders rest`);

    const times: number[] = [];
    for (let round = 0; round < runs; round += 1) {
      const [leader, standby] = round % 2 ? (['two', 'one'] as const) : (['one', 'two'] as const);
      const before = await placed(api, buyer, `before-${round}`);
      const began = performance.now();
      const killed = exchange.running.get(leader)!.kill();
      const after = await placed(api, buyer, `after-${round}`);
      times.push(performance.now() - began);
      progress(`run ${round + 1} of ${runs}: ${Math.round(times.at(-1)!)} ms until ${standby} answers`);
      await killed;
      // What it left is said again: the same answers.
      for (const [once, answer] of [
        [`before-${round}`, before],
        [`after-${round}`, after],
      ] as const)
        if ((await placed(api, buyer, once)).bidId !== answer.bidId) throw new Error('an order must have one answer');
      // It is ready when it has followed the journal to its end.
      await exchange.start(leader);
    }
    const method = `SIGKILL of the scheduler's leader at ${resting} resting orders; from the signal to the answer of a POST /v1/bids begun after it, through one gateway; ${runs} runs, the one that was killed started again as standby after each; embedded PostgreSQL, fsync on, all on the same cores; of ${times.map(Math.round).join(', ')}`;
    return [
      { metric: 'recovery_p50_ms', value: Math.round(quantile(times, 0.5)), unit: 'ms', method },
      { metric: 'recovery_p99_ms', value: Math.round(quantile(times, 0.99)), unit: 'ms', method: `the same; aim 3000` },
    ];
  } finally {
    await api.destroy();
  }
}
