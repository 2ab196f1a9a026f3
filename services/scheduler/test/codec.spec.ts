// The journal's form: what is read is what was written, whatever it is, and what an older version wrote is read for ever.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createFastEngine, type Command } from '#matching-engine';
import { randomCommands } from '#random-commands';
import { decode, encode, version } from '../src/codec/batch.js';
import { Sink, Source } from '../src/codec/bytes.js';
import type { Entry } from '../src/entry.js';
import { Market } from '../src/market.js';
import { readValue, writeValue } from '../src/codec/value.js';
import { read, replayRow, written } from '../src/replay.js';
import { batchesOf, rowsOf } from './golden/journal.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('a batch of the journal', () => {
  it('is read as it was written, and does what it would have done', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const commands = randomCommands(seed, 300);
        const batches = batchesOf(commands);
        const read = batches.map((batch) => decode(encode(batch)));
        expect(read).toEqual(batches.map(withoutFalse));
        expect(batches.map((batch) => decode(encode(batch), false))).toEqual(batches.map(withoutFalse).map(untold));
        const [one, other] = [createFastEngine({}), createFastEngine({})];
        const entries = read.flatMap((batch) => batch.entries).slice(1);
        for (const [index, command] of commands.entries()) {
          const { sequence, time } = command;
          expect(other.apply({ ...entries[index]!.command, sequence, time } as Command)).toEqual(one.apply(command));
        }
        expect(other.stateHash()).toBe(one.stateHash());
      }),
      { numRuns: 25, seed: Number(process.env.SEED ?? 1) },
    );
  });

  it('keeps the commands that no random history holds', () => {
    const terms = { units: 1, from: 5, to: 9, minSlots: 1, ask: 100, timeInForce: 2, goodTill: 77 } as const;
    const placed = { orderId: 2 ** 52 - 1, participantId: 4, sessionId: 9 };
    const entries: Entry[] = [
      { command: { kind: 'ConfirmLease', tradeNumber: 3, endpoint: 'ssh://[::1]:22', sealedSecret: 'c2VjcmV0' } },
      { command: { kind: 'AmendOffer', orderId: 1, participantId: 2, changes: { goodTill: null, minSlots: 1, ask: 300 } } },
      {
        command: {
          kind: 'AmendBid',
          orderId: 1,
          participantId: 2,
          changes: { allOrNone: false, together: true, books: [], goodTill: null },
        },
      },
      { command: { kind: 'AmendBid', orderId: 1, participantId: 2, changes: {} } },
      { command: { kind: 'ResellLease', ...placed, tradeNumber: 2 ** 45, terms } },
      { command: { kind: 'ExtendLease', ...placed, tradeNumber: 3, durationSlots: 4, limitPrice: 9_000_000_000 } },
      { command: { kind: 'EndLease', participantId: 4, tradeNumber: 3 } },
      { command: { kind: 'EndSessions', first: 1, last: 4_000_000_000 } },
      { command: { kind: 'StopMarket' } },
      { command: { kind: 'StartMarket' } },
      { command: { kind: 'OpenMarket', horizonSlots: 8_640, shard: 3 } },
      { command: { kind: 'TakeSlice', participantId: 4, amount: 9_000_000_000_000_000 }, slice: { shard: 2, number: 7 } },
      { command: { kind: 'LowerBuyingPower', participantId: 4, requestId: 'slice', amount: 1 }, slice: { shard: 2, number: 0 } },
      { command: { kind: 'HaltBook', bookId: 3 }, decided: { by: 'key 3', key: 'halt-1', reason: '核对价格' } },
    ];
    expect(decode(encode({ time: 1_767_196_800_000, entries }))).toEqual({ time: 1_767_196_800_000, entries });
  });

  it('is small: a history takes less than a sixth of its JSON', () => {
    const batches = batchesOf(randomCommands(3, 2_000));
    const bytes = batches.reduce((sum, batch) => sum + encode(batch).length, 0);
    expect(bytes * 6).toBeLessThan(batches.reduce((sum, batch) => sum + JSON.stringify(batch).length, 0));
  });

  it('is refused where it is cut off, goes on, or is of a version to come', () => {
    const row = encode(batchesOf(randomCommands(1, 50)).at(-1)!);
    for (let length = 1; length < row.length; length++) expect(() => decode(row.subarray(0, length))).toThrow();
    expect(() => decode(Buffer.concat([row, Buffer.from([0])]))).toThrow('journal_batch_must_end_with_its_entries');
    expect(() => decode(Buffer.from([99, ...row.subarray(1)]))).toThrow('journal_version_must_be_known: 99');
  });
});

