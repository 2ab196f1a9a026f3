// Settlement as it runs, with those beside it who tell of trades, leases and measures.
import { randomUUID } from 'node:crypto';
import { Injectable, Module } from '@nestjs/common';
import type { Message } from '#contracts';
import { type Call, type Config, Database, Outbox, run, type Running, service } from '#platform';
import { SettlementModule } from '#settlement';
import { clockStart } from './billing-leases.js';

@Injectable()
class Voice {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
  ) {}

  /** In one transaction, in order. */
  async tell<T>(message: Message<T>, events: readonly T[]): Promise<void> {
    const items = events.map((data) => ({ data, subject: 'bench' }));
    await this.db.transaction((tx) => this.outbox.publishAll(tx, message, items));
  }
}

@Injectable()
export class Scheduler extends Voice {}
@Injectable()
export class Monitoring extends Voice {}
@Injectable()
export class Registry extends Voice {}

@Module({ imports: [service({ name: 'scheduler' })], providers: [Scheduler] })
class SchedulerModule {}
@Module({ imports: [service({ name: 'monitoring' })], providers: [Monitoring] })
class MonitoringModule {}
@Module({ imports: [service({ name: 'registry' })], providers: [Registry] })
class RegistryModule {}

/** By a virtual clock: no job runs but those that are called. */
const config = (databaseUrl: string): Partial<Config> => ({
  ...{ databaseUrl, clock: 'virtual', clockStart, databasePool: 8, logLevel: 'warn', httpPort: 0, grpcPort: 0 },
});

export const startMarket = (databaseUrl: string): Promise<Running> =>
  run([SettlementModule, SchedulerModule, MonitoringModule, RegistryModule], config(databaseUrl));

export const startSettlement = (databaseUrl: string): Promise<Running> => run([SettlementModule], config(databaseUrl));

/** A call as an edge makes it. */
export const callBy = (participantId: number, role: 'provider' | 'operator'): Call => ({
  caller: { participantId, roles: [role], name: `bench/${participantId}` },
  ...{ method: '', idempotencyKey: randomUUID() },
});
