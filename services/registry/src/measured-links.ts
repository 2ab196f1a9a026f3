import { Injectable } from '@nestjs/common';
import { LinkMeasured } from '#contracts';
import { type EventMeta, On, Outbox, type Tx } from '#platform';
import { link } from './links.js';
import { Registrations } from './registrations.js';

/** What monitoring measured of links: the market is told it in place of the promise, until monitoring says that it is old. */
@Injectable()
export class MeasuredLinks {
  constructor(
    private readonly registrations: Registrations,
    private readonly outbox: Outbox,
  ) {}

  @On(LinkMeasured)
  async linkMeasured({ linkId, roundTripUs, byOperator }: LinkMeasured, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query('update links set measured_round_trip_us = $2, measured_by_operator = $3 where id = $1', [
      linkId,
      roundTripUs,
      byOperator,
    ]);
    const measured = await this.registrations.locked(tx, link, linkId);
    // As with all that is told: only what was verified once.
    if (measured.identifier) await link.tell?.(this.outbox, tx, measured);
  }
}
