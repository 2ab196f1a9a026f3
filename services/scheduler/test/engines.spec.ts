// The exchange runs on the fast engine; what it wrote into its journal the naive engine must answer alike (npm run replay).
import { Journal } from '#platform';
import { TimeInForce } from '#contracts';
import { randomCommands } from '#random-commands';
import { encode } from '../src/codec/batch.js';
import type { Entry } from '../src/entry.js';
import { Shards } from '../src/shards.js';
import { batchesOf } from './golden/journal.js';
import { buyer, oneHour, otherBuyer, testMarket, yuan } from './market.js';
import { compare } from './replay/comparison.js';

it("the naive engine tells of an exchange's journal what the exchange told: events, explanations and state", async () => {
  const market = await testMarket();
  try {
    await market.offer(6, 2 * yuan);
    for (let i = 0; i < 24; i++) {
      const timeInForce = i % 3 === 0 ? TimeInForce.IOC : TimeInForce.GTC;
      const terms = oneHour({ units: 1 + (i % 3), durationSlots: 1 + (i % 5), limitPrice: (1 + (i % 4)) * yuan, timeInForce });
      await market.scheduling(i % 2 ? buyer : otherBuyer).submitBid({ terms }, { idempotencyKey: `bid-${i}` });
    }
    await market.slots(30);
    const { sequence, engine } = market.exchange.running.get(Shards).home.market;
    const found = await compare(market.exchange.running.get(Journal).read(0));
    expect(found).toMatchObject({ difference: null, commands: sequence, stateHash: engine.stateHash() });
    expect([found.trades, found.explanations]).toEqual([21, 20]);
  } finally {
    await market.exchange.stop();
  }
});

const rows = (seed: number) => {
  let firstSequence = 1;
  return batchesOf(randomCommands(seed, 1_500)).map((batch) => {
    const row = { firstSequence, payload: encode(batch) };
    firstSequence += batch.entries.length;
    return row;
  });
};

it('so it does of a random history, and the first command of which they tell otherwise is named', async () => {
  const found = await compare(rows(11));
  expect(found).toMatchObject({ difference: null, commands: expect.any(Number) as number, hashes: 2 });
  expect(found.explanations).toBeGreaterThan(50);

  const dearer = (entry: Entry): Entry => {
    const { command } = entry;
    return command.kind === 'SubmitOffer'
      ? { ...entry, command: { ...command, terms: { ...command.terms, ask: command.terms.ask + 100 } } }
      : entry;
  };
  const other = await compare(rows(11), dearer);
  expect(other.difference).toMatch(/^at \d+ \w+\nnaive: .*\nfast: {2}/);
  expect(other.commands).toBeLessThan(found.commands);
});
