// How long a market takes to come back on ten million journalled commands (COMMANDS in the environment: another number; RESTING:
// orders that rest at their end).
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Module } from '@nestjs/common';
import { Journal, SecondThread, Logger, run as start, service, startedWithUs, temporaryFolder } from '#platform';
import { encode } from '../src/codec/batch.js';
import { stateHashSteps } from '#matching-engine';
import { inSteps } from '../src/in-steps.js';
import { Market } from '../src/market.js';
import { replayRow, written } from '../src/replay.js';
import { newestMarket } from '../src/snapshot-making.js';
import { SnapshotStore } from '../src/snapshot-store.js';
import { Snapshots } from '../src/snapshots.js';
import { History } from './history.js';

const commands = Number(process.env.COMMANDS ?? 10_000_000);
const resting = Number(process.env.RESTING ?? Math.round(commands / 10));
/** As many as a start may find behind the newest snapshot. */
const tail = Math.min(50_000, Math.round(commands / 20));
const shard = 0;

@Module({
  imports: [service({ name: 'scheduler', migrations: new URL('../migrations/', import.meta.url), journal: true })],
  providers: [SnapshotStore],
})
class RecoveryModule {}

const first = { httpPort: 0, grpcPort: 0, logLevel: 'warn', dataSync: 'on' } as const;

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [folder] = temporaryFolder('exchange-recovery-');
  const [running] = await startedWithUs(
    () => start([RecoveryModule], { ...first, data: join(folder, 'data') }),
    (started) => started.stop(),
  );
  const [journal, store, log] = [running.get<Journal>(Journal), running.get(SnapshotStore), running.get<Logger>(Logger)];
  const archive = { store, journal, log };
  const snapshots = new Snapshots(shard, store, journal, running.get<SecondThread>(SecondThread), log);
  const seconds = async <T>(what: string, work: () => Promise<T>): Promise<[T, number, number]> => {
    const [began, worked] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const took = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(worked);
    const cpu = (user + system) / 1e6;
    progress(`${what}: ${took.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU time`);
    return [result, Math.round(took * 1_000) / 1_000, Math.round(cpu)];
  };
  const replay = async (market: Market, until: number): Promise<Market> => {
    for await (const row of journal.read(shard, market.sequence + 1)) {
      if (row.firstSequence > until) break;
      replayRow(market, row, until);
    }
    return market;
  };
  const fromSnapshot = async (): Promise<Market> => (await newestMarket(archive, shard))!;

  const [bytes] = await seconds(`${commands} commands journalled`, async () => {
    const writer = await journal.open(shard, 1);
    let encoded = 0;
    for (const batch of new History(commands, resting).batches()) {
      const payload = encode(batch);
      encoded += payload.length;
      const firstSequence = writer.end.lastSequence + 1;
      await writer.append({ firstSequence, lastSequence: writer.end.lastSequence + batch.entries.length, payload });
    }
    return encoded;
  });
  const market = Market.empty();
  const [, untilTail, cpuUntilTail] = await seconds('from zero, up to the snapshot', () => replay(market, commands - tail));
  const [size, writing, cpuWriting] = await seconds('snapshot written', async () => {
    const state = written(market);
    await store.write(shard, state);
    return state.state.length;
  });
  const [, withTail, cpuWithTail] = await seconds('from zero, the rest', () => replay(market, commands));
  const fromZero = Math.round((untilTail + withTail) * 1_000) / 1_000;
  const stateHash = market.engine.stateHash();
  const [, loading, cpuLoading] = await seconds('snapshot loaded', fromSnapshot);
  const fromLast = await (async () => {
    const [again, took] = await seconds('from the last snapshot', async () => replay(await fromSnapshot(), commands));
    return { took, isEqual: again.engine.stateHash() === stateHash };
  })();

  // What loading left behind is collected first; a market that runs does not load.
  collect();
  // The market goes on with what comes next while a thread makes the snapshot of all that is journalled.
  const rest = await stopsOf(market, () => sleep(3_000));
  const beside = await stopsOf(market, () => snapshots.take());
  progress(`next snapshot, beside: ${(beside.ms / 1_000).toFixed(1)} s`);

  // What a verification asks of the market that goes on: its state's hash.
  const oneGo = performance.now();
  market.engine.snapshot();
  const oneGoMs = Math.round(performance.now() - oneGo);
  collect();
  const verified = await stopsOf(market, async () => inSteps(stateHashSteps(await inSteps(market.engine.snapshotSteps()))));

  const equal = fromLast.isEqual && (await fromSnapshot()).engine.stateHash() === stateHash;
  const history = `${commands} commands over ten days (bids that rest, amends, cancels, a trade now and then), ${Math.round(bytes / commands)} bytes each, put in the journal by its own writer in batches of 1,000 in the binary form; ${resting} orders at the end`;
  return [
    {
      metric: 'recovery_seconds_from_zero',
      value: fromZero,
      unit: 's',
      method: `journal read, decoded and applied, in ${cpuUntilTail + cpuWithTail} s of CPU time; ${history}`,
    },
    {
      metric: 'recovery_seconds_from_snapshot',
      value: fromLast.took,
      unit: 's',
      method: `snapshot loaded, then the ${tail} commands behind it`,
    },
    { metric: 'snapshot_bytes', value: size, unit: 'B', method: `of ${resting} orders` },
    {
      metric: 'snapshot_write_seconds',
      value: writing,
      unit: 's',
      method: `state, hash, bytes and their rows in the database, in ${cpuWriting} s of CPU time`,
    },
    {
      metric: 'snapshot_load_seconds',
      value: loading,
      unit: 's',
      method: `rows read, hash checked, state and engine made of them, in ${cpuLoading} s of CPU time`,
    },
    {
      metric: 'snapshot_stall_ms_max',
      value: beside.stopMs,
      unit: 'ms',
      method: `longest stop of the market's thread, which applies some 20,000 commands a second meanwhile, while the next snapshot was made in ${Math.round(beside.ms / 1_000)} s; the thread itself worked at most ${beside.busyMs} ms at a time, the rest it waited for a core; without a snapshot ${rest.stopMs} and ${rest.busyMs} ms in 3 s`,
    },
    {
      metric: 'verification_stall_ms_max',
      value: verified.stopMs,
      unit: 'ms',
      method: `the same while its state was copied and hashed in steps for a verification, in ${Math.round(verified.ms)} ms, of which the thread worked at most ${verified.busyMs} ms at a time; copied in one go it stood still for ${oneGoMs} ms`,
    },
    {
      metric: 'hashes_equal',
      value: Number(equal),
      unit: '',
      method: 'state from zero, from the snapshot, and of the next snapshot',
    },
  ];
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** How long the thread of a market that is at work stood still at most, while something else was done. */
async function stopsOf(market: Market, work: () => Promise<unknown>): Promise<{ ms: number; stopMs: number; busyMs: number }> {
  const began = performance.now();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const going = { on: true };
  const ended = work().finally(() => (going.on = false));
  let busyMs = 0;
  while (going.on) {
    const worked = process.threadCpuUsage();
    for (let index = 0; index < 100; index += 1)
      market.apply(market.sequence + 1, market.time, { command: { kind: 'CancelOrder', orderId: 1, participantId: 1_002 } }, false);
    await sleep(5);
    const { user, system } = process.threadCpuUsage(worked);
    busyMs = Math.max(busyMs, (user + system) / 1_000);
  }
  await ended;
  delay.disable();
  return { ms: performance.now() - began, stopMs: Math.round(delay.max / 1e4) / 100, busyMs: Math.round(busyMs * 100) / 100 };
}
