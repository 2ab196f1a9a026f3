import { Injectable, Module } from '@nestjs/common';
import { AdvanceClockRequest, Empty, OperationsDefinition, ParticipantChanged } from '#contracts';
import {
  At,
  type Call,
  type Client,
  clientOf,
  Clock,
  Database,
  type EventMeta,
  On,
  Outbox,
  run,
  type Running,
  service,
  type Tx,
} from '#platform';
import { testDatabase, type TestDatabase } from '#testing';

const migrations = new URL('./migrations/', import.meta.url);

@Injectable()
class Teller {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  async tell(participantId: number): Promise<void> {
    await this.database.transaction((tx) =>
      this.outbox.publish(tx, ParticipantChanged, ParticipantChanged.create({ participantId }), `participant/${participantId}`),
    );
  }
}

@Injectable()
class Hearer {
  readonly runs: number[] = [];
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @On(ParticipantChanged)
  async heard(event: ParticipantChanged, tx: Tx, meta: EventMeta): Promise<void> {
    await tx.query('insert into note (id, sequence) values ($1, $2)', [event.participantId, meta.sequence]);
  }

  @At('minute', 60_000)
  async minute(now: number): Promise<void> {
    expect(this.clock.now()).toBe(now);
    this.runs.push(now);
  }

  notes(): Promise<{ id: number; sequence: bigint }[]> {
    return this.database.query('select id, sequence from note order by sequence');
  }
}

@Module({ imports: [service({ name: 'registry' })], providers: [Teller] })
class TellerModule {}

@Module({ imports: [service({ name: 'monitoring', migrations })], providers: [Hearer] })
class HearerModule {}

const operator: Call = { caller: { participantId: 1, roles: ['operator'], name: 'test' }, method: '' };

describe('an exchange of two services', () => {
  let database: TestDatabase;
  let running: Running;
  const start = 1_760_000_000_000;
  const settings = () => ({ databaseUrl: database.url, clock: 'virtual' as const, clockStart: start, logLevel: 'warn' as const });

  beforeAll(async () => {
    database = await testDatabase();
    running = await run([TellerModule, HearerModule], settings());
  });
  afterAll(async () => {
    await running.stop();
    await database.drop();
  });

  const operations = () => running.get<Client<typeof OperationsDefinition>>(clientOf(OperationsDefinition));
  const advance = (to: number) =>
    operations().advanceClock(AdvanceClockRequest.create({ to }), { ...operator, idempotencyKey: `to-${to}-${Math.random()}` });

  it('delivers what is published, in order, before the clock moves on', async () => {
    for (const id of [3, 1, 2]) await running.get(Teller).tell(id);
    await advance(start);
    expect(await running.get(Hearer).notes()).toEqual([
      { id: 3, sequence: 1n },
      { id: 1, sequence: 2n },
      { id: 2, sequence: 3n },
    ]);
  });

  it('runs a job at each multiple that the clock passes', async () => {
    const first = Math.ceil(start / 60_000) * 60_000;
    await advance(first);
    await advance(first + 59_999);
    await advance(first + 200_000);
    expect(running.get(Hearer).runs).toEqual([first, first + 180_000]);
    expect(await operations().getClock(Empty.create(), operator)).toEqual({ time: first + 200_000, virtual: true });
  });
});
