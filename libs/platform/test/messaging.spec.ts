import { Injectable, Module } from '@nestjs/common';
import { BillIssued, OperationsDefinition, ParticipantChanged, SiteChanged, TradeMade } from '#contracts';
import { Database, type EventMeta, On, Outbox, Refusal, run, service, type Tx } from '#platform';
import { testExchange, type TestExchange } from '#testing';

const migrations = new URL('./migrations/', import.meta.url);

@Injectable()
class Registry {
  constructor(
    readonly database: Database,
    readonly outbox: Outbox,
  ) {}

  tell(...ids: number[]): Promise<void> {
    return this.database.transaction((tx) =>
      this.outbox.publishAll(
        tx,
        ParticipantChanged,
        ids.map((participantId) => ({ data: ParticipantChanged.create({ participantId }), subject: `participant/${participantId}` })),
      ),
    );
  }
}

/** Notes what it hears; what goes wrong is set by the test. */
@Injectable()
class Monitoring {
  fault: (event: ParticipantChanged, tx: Tx) => Promise<void> = () => Promise.resolve();

  constructor(
    readonly database: Database,
    readonly outbox: Outbox,
  ) {}

  @On(ParticipantChanged)
  async heard(event: ParticipantChanged, tx: Tx, { sequence }: EventMeta): Promise<void> {
    await tx.query('insert into note (id, sequence) values ($1, $2)', [event.participantId, sequence]);
    await this.fault(event, tx);
  }

  async notes(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>('select id from note order by nth');
    return rows.map((row) => row.id);
  }
}

@Module({ imports: [service({ name: 'registry' })], providers: [Registry] })
class RegistryModule {}

@Module({ imports: [service({ name: 'monitoring', migrations })], providers: [Monitoring] })
class MonitoringModule {}

