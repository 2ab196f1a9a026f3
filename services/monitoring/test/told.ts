// The rest of the exchange as monitoring meets it: facts told to it, and what it tells.
import { Injectable, Module } from '@nestjs/common';
import { LeaseMeasured, type Message, NodeHealthChanged, PoolHealthChanged, topicOf } from '#contracts';
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

@Module({ imports: [service({ name: 'told' })], providers: [Told] })
export class ToldModule {}
