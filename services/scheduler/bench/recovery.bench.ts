// How long a market takes to come back on ten million journalled commands (COMMANDS in the environment: another number).
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { Journal, run as start, service } from '#platform';
import { encode } from '../src/codec/batch.js';
import { Market } from '../src/market.js';
import { read, replayRow, written } from '../src/replay.js';
import { SnapshotStore } from '../src/snapshot-store.js';
import { Snapshots } from '../src/snapshots.js';
import { History } from './history.js';

const commands = Number(process.env.COMMANDS ?? 10_000_000);
const resting = Math.round(commands / 10);
/** As many as a start may find behind the newest snapshot. */
const tail = Math.min(50_000, Math.round(commands / 20));
const shard = 0;

@Module({
  imports: [service({ name: 'scheduler', migrations: new URL('../migrations/', import.meta.url), journal: true })],
  providers: [SnapshotStore, Snapshots],
})
class RecoveryModule {}

const first = { httpPort: 0, grpcPort: 0, logLevel: 'warn', dataSync: 'on' } as const;

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-recovery-'));
  await chmod(folder, 0o755);
  const running = await start([RecoveryModule], { ...first, data: join(folder, 'data') });
  const [journal, store, snapshots] = [running.get<Journal>(Journal), running.get(SnapshotStore), running.get(Snapshots)];
  const seconds = async <T>(what: string, work: () => Promise<T>): Promise<[T, number]> => {
    const began = performance.now();
    const result = await work();
    const took = (performance.now() - began) / 1_000;
    progress(`${what}: ${took.toFixed(1)} s`);
    return [result, Math.round(took * 1_000) / 1_000];
  };
  const replay = async (market: Market, until: number): Promise<Market> => {
    for await (const row of journal.read(shard, market.sequence + 1)) {
      if (row.firstSequence > until) break;
      replayRow(market, row, until);
    }
    return market;
  };
  const fromSnapshot = async (): Promise<Market> => {
    const [newest] = await store.list(shard);
    return read(await store.whole(shard, newest!.sequence));
  };

  try {
    const [bytes] = await seconds(`${commands} commands journalled`, async () => {
      const writer = await journal.open(shard);
      let written = 0;
      for (const batch of new History(commands, resting).batches()) {
        const payload = encode(batch);
        written += payload.length;
        const firstSequence = writer.end.lastSequence + 1;
        await writer.append({ firstSequence, lastSequence: writer.end.lastSequence + batch.entries.length, payload });
      }
      return written;
    });
    const [market, fromZero] = await seconds('from zero', () => replay(Market.empty(), commands));
    const stateHash = market.engine.stateHash();
    const orders = market.engine.snapshot().bids.length;

    const before = await replay(Market.empty(), commands - tail);
    const [size, writing] = await seconds('snapshot written', async () => {
      const state = written(before);
      await store.write(shard, state);
      return state.state.length;
    });
    const [, loading] = await seconds('snapshot loaded', fromSnapshot);
    const [again, fromLast] = await seconds('from the last snapshot', async () => replay(await fromSnapshot(), commands));

    // The next snapshot is made in a thread; this one stands for the market's, which must go on meanwhile.
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const [, beside] = await seconds('next snapshot, beside', () => snapshots.take(shard));
    delay.disable();
    const stall = Math.round(delay.max / 1e4) / 100;

    const equal = again.engine.stateHash() === stateHash && (await fromSnapshot()).engine.stateHash() === stateHash;
    const history = `${commands} commands over ten days (bids that rest, amends, cancels, a trade now and then; ${Math.round(bytes / commands)} bytes each in the journal), ${orders} orders at the end`;
    return [
      { metric: 'recovery_seconds_from_zero', value: fromZero, unit: 's', method: `journal read, decoded and applied; ${history}` },
      {
        metric: 'recovery_seconds_from_snapshot',
        value: fromLast,
        unit: 's',
        method: `snapshot loaded, then the ${tail} commands behind it`,
      },
      { metric: 'snapshot_bytes', value: size, unit: 'B', method: `of ${orders} orders` },
      { metric: 'snapshot_write_seconds', value: writing, unit: 's', method: 'state, hash, bytes and their rows in the database' },
      { metric: 'snapshot_load_seconds', value: loading, unit: 's', method: 'rows read, state and engine made of them' },
      {
        metric: 'snapshot_stall_ms_max',
        value: stall,
        unit: 'ms',
        method: `longest wait of the market's thread while the next snapshot was made beside it in ${beside} s`,
      },
      {
        metric: 'hashes_equal',
        value: Number(equal),
        unit: '',
        method: 'state from zero, from the snapshot, and of the next snapshot',
      },
    ];
  } finally {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
