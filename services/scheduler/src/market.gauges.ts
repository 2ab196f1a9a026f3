import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauges, Journal, type Observations } from '#platform';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';

/** What is measured of each shard. */
@Injectable()
export class MarketGauges implements OnApplicationBootstrap {
  /** Commands of each shard that were ever found missing. */
  private readonly worst = new Map<number, number>();

  constructor(
    private readonly gauges: Gauges,
    private readonly shards: Shards,
    private readonly journal: Journal,
  ) {}

  onApplicationBootstrap(): void {
    this.add('exchange.market.open', '1 where this process takes commands', ({ isOpen }) => Number(isOpen), '{shard}');
    this.add('exchange.market.sequence', 'Last command that was acknowledged', ({ market }) => market.sequence);
    this.add('exchange.market.queue.length', 'Commands that wait to be journalled', ({ queueLength }) => queueLength);
    this.add('exchange.market.projection.lag', 'Commands that the query tables do not hold yet', behind);
    this.add('exchange.market.lost', 'Commands that were acknowledged, or told to others, and are not in the journal', (of) =>
      this.lost(of),
    );
  }

  private add(name: string, description: string, value: (of: Sequencer) => number | Promise<number>, unit = '{command}'): void {
    const observe = async (of: Sequencer) => [await value(of), { 'exchange.shard': of.shard }] as const;
    this.gauges.add(name, unit, description, (): Promise<Observations> => Promise.all(this.shards.all.map(observe)));
  }

  /**
   * What is known is read before the journal, which only grows meanwhile. The tables tell of what was acknowledged before this process began. What was lost stays
   * lost, whatever is written in its place.
   */
  private async lost({ shard, market, projector }: Sequencer): Promise<number> {
    const known = Math.max(market.sequence, projector.sequence);
    const missing = known - (await this.journal.lastSequence(shard));
    const lost = Math.max(0, missing, this.worst.get(shard) ?? 0);
    this.worst.set(shard, lost);
    return lost;
  }
}

const behind = ({ market, projector }: Sequencer): number => Math.max(0, market.sequence - projector.sequence);