describe('events between services', () => {
  let exchange: TestExchange;
  let registry: Registry;
  let monitoring: Monitoring;
  const begin = () => {
    registry = exchange.running.get(Registry);
    monitoring = exchange.running.get(Monitoring);
  };

  beforeEach(async () => {
    exchange = await testExchange({ modules: [RegistryModule, MonitoringModule], config: { logLevel: 'silent' } });
    begin();
  });
  afterEach(() => exchange.stop());

  const log = () =>
    exchange.database.query<{ position: string; sequence: string }>('select position, sequence from bus.log order by position');
  it('come in the order of their commits, without a gap, however many commit at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => registry.tell(index, index)));
    await exchange.advance();
    expect((await log()).map((row) => Number(row.sequence))).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    const notes = await monitoring.notes();
    expect(notes).toHaveLength(80);
    for (let index = 0; index < 80; index += 2) expect(notes[index]).toBe(notes[index + 1]);
  });

  it('are not told when their transaction is undone', async () => {
    const attempt = registry.database.transaction(async (tx) => {
      await registry.outbox.publish(tx, ParticipantChanged, ParticipantChanged.create({ participantId: 9 }), 'participant/9');
      throw new Error('undone');
    });
    await expect(attempt).rejects.toThrow('undone');
    await registry.tell(1);
    await exchange.advance();
    expect(await log()).toEqual([{ position: '1', sequence: '1' }]);
    expect(await monitoring.notes()).toEqual([1]);
  });

  it('are handled once when the relay says them again: it crashed between bus and outbox', async () => {
    await registry.tell(1, 2);
    await exchange.advance();
    await exchange.database.query(
      `insert into registry.outbox select source, sequence, type, subject, time, traceparent, data from bus.log`,
    );
    await registry.tell(3);
    await exchange.advance();
    expect(await log()).toHaveLength(3);
    expect(await monitoring.notes()).toEqual([1, 2, 3]);
    expect(await exchange.database.query('select * from registry.outbox')).toEqual([]);
  });

  it('are handled once when a reader is set back: it crashed between effect and acknowledgement on a bus that repeats', async () => {
    await registry.tell(1, 2);
    await exchange.advance();
    await exchange.running.stop();
    await exchange.database.query('update monitoring.inbox_cursor set position = 0');
    await exchange.restart();
    begin();
    await registry.tell(3);
    await exchange.advance();
    expect(await monitoring.notes()).toEqual([1, 2, 3]);
  });

  it('leave no trace of a handler whose connection was cut, and are handled again', async () => {
    let cuts = 0;
    monitoring.fault = async (_event, tx) => {
      if (cuts++) return;
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await exchange.database.query('select pg_terminate_backend($1)', [row!.pid]);
      await tx.query('select 1');
    };
    await registry.tell(1, 2);
    await exchange.advance();
    expect(cuts).toBeGreaterThan(1);
    expect(await monitoring.notes()).toEqual([1, 2]);
  });

  it('wait for as long as what a handler needs is away', async () => {
    let asked = 0;
    monitoring.fault = async ({ participantId }) => {
      if (participantId === 2 && asked++ < 8) throw new Refusal('unavailable', 'service_must_be_reachable', 'away');
    };
    await registry.tell(1, 2, 3);
    await exchange.advance();
    expect(await monitoring.notes()).toEqual([1, 2, 3]);
    expect(await exchange.database.query('select * from monitoring.dead_letter')).toEqual([]);
  });

  it('become a dead letter after a few attempts, block nobody, and can be replayed once', async () => {
    const operations = () => exchange.call(OperationsDefinition);
    let tries = 0;
    let isCured = false;
    monitoring.fault = async ({ participantId }) => {
      if (participantId === 2 && !isCured) throw new Error(`poison ${++tries}`);
    };
    await registry.tell(1, 2, 3);
    await exchange.advance();
    expect(await monitoring.notes()).toEqual([1, 3]);
    // Once in its batch, then five times alone.
    expect(tries).toBe(6);
    const letter = { consumer: 'monitoring', eventSource: 'registry', sequence: 2, type: ParticipantChanged.$type, attempts: 5 };
    const { deadLetters } = await operations().listDeadLetters({});
    expect(deadLetters).toEqual([{ ...letter, cause: 'poison 6', failedAt: exchange.now(), replayed: false }]);

    const name = { consumer: 'monitoring', eventSource: 'registry', sequence: 2 };
    await expect(operations().replayDeadLetter(name)).rejects.toMatchObject({
      kind: 'conflict',
      rule: 'event_must_be_handled',
      detail: 'poison 7',
    });
    expect((await operations().listDeadLetters({})).deadLetters[0]).toMatchObject({ attempts: 6, cause: 'poison 7' });
    isCured = true;
    const call = { idempotencyKey: 'again' };
    expect(await operations().replayDeadLetter(name, call)).toMatchObject({ ...name, replayed: true });
    expect(await operations().replayDeadLetter(name, call)).toMatchObject({ ...name, replayed: true });
    await expect(operations().replayDeadLetter(name)).rejects.toMatchObject({ rule: 'dead_letter_must_not_be_replayed_twice' });
    await expect(operations().replayDeadLetter({ ...name, sequence: 1 })).rejects.toMatchObject({ kind: 'absent' });
    expect(await monitoring.notes()).toEqual([1, 3, 2]);
  });

  it('list dead letters page by page', async () => {
    monitoring.fault = () => Promise.reject(new Error('poison'));
    await registry.tell(1, 2, 3);
    await exchange.advance();
    const operations = exchange.call(OperationsDefinition);
    const first = await operations.listDeadLetters({ page: { limit: 2 } });
    expect(first.deadLetters.map((letter) => letter.sequence)).toEqual([1, 2]);
    const second = await operations.listDeadLetters({ page: { limit: 2, cursor: first.page!.nextCursor } });
    expect(second.deadLetters.map((letter) => letter.sequence)).toEqual([3]);
    expect(second.page!.nextCursor).toBe('');
    expect((await operations.listDeadLetters({ consumer: 'registry' })).deadLetters).toEqual([]);
  });

  it('reach a service in another process, also after its listener was cut off', async () => {
    await exchange.running.stop();
    const settings = { databaseUrl: exchange.database.url, clock: 'virtual', grpcPort: 0, logLevel: 'silent' } as const;
    const here = await run([RegistryModule], settings);
    const there = await run([MonitoringModule], settings);
    registry = here.get(Registry);
    monitoring = there.get(Monitoring);
    const heard = async (count: number) => {
      while ((await monitoring.notes()).length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await registry.tell(1);
    await heard(1);
    await exchange.database.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen bus'`);
    await registry.tell(2);
    await heard(2);
    await registry.tell(3);
    await heard(3);
    expect(await monitoring.notes()).toEqual([1, 2, 3]);
    await there.stop();
    await here.stop();
    await exchange.restart();
  });

  describe('of a publisher that counts for itself', () => {
    const at = (sequence: number) => ({ sequence, data: TradeMade.create({ tradeId: sequence }), subject: `trade/${sequence}`, time: 7 });
    const publish = (...sequences: number[]) =>
      registry.database.transaction((tx) => registry.outbox.publishAt(tx, 'scheduler/0', TradeMade, sequences.map(at)));
    const sequences = async () =>
      (await exchange.database.query<{ sequence: string }>('select sequence from bus.log order by position')).map((row) =>
        Number(row.sequence),
      );

    it('are told once each, and never with a gap', async () => {
      await publish(1, 2);
      await publish(1, 2, 3);
      await expect(publish(5)).rejects.toThrow('events_must_be_published_without_gap: scheduler/0/5 after 3');
      await expect(publish(4, 6)).rejects.toThrow('events_must_be_published_without_gap: scheduler/0/6 after 4');
      await exchange.advance();
      await publish(3, 4);
      await exchange.advance();
      expect(await sequences()).toEqual([1, 2, 3, 4]);
    });

    it('stay on the topic that the source began with', async () => {
      await registry.tell(1);
      const other = registry.database.transaction((tx) => registry.outbox.publish(tx, BillIssued, BillIssued.create({}), 'bill/1'));
      await expect(other).rejects.toThrow('event_source_must_keep_its_topic: registry');
      await publish(1);
      const strange = registry.database.transaction((tx) =>
        registry.outbox.publishAt(tx, 'scheduler/0', SiteChanged, [
          { sequence: 2, data: SiteChanged.create({}), subject: 'site/1', time: 7 },
        ]),
      );
      await expect(strange).rejects.toThrow('event_source_must_keep_its_topic: scheduler/0');
    });
  });
});
