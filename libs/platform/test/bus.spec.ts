// What every side of the bus must bear, on the real servers. Events are told on a topic that Kafka divides, so that partitions are in play too.
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrderClosed } from '#contracts';
import { Database, type EventMeta, Health, On, Outbox, run, type Running, service, type Tx } from '#platform';
import { firstMoment, type TestDatabase } from '#testing';
import { Platform } from '../src/platform.js';
import { kafkaSide, logSide, type Side } from './bus-sides.js';

const migrations = new URL('./migrations/', import.meta.url);

/** Tells of orders; of which participant they are is their subject. */
@Injectable()
class Teller {
  constructor(
    readonly database: Database,
    readonly outbox: Outbox,
  ) {}

  tell(participantId: number, ...orderIds: number[]): Promise<void> {
    return this.database.transaction((tx) =>
      this.outbox.publishAll(
        tx,
        OrderClosed,
        orderIds.map((orderId) => ({ data: OrderClosed.create({ orderId }), subject: `participant/${participantId}` })),
      ),
    );
  }
}

/** Notes what it hears; what goes wrong is set by the test. */
@Injectable()
class Hearer {
  fault: (event: OrderClosed, tx: Tx) => Promise<void> = () => Promise.resolve();

  constructor(readonly database: Database) {}

  @On(OrderClosed)
  async heard(event: OrderClosed, tx: Tx, { sequence }: EventMeta): Promise<void> {
    await tx.query('insert into note (id, sequence) values ($1, $2)', [event.orderId, sequence]);
    await this.fault(event, tx);
  }
}

@Module({ imports: [service({ name: 'scheduler' })], providers: [Teller] })
class TellerModule {}

@Module({ imports: [service({ name: 'settlement', migrations })], providers: [Hearer] })
class HearerModule {}

/** What a process says of its events to who asks whether it is well. */
const waiting = async (running: Running) =>
  (await running.get<Health>(Health).report()).checks.find(({ name }) => name === 'events')!.detail;

const subjects = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const sides = [await logSide(), await kafkaSide()].filter((side): side is Side => side !== undefined);

// A broker's start takes as long as the machine lets it.
jest.setTimeout(180_000);

afterAll(() => Promise.all(sides.map((side) => side.stop())));

