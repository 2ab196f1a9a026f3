import { Injectable } from '@nestjs/common';
import { slotMs } from '#domain';
import { At } from '#platform';
import { Shards } from './shards.js';

/** Lets the market's time pass where no order does: leases begin and end, orders expire, and leases that nobody confirmed are lost (R-27a). */
@Injectable()
export class MarketTime {
  constructor(private readonly shards: Shards) {}

  @At('scheduler-slot', slotMs)
  async slot(now: number): Promise<void> {
    await Promise.all(
      this.shards.all.map((sequencer) =>
        sequencer.submit([
          { command: { kind: 'AdvanceTime' } },
          ...sequencer.market.overdue(now).map((tradeNumber) => ({ command: { kind: 'FailLease', tradeNumber } }) as const),
        ]),
      ),
    );
  }
}
