// A journal through two markets, one on each engine (docs/engine.md): whatever either tells of a command must be what the other tells.
import { createFastEngine } from '#matching-engine';
import { createNaiveEngine } from '#naive-engine';
import { decode } from '../../src/codec/batch.js';
import type { Entry, Step } from '../../src/entry.js';
import { Market } from '../../src/market.js';
import type { Row } from '../../src/replay.js';

export interface Comparison {
  readonly commands: number;
  readonly events: number;
  readonly trades: number;
  /** Bids that were explained as they closed. */
  readonly explanations: number;
  /** How often the states' hashes were compared, the last time at the end. */
  readonly hashes: number;
  readonly stateHash: string;
  /** What differed first; null: nothing. */
  readonly difference: string | null;
  /** Milliseconds of this process's CPU that each engine's market took. */
  readonly fastMs: number;
  readonly naiveMs: number;
}

const hashEvery = 1_000;

/** @param differs makes the naive engine's command other than the journal's, for a test that a difference is seen */
export async function compare(rows: AsyncIterable<Row> | Iterable<Row>, differs?: (entry: Entry) => Entry): Promise<Comparison> {
  const both = new Both();
  for await (const { firstSequence, payload } of rows) {
    const { time, entries } = decode(payload);
    for (const [index, entry] of entries.entries()) {
      both.apply(firstSequence + index, time, entry, differs ? differs(entry) : entry);
      if (both.difference !== null) return both.found();
    }
  }
  both.compareHashes();
  return both.found();
}

class Both {
  private readonly fast = Market.empty(createFastEngine);
  private readonly naive = Market.empty(createNaiveEngine);
  private commands = 0;
  private events = 0;
  private trades = 0;
  private explanations = 0;
  private hashes = 0;
  private stateHash = '';
  private fastMs = 0;
  private naiveMs = 0;
  difference: string | null = null;

  apply(sequence: number, time: number, entry: Entry, ofNaive: Entry): void {
    const begun = cpuMs();
    const step = this.fast.apply(sequence, time, entry, true);
    const done = cpuMs();
    const expected = this.naive.apply(sequence, time, ofNaive, true);
    this.naiveMs += cpuMs() - done;
    this.fastMs += done - begun;
    this.commands++;
    this.events += step.events.length;
    this.trades += step.events.filter(({ kind }) => kind === 'TradeMade').length;
    this.explanations += step.explanations.size;
    const [got, wanted] = [told(step), told(expected)];
    if (got !== wanted) this.difference = `at ${sequence} ${entry.command.kind}\nnaive: ${wanted}\nfast:  ${got}`;
    else if (this.commands % hashEvery === 0) this.compareHashes();
  }

  compareHashes(): void {
    if (!this.fast.isOpen) return;
    const [got, wanted] = [this.fast.engine.stateHash(), this.naive.engine.stateHash()];
    this.hashes++;
    this.stateHash = got;
    if (got !== wanted) this.difference = `the hash after ${this.fast.sequence}\nnaive: ${wanted}\nfast:  ${got}`;
  }

  found(): Comparison {
    const { commands, events, trades, explanations, hashes, stateHash, difference, fastMs, naiveMs } = this;
    return { commands, events, trades, explanations, hashes, stateHash, difference, fastMs, naiveMs };
  }
}

const told = ({ events, promised, explanations, refused }: Step): string =>
  JSON.stringify({ events, promised: [...promised], explanations: [...explanations], refused });

const cpuMs = (): number => process.cpuUsage().user / 1_000;
