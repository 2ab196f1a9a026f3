// npm run replay [-- --data FOLDER]: the journal of an exchange that is stopped, or of a demo, through both engines. Settings are those of `npm start`; the clock is the data's own.
import { parseArgs } from 'node:util';
import { Injectable, Module } from '@nestjs/common';
import { Journal, run, service } from '#platform';
import { compare } from './comparison.js';

@Injectable()
class Reader {
  constructor(readonly journal: Journal) {}
}

const migrations = new URL('../../migrations/', import.meta.url);

@Module({ imports: [service({ name: 'scheduler', migrations, journal: true })], providers: [Reader] })
class ReplayModule {}

const { values } = parseArgs({ options: { data: { type: 'string' } } });
const open = (clock: 'system' | 'virtual') =>
  run([ReplayModule], { clock, grpcPort: 0, logLevel: 'warn', ...(values.data ? { data: values.data } : {}) });
const running = await open('system').catch((cause: unknown) => {
  if (cause instanceof Error && cause.message.startsWith('exchange_must_keep_its_clock')) return open('virtual');
  throw cause;
});
try {
  const { journal } = running.get(Reader);
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  process.exitCode = 1;
  for (const shard of await journal.shards()) {
    await journal.verify(shard);
    const { difference, commands, events, trades, explanations, hashes, stateHash, fastMs, naiveMs } = await compare(journal.read(shard));
    process.stdout.write(
      [
        `shard ${shard}: ${commands} commands, ${events} events (${trades} trades), ${explanations} explanations of bids that closed, and ${hashes} hashes of the state compared`,
        `CPU of the fast engine's market ${seconds(fastMs)}, of the naive engine's ${seconds(naiveMs)}`,
        difference === null ? `all alike; the state's hash is ${stateHash}` : `they differ ${difference}`,
      ].join('\n') + '\n',
    );
    process.exitCode = difference === null && commands > 0 ? 0 : 1;
    if (process.exitCode) break;
  }
} finally {
  await running.stop();
}
