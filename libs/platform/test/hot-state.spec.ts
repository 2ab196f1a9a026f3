// What every side of the hot state must bear, on a real server.
import { setTimeout as sleep } from 'node:timers/promises';
import { HotState, RateLimit } from '#platform';
import { faultNames, processSide, redisSide, type Replicas, type Side } from './hot-state-sides.js';

const sides = [processSide, await redisSide()].filter((side): side is Side => side !== undefined);
afterAll(() => Promise.all(sides.map((side) => side.stop())));

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(5);
};
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe.each(sides)('hot state in $name', (side) => {
  let replicas: HotState[];
  let doors: Replicas['doors'];
  let end: Replicas['end'];

  /** All that a line of the replica hears. */
  function hears(replica: HotState): (string | undefined)[] {
    const heard: (string | undefined)[] = [];
    replica.open('market', (message) => heard.push(message));
    return heard;
  }

  /** Resolves when all hear each other, and nothing of that is under way. */
  async function connected(): Promise<void> {
    const heard = replicas.map(hears);
    const lines = replicas.map((replica) => replica.open('market', () => undefined));
    for (let round = 0, isDone = false; !isDone; round++) {
      const hellos = lines.map((_line, teller) => `round ${round} of ${teller}`);
      lines.forEach((line, teller) => line.tell(hellos[teller]!));
      const late = performance.now() + 200;
      await until(() => (isDone = heard.every((of) => hellos.every((hello) => of.includes(hello)))) || performance.now() > late);
    }
    for (const line of lines) line.close();
  }

  beforeEach(async () => {
    ({ replicas, doors, end } = await side.begin(3));
    await connected();
  });
  afterEach(() => end());

  it('fan-out: what is told on a channel is heard by all its other lines, in order, and by nobody else', async () => {
    const own: unknown[] = [];
    const other: unknown[] = [];
    const lines = replicas.map((replica) => replica.open('market', (message) => own.push(message)));
    for (const replica of replicas) replica.open('keys', (message) => other.push(message));
    const heard = replicas.map(hears);
    // Another channel is listened to when its first line has heard of it.
    await sleep(0);
    own.length = 0;
    for (const message of numbers(1, 500)) lines[0]!.tell(message);
    await until(() => heard.every((of) => of.at(-1) === '500'));
    for (const of of heard) expect(of).toEqual(numbers(1, 500));
    // Two other lines, and not that of the teller.
    expect(own).toHaveLength(1_000);
    expect(other.filter((message) => message !== undefined)).toEqual([]);
  });

  it('a line that is closed hears nothing more, and one that fails keeps nobody from hearing', async () => {
    const [teller, other] = [replicas[0]!.open('market', () => undefined), replicas[1]!];
    const closed: unknown[] = [];
    other.open('market', (message) => closed.push(message)).close();
    other.open('market', () => {
      throw new Error('this one fails');
    });
    const heard = hears(other);
    teller.tell('still');
    await until(() => heard.includes('still'));
    expect(closed).toEqual([]);
  });

  it('texts of any kind and length arrive as they were', async () => {
    const texts = ['', ' ', 'two\nlines', '算力 €', 'x'.repeat(1 << 20)];
    const heard = hears(replicas[1]!);
    const line = replicas[0]!.open('market', () => undefined);
    for (const message of texts) line.tell(message);
    await until(() => heard.length === texts.length);
    expect(heard).toEqual(texts);
  });

  it('a subscriber that is slow keeps nobody waiting, and hears all or that it missed something', async () => {
    const line = replicas[0]!.open('market', () => undefined);
    const [slow, quick] = [hears(replicas[1]!), hears(replicas[2]!)];
    doors[1]?.hold();
    // More than a server keeps for one that does not read, and no more at a time than one can read that does.
    const long = 'x'.repeat(1 << 20);
    const told = numbers(1, 64).map((number) => `${number} ${long}`);
    for (const [index, message] of told.entries()) {
      line.tell(message);
      if (index % 4 === 3) await until(() => quick.length > index);
    }
    expect(quick).toEqual(told);
    // Where there is no way to be slow, nothing is missed.
    if (doors.length) await until(() => slow.includes(undefined));
    else expect(slow).toEqual(told);
    line.tell('again');
    await until(() => slow.at(-1) === 'again');
  });

  it('FLUSHALL takes nothing away: nothing is kept', async () => {
    const heard = hears(replicas[1]!);
    const line = replicas[0]!.open('market', () => undefined);
    line.tell('before');
    await side.flush();
    line.tell('after');
    await until(() => heard.includes('after'));
    expect(heard).toEqual(['before', 'after']);
  });

  /** Limits of two processes on a clock that stands still. `told` resolves when the second has heard that so many were let in, by itself or by the first. */
  async function limits() {
    let now = 0;
    const limitOf = (replica: HotState) => new RateLimit(10, 20, replica, () => now);
    const [first, second] = [limitOf(replicas[0]!), limitOf(replicas[1]!)];
    const totals = new Map<string, number>();
    replicas[1]!.open('limits', (message) => {
      for (const [name, taken] of Object.entries(JSON.parse(message ?? '{}') as Record<string, number>))
        totals.set(name, (totals.get(name) ?? 0) + taken);
    });
    const told = (name: string, count: number) => until(() => totals.get(name) === count);
    // The second is known to listen.
    for (let tries = 0; !totals.has(`try ${tries}`);) {
      first.take(`try ${++tries}`);
      await Promise.race([told(`try ${tries}`, 1), sleep(500)]);
    }
    return { first, second, told, move: (ms: number) => void (now += ms) };
  }

  const takes = (limit: RateLimit, name: string): number => {
    for (let taken = 0; ; taken++)
      try {
        limit.take(name);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'exhausted', rule: 'requests_must_keep_the_rate' });
        return taken;
      }
  };

  it('two replicas share a limit: what one lets in the other has the less, and what was too much is owed', async () => {
    const { first, second, told, move } = await limits();
    for (let count = 0; count < 15; count++) first.take('a');
    await told('a', 15);
    expect(takes(second, 'a')).toBe(5);
    expect(takes(second, 'b')).toBe(20);
    // Neither knew of the other: 40 were let in where 20 might be, and the next come when the 20 too many are made up for.
    expect(takes(first, 'b')).toBe(20);
    await told('b', 40);
    move(2_000);
    expect(takes(second, 'b')).toBe(0);
    move(1_000);
    expect(takes(second, 'b')).toBe(10);
    // A bucket holds no more, however long nobody asks.
    move(60_000);
    expect(takes(second, 'b')).toBe(20);
  });

  it('a broken word about limits shuts nobody out', async () => {
    const { second } = await limits();
    const liar = replicas[0]!.open('limits', () => undefined);
    const heard: unknown[] = [];
    replicas[1]!.open('limits', (message) => heard.push(message));
    for (const message of ['no JSON', '{"a":"all"}', '{"a":-1000}', '{"b":1e300}']) liar.tell(message);
    await until(() => heard.length === 4);
    expect(takes(second, 'a')).toBe(20);
    expect(() => second.take('b')).toThrow(expect.objectContaining({ retryAfterSeconds: 3 }) as Error);
  });

  const { faults } = side;
  if (!faults) {
    if (side !== processSide) process.stderr.write(`\n*** NOT TESTED: faults of ${side.name}, which is not this suite's own. ***\n\n`);
    return;
  }

  it.each(faultNames)('%s: nobody waits, each counts for itself, and all hear that they missed something', async (fault) => {
    const [teller, here, there] = [replicas[0]!.open('market', () => undefined), hears(replicas[0]!), hears(replicas[1]!)];
    const { first, second } = await limits();
    await faults[fault](async () => {
      await until(() => replicas.every(({ standing }) => standing.startsWith('Redis is not reached')));
      // Far more than may wait for an answer.
      for (const message of numbers(1, 5_000)) teller.tell(message);
      expect(here).toEqual(numbers(1, 5_000));
      expect(takes(first, 'c')).toBe(20);
      expect(takes(second, 'c')).toBe(20);
    });
    await until(() => there.includes(undefined));
    // Not told late: who missed something looks where it is kept.
    expect(there.filter((message) => message !== undefined)).toEqual([]);
    await until(() => replicas.every(({ standing }) => standing === 'Redis answers'));
    await connected();
    teller.tell('again');
    await until(() => there.at(-1) === 'again');
  });

  it('one that is cut off alone: the others hear that they missed something of it, and it of them', async () => {
    const lines = [replicas[0]!, replicas[1]!].map((replica) => replica.open('keys', () => undefined));
    const heard = [replicas[0]!, replicas[1]!].map((replica) => {
      const messages: unknown[] = [];
      replica.open('keys', (message) => messages.push(message));
      return messages;
    });
    await until(() => heard.every(({ length }) => length > 0));
    doors[0]!.shut();
    await until(() => replicas[0]!.standing.startsWith('Redis is not reached'));
    for (const messages of heard) messages.length = 0;
    for (const line of lines) line.tell('unheard');
    doors[0]!.unshut();
    await until(() => heard.every((messages) => messages.includes(undefined)));
    expect(heard).toEqual([
      ['unheard', undefined],
      ['unheard', undefined],
    ]);
  });

  it('a burst beyond what may wait: what was dropped the others hear of', async () => {
    const line = replicas[0]!.open('keys', () => undefined);
    const heard: unknown[] = [];
    replicas[1]!.open('keys', (message) => heard.push(message));
    await until(() => heard.length > 0);
    heard.length = 0;
    // More than may wait for an answer at once: what is beyond is dropped, and nothing else was wrong.
    for (const message of numbers(1, 3_000)) line.tell(message);
    await until(() => heard.includes(undefined));
    expect(heard.slice(0, 1_000)).toEqual(numbers(1, 1_000));
  });
});
