// Transfers a second through the service's own path: events read, marked in the inbox, posted by the ledger and answered in the outbox, one transaction a batch;
// and, in the same run, one transfer a call.
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { bytesOf, type Event, TradeSettled } from '#contracts';
import {
  Activity,
  Clock,
  Consumer,
  Database,
  endedWithUs,
  Gather,
  Logger,
  Outbox,
  run as start,
  service,
  startedWithUs,
  temporaryFolder,
} from '#platform';
import type { Bus, EventMeta, Placed, Tx } from '#platform';
import { money } from '../src/core/account.js';
import type { LinkedSet } from '../src/core/transfer.js';
import { evidence } from '../src/evidence.js';
import { Ledger } from '../src/ledger.js';
import { Postings } from '../src/postings.js';
import { type Cpu, cpuOf } from './cpu.js';
import { Zipf } from './zipf.js';

const accounts = Number(process.env.ACCOUNTS ?? 100_000);
/** Each posts a linked set of two; how many go into a batch is the reader's own choice. */
const sideBySide = Number(process.env.READERS ?? 2);
/** As many for each reader. */
const eventsOfRound = Math.floor(Number(process.env.EVENTS ?? 200_000) / sideBySide) * sideBySide;
const singlesOfRound = Number(process.env.SINGLES ?? 20_000);
const singleCallers = 32;
const rounds = Number(process.env.ROUNDS ?? 5);

@Injectable()
class Desk {
  constructor(
    readonly database: Database,
    readonly outbox: Outbox,
    readonly ledger: Ledger,
    readonly clock: Clock,
    readonly log: Logger,
  ) {}
}

const settlement = service({ name: 'settlement', migrations: new URL('../migrations/', import.meta.url), evidence });

@Module({ imports: [settlement], providers: [Ledger, Postings, Desk] })
class LedgerModule {}

const zipf = new Zipf(accounts);
let made = 0;

/** Two transfers between accounts that differ, all or none. */
function linkedSet(transfers: number): LinkedSet {
  const id = `trade/${(made += 1)}`;
  const orders = Array.from({ length: transfers }, (_, at) => {
    const from = zipf.next();
    let to = zipf.next();
    while (to === from) to = zipf.next();
    return {
      ...{ id: `${id}/${at === 0 ? 'income' : 'fee'}`, kind: at === 0 ? 'income' : 'fee', phase: 'single' as const },
      ...{ debit: money(from + 1), credit: money(to + 1), amount: BigInt(1 + (made % 1_000)) },
    };
  });
  return { journal: `${id}/rating/1`, cause: `bench/${made}`, orders };
}

/** Opens the accounts, each with money for the whole run. */
async function fund({ database, ledger }: Desk): Promise<void> {
  for (let from = 0; from < accounts; from += 2_000)
    await database.transaction((tx) =>
      ledger.postAll(
        tx,
        Array.from({ length: Math.min(2_000, accounts - from) }, (_, at): LinkedSet => {
          const id = `deposit/${from + at + 1}`;
          const order = { id, kind: 'deposit', phase: 'single', debit: 'bank', credit: money(from + at + 1), amount: 10n ** 13n } as const;
          return { journal: id, cause: 'bench', orders: [order] };
        }),
      ),
    );
}

/** What a round's readers are handed, each from a partition of its own. */
class Feed {
  readonly sets = new Map<number, LinkedSet>();
  readonly placed: readonly (readonly Placed[])[];
  private readonly at: number[];

  constructor(round: number) {
    const ofEach = eventsOfRound / sideBySide;
    this.placed = Array.from({ length: sideBySide }, (_, partition) =>
      Array.from({ length: ofEach }, (_event, nth) => {
        const sequence = (round * sideBySide + partition) * ofEach + nth + 1;
        this.sets.set(sequence, linkedSet(2));
        return { position: sequence, event: eventOf(partition, sequence) };
      }),
    );
    this.at = this.placed.map(() => 0);
  }

  next(partition: number, limit: number): readonly Placed[] {
    const from = this.at[partition]!;
    this.at[partition] = from + limit;
    return this.placed[partition]!.slice(from, from + limit);
  }

  /** Position of its last event. */
  last(partition: number): number {
    return this.placed[partition]!.at(-1)!.position;
  }
}

const eventOf = (partition: number, sequence: number): Event => ({
  ...{ id: `bench/${partition}/${sequence}`, source: `bench/${partition}`, sequence, type: TradeSettled.$type, subject: 'bench' },
  ...{ time: 0, traceparent: '', data: nothing },
});
const nothing = bytesOf(TradeSettled, TradeSettled.create({}));

/** The platform's own readers over events that lie ready. */
class Readers {
  private feed: Feed | undefined;
  private left = 0;
  private done: (() => void) | undefined;
  /** Milliseconds of each batch, from the ledger's being asked until its transaction is committed, and its transfers. */
  readonly latencies: number[] = [];
  readonly sizes: number[] = [];
  private readonly consumer: Consumer;

  constructor({ database, outbox, ledger, clock, log }: Desk) {
    const posted = new Gather<LinkedSet>(async (tx, sets) => {
      const began = performance.now();
      await ledger.postAll(tx, sets);
      await outbox.publish(tx, TradeSettled, TradeSettled.create({ tradeId: made }), 'bench');
      tx.onceCommitted(() => this.committed(sets.length, performance.now() - began));
    });
    const handle = async (_data: Uint8Array, tx: Tx, { sequence }: EventMeta): Promise<void> =>
      posted.add(tx, this.feed!.sets.get(sequence)!);
    const subscription = {
      partitions: sideBySide,
      read: async (partition: number, _after: number, _types: readonly string[], limit: number) => this.feed?.next(partition, limit) ?? [],
    };
    const bus = { subscribe: () => subscription } as unknown as Bus;
    const handlers = new Map([[TradeSettled.$type, handle]]);
    this.consumer = new Consumer('settlement', 'bench' as never, handlers, database, bus, log, new Activity(1), () => clock.now());
  }

