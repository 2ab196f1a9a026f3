import { Injectable } from '@nestjs/common';
import type { PoolId } from '#domain';
import { Database } from '#platform';
import { type PoolRow, registeredOf } from './pool.health.js';
import type { RegisteredPool } from './core/telemetry.js';

export interface PoolFact extends RegisteredPool {
  readonly providerId: number;
  readonly wasVerified: boolean;
}

/** A registration's change is heeded so late at most. */
const keptMs = 5_000;

/** What frames are held against: the pools' registrations, read for all together, since frames come by the thousand a second. */
@Injectable()
export class PoolFacts {
  private facts = new Map<PoolId, PoolFact | undefined>();
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  /** Resolves when `of` knows these pools. Undefined where it does already. */
  know(poolIds: readonly PoolId[]): Promise<void> | undefined {
    const isStale = performance.now() - this.readAt > keptMs;
    if (!isStale && poolIds.every((poolId) => this.facts.has(poolId))) return undefined;
    return this.read(poolIds);
  }

  /** Undefined where there is no such pool. */
  of(poolId: PoolId): PoolFact | undefined {
    return this.facts.get(poolId);
  }

  private async read(poolIds: readonly PoolId[]): Promise<void> {
    // Who asks while others are read may ask for one that is not among them.
    while (this.reading) await this.reading;
    this.reading = this.refresh(new Set([...this.facts.keys(), ...poolIds])).finally(() => (this.reading = undefined));
    await this.reading;
  }

  private async refresh(poolIds: ReadonlySet<PoolId>): Promise<void> {
    const began = performance.now();
    const rows = await this.database.query<PoolRow>('select * from pools where pool_id = any($1::int4[])', [[...poolIds]]);
    const facts = rows.map((row): [PoolId, PoolFact] => [
      row.pool_id,
      { ...registeredOf(row), providerId: row.provider_id, wasVerified: row.verified_at !== null },
    ]);
    // Those that are not there are asked for again, and not remembered: whoever names pools at random fills nothing.
    this.facts = new Map(facts);
    this.readAt = began;
  }
}