describe.each(sides)('a bus on $name', (side) => {
  let database: TestDatabase;
  let settings: Parameters<typeof run>[1];
  let processes: Running[];

  beforeEach(async () => {
    const { database: own, config } = await side.begin();
    database = own;
    processes = [];
    settings = { ...config, clock: 'virtual', clockStart: firstMoment, grpcPort: 0, logLevel: 'silent' };
  });
  afterEach(async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await database.drop();
  });

  const start = async (...modules: Parameters<typeof run>[0]): Promise<Running> => {
    const running = await run(modules.length ? modules : [TellerModule, HearerModule], settings);
    processes.push(running);
    return running;
  };
  const stop = async (running: Running): Promise<void> => {
    processes = processes.filter((one) => one !== running);
    await running.stop();
  };
  const teller = (running: Running) => running.get(Teller);
  const hearer = (running: Running) => running.get(Hearer);
  const settle = (running: Running) => running.get<Platform>(Platform).settle();
  const bus = (running: Running) => running.get<Platform>(Platform).bus;
  const notes = async (): Promise<number[]> => {
    const rows = await database.query<{ id: number }>('select id from settlement.note order by nth');
    return rows.map(({ id }) => id);
  };
  /** Orders are numbered subject × 10,000 + count: those of one subject, in the order in which they were heard. */
  const heardOf = async (subject: number) => (await notes()).filter((id) => Math.floor(id / 10_000) === subject);
  const orders = (subject: number, from: number, to: number) => numbers(from, to).map((count) => subject * 10_000 + count);
  const tellAll = (running: Running, from: number, to: number) =>
    Promise.all(subjects.map((subject) => teller(running).tell(subject, ...orders(subject, from, to))));
  const heardAll = async (count: number): Promise<void> => {
    while ((await notes()).length < count) await sleep(5);
  };
  /** Each once, those of a subject in order. */
  const expectAll = async (to: number): Promise<void> => {
    for (const subject of subjects) expect(await heardOf(subject)).toEqual(orders(subject, 1, to));
  };
  const event = (sequence: number, subject: number) => ({
    ...{ id: `scheduler/${sequence}`, source: 'scheduler', sequence, type: OrderClosed.$type, time: 1, traceparent: '' },
    ...{ subject: `participant/${subject}`, data: OrderClosed.encode(OrderClosed.create({ orderId: sequence })).finish() },
  });

  it('brings what many tell at once, each once and those of a subject in order; settling waits for the last', async () => {
    const running = await start();
    for (let count = 1; count <= 20; count++) await tellAll(running, count, count);
    await settle(running);
    await expectAll(20);
  });

  it('duplicate: what a relay says again is handled once, also over a restart of the reader', async () => {
    const running = await start();
    const first = subjects.map((subject, index) => event(index + 1, subject));
    // What a relay says was committed before.
    await database.query(`insert into scheduler.outbox_source (source, sequence) values ('scheduler', 11)`);
    await bus(running).publish('scheduling', first);
    await bus(running).publish('scheduling', first);
    await settle(running);
    await stop(running);
    const again = await start();
    await bus(again).publish('scheduling', first.slice(3));
    await bus(again).publish('scheduling', [event(11, 1)]);
    await settle(again);
    expect((await notes()).toSorted((a, b) => a - b)).toEqual(numbers(1, 11));
  });

  it('reorder: a late relay that repeats from further back changes nothing, and what does not rise is not let in', async () => {
    const running = await start();
    await bus(running).publish('scheduling', [event(1, 1), event(2, 1), event(3, 1), event(4, 1)]);
    await bus(running).publish('scheduling', [event(2, 1), event(3, 1)]);
    await bus(running).publish('scheduling', [event(4, 1), event(5, 1)]);
    await expect(bus(running).publish('scheduling', [event(7, 1), event(6, 1)])).rejects.toThrow(
      'events_must_rise_by_source: scheduler/6 after 7',
    );
    await bus(running).publish('scheduling', [event(6, 1), event(7, 1)]);
    await settle(running);
    expect(await notes()).toEqual(numbers(1, 7));
  });

  it('gap: what other partitions have, or nobody, is not waited for', async () => {
    const running = await start();
    await bus(running).publish('scheduling', [event(2, 1), event(5, 1), event(9, 1)]);
    await settle(running);
    expect(await notes()).toEqual([2, 5, 9]);
  });

  it('crash between bus and outbox: the relay says all again, and it is handled once', async () => {
    const running = await start();
    const port = bus(running);
    const publish = port.publish.bind(port);
    let crashes = 0;
    port.publish = async (...args) => {
      await publish(...args);
      if (crashes++ < 2) throw new Error('the bus has them, the outbox does not know');
    };
    await tellAll(running, 1, 5);
    await settle(running);
    expect(crashes).toBeGreaterThan(2);
    await expectAll(5);
    expect(await database.query('select * from scheduler.outbox')).toEqual([]);
  });

  it('crash between effect and acknowledgement: a reader that was cut off begins at its cursor, and the effect is there once', async () => {
    const running = await start();
    let cuts = 0;
    hearer(running).fault = async (_event, tx) => {
      if (cuts++) return;
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await database.query('select pg_terminate_backend($1)', [row!.pid]);
      await tx.query('select 1');
    };
    await tellAll(running, 1, 3);
    await settle(running);
    expect(cuts).toBeGreaterThan(subjects.length);
    await stop(running);
    // As on a bus that knows nothing of what was read.
    await database.query('update settlement.inbox_cursor set position = 0');
    const again = await start();
    await tellAll(again, 4, 4);
    await settle(again);
    await expectAll(4);
  });

  it('poison: becomes a dead letter after bounded attempts, and nothing of its partition waits for it', async () => {
    const running = await start();
    let tries = 0;
    hearer(running).fault = async ({ orderId }) => {
      if (orderId === 30_002) throw new Error(`poison ${++tries}`);
    };
    await tellAll(running, 1, 4);
    await settle(running);
    // Once in its batch, then five times alone.
    expect(tries).toBe(6);
    expect(await database.query('select cause, attempts from settlement.dead_letter')).toEqual([{ cause: 'poison 6', attempts: 5 }]);
    expect(await heardOf(3)).toEqual([30_001, 30_003, 30_004]);
    for (const subject of subjects) if (subject !== 3) expect(await heardOf(subject)).toEqual(orders(subject, 1, 4));
  });

  it('rebalance: a second replica takes part, the first goes, and each event is handled once and in order', async () => {
    const front = await start(TellerModule);
    const first = await start(HearerModule);
    let both = 0;
    hearer(first).fault = async () => void both++;
    await tellAll(front, 1, 20);
    const second = start(HearerModule);
    for (let count = 21; count <= 40; count++) await tellAll(front, count, count);
    hearer(await second).fault = async () => void both++;
    for (let count = 41; count <= 60; count++) await tellAll(front, count, count);
    const going = stop(first);
    await tellAll(front, 61, 80);
    await going;
    await tellAll(front, 81, 90);
    await heardAll(90 * subjects.length);
    await expectAll(90);
    expect(both).toBeGreaterThan(0);
  });

  it('slow consumer: what waits is counted, held within bounds, and comes in the end', async () => {
    const running = await start();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    hearer(running).fault = () => released;
    for (let count = 0; count < 6; count++) await teller(running).tell(1, ...orders(1, count * 1_000 + 1, (count + 1) * 1_000));
    while (!/^6000 of scheduling wait for settlement$/.test(await waiting(running))) await sleep(5);
    release();
    await settle(running);
    expect(await waiting(running)).toBe('none waits');
    expect(await heardOf(1)).toEqual(orders(1, 1, 6_000));
  });

  it('is kept: cursors that count on this bus are not used on another', async () => {
    await stop(await start());
    await database.query(`update platform.bus set name = 'kafka/other/exchange'`);
    await expect(start()).rejects.toThrow(`exchange_must_keep_its_bus: this data's events went through kafka/other/exchange, not `);
  });

  const { faults } = side;
  if (!faults) {
    process.stderr.write(`\n*** NOT TESTED: lost connections and restarts of ${side.name}, which is not this suite's own. ***\n\n`);
    return;
  }

  it('lost connection: what was told before and meanwhile comes when there is one again', async () => {
    const running = await start();
    await tellAll(running, 1, 10);
    await heardAll(subjects.length);
    let told = 10;
    await faults.cut(async () => {
      await tellAll(running, 11, 20);
      told = 20;
      expect(await waiting(running)).toMatch(/\d+ of scheduler wait to go to the bus$/);
    });
    await heardAll(told * subjects.length);
    await tellAll(running, told + 1, told + 10);
    await settle(running);
    await expectAll(told + 10);
  });

  it('server restart: what was acknowledged is there, and readers and relays go on', async () => {
    const running = await start();
    await tellAll(running, 1, 10);
    let told = 10;
    await faults.crash(async () => {
      await tellAll(running, 11, 20);
      told = 20;
    });
    await heardAll(told * subjects.length);
    await tellAll(running, told + 1, told + 10);
    await settle(running);
    await expectAll(told + 10);
  });
});