  start(): void {
    for (const { loop } of this.consumer.readers) loop.start(1_000);
  }

  /** @returns seconds until all events of the round are committed */
  async take(feed: Feed): Promise<number> {
    this.feed = feed;
    this.left = eventsOfRound;
    const began = performance.now();
    const done = new Promise<void>((resolve) => (this.done = resolve));
    for (const [partition, reader] of this.consumer.readers.entries()) reader.told({ partition, position: feed.last(partition) });
    await done;
    return (performance.now() - began) / 1_000;
  }

  private committed(events: number, milliseconds: number): void {
    this.latencies.push(milliseconds);
    this.sizes.push(2 * events);
    if ((this.left -= events) === 0) this.done!();
  }

  async stop(): Promise<void> {
    await Promise.all(this.consumer.readers.map(({ loop }) => loop.stop()));
  }
}

/** One transfer a call and a transaction, by callers side by side. @returns transfers a second */
async function single({ database, ledger }: Desk): Promise<number> {
  const sets = Array.from({ length: singlesOfRound }, () => linkedSet(1));
  const began = performance.now();
  await Promise.all(
    Array.from({ length: singleCallers }, async () => {
      for (let set = sets.pop(); set; set = sets.pop()) {
        const one = set;
        await database.transaction((tx) => ledger.post(tx, one));
      }
    }),
  );
  return singlesOfRound / ((performance.now() - began) / 1_000);
}

const sorted = (values: readonly number[]): number[] => [...values].sort((one, other) => one - other);
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)]!;

/** CPU milliseconds for 1,000 transfers of a round in batches. */
const perThousand = (before: Cpu, after: Cpu): Cpu => {
  const of = (part: keyof Cpu): number => (after[part] - before[part]) / ((eventsOfRound * 2) / 1_000);
  return { node: of('node'), postgres: of('postgres') };
};
const total = ({ node, postgres }: Cpu): number => node + postgres;
const shown = (cpu: Cpu): string => `${total(cpu).toFixed(1)} (Node ${cpu.node.toFixed(1)}, PostgreSQL ${cpu.postgres.toFixed(1)})`;

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [folder] = temporaryFolder('exchange-ledger-');
  const config = { data: join(folder, 'data'), databasePool: singleCallers, logLevel: 'warn', httpPort: 0, grpcPort: 0 } as const;
  const [running] = await startedWithUs(
    () => start([LedgerModule], config),
    (started) => started.stop(),
  );
  const server = join(folder, 'data', 'postgres', 'data');
  const desk = running.get(Desk);
  const readers = new Readers(desk);
  endedWithUs(() => readers.stop());
  progress(`${accounts} accounts are opened`);
  await fund(desk);
  readers.start();
  const [batched, alone]: [number[], number[]] = [[], []];
  const spent: Cpu[] = [];
  // The first round warms both up and is not counted; then they take turns, so that both see the same machine.
  for (let round = 0; round <= rounds; round += 1) {
    const feed = new Feed(round);
    const before = cpuOf(server);
    const perSecond = (eventsOfRound * 2) / (await readers.take(feed));
    const after = cpuOf(server);
    const perRow = await single(desk);
    const cpu = before && after && perThousand(before, after);
    progress(
      `round ${round}: in batches ${Math.round(perSecond)}/s, one by one ${Math.round(perRow)}/s${cpu ? `, CPU of 1,000 in ms: ${shown(cpu)}` : ''}`,
    );
    if (round === 0) readers.latencies.length = readers.sizes.length = 0;
    else {
      [batched, alone].forEach((of, at) => of.push([perSecond, perRow][at]!));
      if (cpu) spent.push(cpu);
    }
  }
  const [fast, slow] = [median(batched), median(alone)];
  const of = (values: readonly number[]): string => `of ${values.map(Math.round).join(', ')}`;
  return [
    {
      metric: 'transfers_per_second',
      value: Math.round(fast),
      unit: '1/s',
      method: `${sideBySide} readers side by side, each transaction as many events as the reader takes (transfers of a batch: median ${median(readers.sizes)}, at most ${Math.max(...readers.sizes)}) marked in the inbox, their linked sets of two transfers by Ledger.postAll and an event in the outbox, with digests, balance history and the sealer, fsync on; ${accounts} accounts drawn by Zipf's law (exponent 1) on both sides; ${eventsOfRound * 2} transfers a round, median of ${rounds} rounds taken in turn after one warm-up; ${of(batched)}`,
    },
    {
      metric: 'per_row_transfers_per_second',
      value: Math.round(slow),
      unit: '1/s',
      method: `one transfer a call, one transaction each, ${singleCallers} callers and connections, same accounts; ${singlesOfRound} a round; ${of(alone)}`,
    },
    { metric: 'ratio', value: Math.round((fast / slow) * 100) / 100, unit: 'ratio', method: 'the one over the other' },
    {
      metric: 'p99_ms',
      value: Math.round(sorted(readers.latencies)[Math.floor(readers.latencies.length * 0.99)]! * 10) / 10,
      unit: 'ms',
      method: 'of a batch, from the ledger’s being asked to its commit',
    },
    ...(spent.length > 0
      ? [
          {
            metric: 'cpu_ms_per_1000_transfers',
            value: Math.round(median(spent.map(total)) * 10) / 10,
            unit: 'ms',
            method: `in batches, by /proc: this process and all of PostgreSQL's; ${spent.map(shown).join(', ')}`,
          },
        ]
      : []),
  ];
}