it('any number is kept to the bit', () => {
  const kept = (value: number): number => {
    const sink = new Sink();
    sink.number(value);
    return new Source(sink.taken()).number();
  };
  fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), fc.double(), fc.integer()), (value) => Object.is(kept(value), value + 0)));
  for (const value of [
    0,
    63,
    64,
    127,
    2 ** 30,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 52,
    2 ** 53 - 1,
    2 ** 53,
    -1,
    0.5,
    Infinity,
    Number.NaN,
  ])
    expect(kept(value)).toBe(value);
});

/** Keys are names. */
const plain = fc.jsonValue().filter((value) => !/__proto__|\\u0000/.test(JSON.stringify(value)));

it('plain JSON of any shape is read as it was written', () => {
  fc.assert(
    fc.property(plain, (value) => {
      const sink = new Sink();
      writeValue(sink, value);
      const bytes = sink.taken();
      expect(readValue(new Source(bytes))).toEqual(withoutMinusZero(value));
      if (bytes.length > 1) expect(() => readValue(new Source(bytes.subarray(0, -1)))).toThrow();
    }),
  );
});

it('a snapshot is the state that it was taken of, in a fifth of its JSON', () => {
  const market = Market.empty();
  const batches = batchesOf(randomCommands(7, 2_000)).map(encode);
  for (const payload of batches) replayRow(market, { firstSequence: market.sequence + 1, payload }, Infinity);
  const { state, stateHash } = written(market);
  const again = read(state, stateHash);
  expect(again.engine.stateHash()).toBe(stateHash);
  expect(again.snapshot()).toEqual(market.snapshot());
  expect(state.length * 5).toBeLessThan(JSON.stringify(market.snapshot()).length);
});

describe('golden journals', () => {
  const folder = join(import.meta.dirname, 'golden');
  const versions = readdirSync(folder).flatMap((name) => /^journal-v(\d+)\.bin$/.exec(name)?.[1] ?? []);

  it('are kept of every version', () => {
    expect(versions.map(Number).sort()).toEqual(Array.from({ length: version }, (_, index) => index + 1));
  });

  it.each(versions)('version %s replays to the state that it made when it was written', (number) => {
    const market = Market.empty();
    for (const payload of rowsOf(readFileSync(join(folder, `journal-v${number}.bin`))))
      replayRow(market, { firstSequence: market.sequence + 1, payload }, Infinity);
    const then = JSON.parse(readFileSync(join(folder, `journal-v${number}.json`), 'utf8')) as object;
    expect({ sequence: market.sequence, stateHash: market.engine.stateHash() }).toEqual(then);
  });
});

/** What is false without being said. */
const withoutFalse = ({ time, entries }: { time: number; entries: readonly Entry[] }) => ({
  time,
  entries: entries.map((entry) => (entry.confirmsAtOnce ? entry : { ...entry, confirmsAtOnce: undefined })),
});

const withoutMinusZero = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What a market has no use for that tells nobody. */
const untold = ({ time, entries }: { time: number; entries: readonly Entry[] }) => ({
  time,
  entries: entries.map((entry) => ({ ...entry, asked: undefined, label: undefined, decided: undefined, trace: undefined })),
});
