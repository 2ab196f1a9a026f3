import { Injectable, Module } from '@nestjs/common';
import { ParticipantChanged } from '#contracts';
import { At, Clock, Database, type EventMeta, On, Outbox, service, type Tx } from '#platform';
import { testExchange, type TestExchange } from '#testing';

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

describe('an exchange of two services', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [TellerModule, HearerModule] });
  });
  afterAll(() => exchange.stop());

  it('delivers what is published, in order, before the clock moves on', async () => {
    for (const id of [3, 1, 2]) await exchange.running.get(Teller).tell(id);
    await exchange.advance();
    expect(await exchange.running.get(Hearer).notes()).toEqual([
      { id: 3, sequence: 1n },
      { id: 1, sequence: 2n },
      { id: 2, sequence: 3n },
    ]);
  });

  it('runs a job at each multiple that the clock passes, and goes on after a restart', async () => {
    const start = exchange.now();
    await exchange.advance(60_000);
    await exchange.advance(59_999);
    await exchange.advance(200_000);
    expect(exchange.running.get(Hearer).runs).toEqual([start + 60_000, start + 300_000]);
    await exchange.restart();
    expect(exchange.now()).toBe(start + 319_999);
    await exchange.advance();
    expect(exchange.running.get(Hearer).runs).toEqual([]);
    await exchange.advance(100_000);
    expect(exchange.running.get(Hearer).runs).toEqual([start + 360_000]);
  });
});
