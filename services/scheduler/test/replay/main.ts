// npm run replay: the journal of an exchange that is stopped, or of a demo, through both engines.
import { Injectable, Module } from '@nestjs/common';
import { commandLine, embeddedPlace, Journal, readConfig, run, runCommand, service, startedWithUs } from '#platform';
import { compare } from './comparison.js';

const help = `npm run replay [-- --data FOLDER]

Reads the journal of an exchange that is stopped, or of a demo that kept its data, and has both engines carry out every command: events, explanations and hashes of the
state must be alike. Ends with 0 where they are, with 1 where not, with 2 where it could not look. Settings are those of npm start; the clock is the data's own.

  --data FOLDER   [EXCHANGE_DATA, .exchange]`;

@Injectable()
class Reader {
  constructor(readonly journal: Journal) {}
}

const migrations = new URL('../../migrations/', import.meta.url);

@Module({ imports: [service({ name: 'scheduler', migrations, journal: true })], providers: [Reader] })
class ReplayModule {}

const { values } = commandLine(help, { options: { data: { type: 'string' } } });
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

async function open() {
  const given = values.data === undefined ? {} : { data: values.data, databaseUrl: '' };
  const config = readConfig(given);
  // Where there is no database, none is made.
  if (!config.databaseUrl) await embeddedPlace(config.data);
  const by = (clock: 'system' | 'virtual') => run([ReplayModule], { ...given, clock, grpcPort: 0, logLevel: 'warn' });
  return by('system').catch((cause: unknown) => {
    if (cause instanceof Error && cause.message.startsWith('exchange_must_keep_its_clock')) return by('virtual');
    throw cause;
  });
}

/** @returns whether both engines agree on every shard, and there was something to agree on */
async function replay(journal: Journal): Promise<boolean> {
  const shards = await journal.shards();
  for (const shard of shards) {
    await journal.verify(shard);
    const { difference, commands, events, trades, explanations, hashes, stateHash, fastMs, naiveMs } = await compare(journal.read(shard));
    process.stdout.write(
      [
        `shard ${shard}: ${commands} commands, ${events} events (${trades} trades), ${explanations} explanations of bids that closed, and ${hashes} hashes of the state compared`,
        `CPU of the fast engine's market ${seconds(fastMs)}, of the naive engine's ${seconds(naiveMs)}`,
        difference === null ? `all alike; the state's hash is ${stateHash}` : `they differ ${difference}`,
      ].join('\n') + '\n',
    );
    if (difference !== null || commands === 0) return false;
  }
  return shards.length > 0;
}

async function main(): Promise<void> {
  const [running] = await startedWithUs(open, (started) => started.stop());
  if (!(await replay(running.get(Reader).journal))) process.exitCode = 1;
}

await runCommand(main, { failed: 2 });
