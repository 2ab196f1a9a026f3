// The rest of the exchange as monitoring meets it: facts told to it, and what it tells.
import { Injectable, Module } from '@nestjs/common';
import { LeaseMeasured, type Message, NodeHealthChanged, PoolChanged, PoolHealthChanged, RegistrationState, topicOf } from '#contracts';
import { Clock, Database, type EventMeta, On, Outbox, type Tx, service } from '#platform';

@Injectable()
export class Told {
  readonly pools: PoolHealthChanged[] = [];
  readonly nodes: NodeHealthChanged[] = [];
  readonly leases: LeaseMeasured[] = [];

  private readonly counts = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** As the service that tells such events would: each topic has its own source and count. */
  async tell<T>(message: Message<T>, data: T): Promise<void> {
    const source = `told/${topicOf(message.$type)}`;
    const sequence = (this.counts.get(source) ?? 0) + 1;
    this.counts.set(source, sequence);
    const event = { sequence, data, subject: 'test', time: this.clock.now() };
    await this.database.transaction((tx) => this.outbox.publishAt(tx, source, message, [event]));
  }

  @On(PoolHealthChanged)
  async pool(event: PoolHealthChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.pools.push(event);
  }

  @On(NodeHealthChanged)
  async node(event: NodeHealthChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.nodes.push(event);
  }

  @On(LeaseMeasured)
  async lease(event: LeaseMeasured, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.leases.push(event);
  }
}

let pools = 0;

/** Tells of a verified pool of its own: 4 nodes of 8 units, ten minutes' deadline, 400 W a unit; participant 10's. @returns its id */
export async function tellPool(told: Told, part: Partial<PoolChanged> = {}): Promise<number> {
  const poolId = part.poolId ?? ++pools;
  const pool = { siteId: 1, providerId: 10, unitsPerNode: 8, nodeCount: 4, heartbeatDeadlineSeconds: 600, powerWattsPerUnit: 400 };
  await told.tell(PoolChanged, PoolChanged.create({ poolId, state: RegistrationState.VERIFIED, ...pool, ...part }));
  return poolId;
}

@Module({ imports: [service({ name: 'told' })], providers: [Told] })
export class ToldModule {}
