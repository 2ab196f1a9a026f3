import { Injectable } from '@nestjs/common';
import { slotMs } from '#domain';
import { At } from '#platform';
import { Sequencer } from './sequencer.js';

/** Lets the market's time pass where no order does: leases begin and end, orders expire, and leases that nobody confirmed are lost (R-27a). */
@Injectable()
export class MarketTime {
  constructor(private readonly sequencer: Sequencer) {}

  @At('scheduler-slot', slotMs)
  async slot(now: number): Promise<void> {
    const overdue = this.sequencer.market.overdue(now);
    await this.sequencer.submit([
      { command: { kind: 'AdvanceTime' } },
      ...overdue.map((tradeNumber) => ({ command: { kind: 'FailLease', tradeNumber } }) as const),
    ]);
  }
}
