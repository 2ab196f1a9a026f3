// A command for the spec of endings: does what its argument says, and tells what begins and ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { endedWithUs, interrupted, runCommand, startedWithUs, temporaryFolder } from '#platform';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const [what] = process.argv.slice(2);

/** Ends by what it is told, and not before. */
const thing = (name: string): Promise<unknown> =>
  startedWithUs(
    async () => tell(`${name} begins`),
    async () => tell(`${name} ends`),
  );

/** Kept alive by it. */
const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 60_000));

const works: Readonly<Record<string, () => Promise<void>>> = {
  done: async () => undefined,
  fails: async () => {
    throw new Error('it_must_go_well');
  },
  throws: async () => {
    setTimeout(() => {
      throw new Error('nobody_must_catch_it');
    });
    await forever();
  },
  waits: async () => {
    tell('waits');
    await forever();
  },
  starts: async () => {
    await startedWithUs(
      async () => {
        tell('slow begins');
        // The signal comes meanwhile.
        await interrupted;
        tell('slow has begun');
      },
      async () => tell('slow ends'),
    );
    await thing('another');
  },
  again: async () => {
    endedWithUs(() => (tell('does not end'), forever()));
    tell('waits');
    await forever();
  },
  'is lost': async () => {
    tell('waits');
    await interrupted;
    // What stood on it says so in its own way.
    setTimeout(() => {
      throw new Error('terminating connection');
    });
    await sleep(1);
    throw new Error('lost');
  },
};

await runCommand(
  async () => {
    const [folder] = temporaryFolder('exchange-ending-');
    tell(folder);
    await thing('first');
    await thing('second');
    endedWithUs(() => sleep(20));
    await works[what!]!();
  },
  { failed: 3 },
);
