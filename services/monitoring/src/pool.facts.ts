import { Injectable } from '@nestjs/common';
import type { PoolId } from '#domain';
import { Database, Logger, numberArray } from '#platform';
import { type PoolRow, registeredOf } from './pool.health.js';
import type { RegisteredPool } from './core/telemetry.js';

export interface PoolFact extends RegisteredPool {
  readonly providerId: number;
  readonly wasVerified: boolean;
}

/** A registration's change is heeded so late at most. */
const keptMs = 10_000;

/** What frames are held against: the pools' registrations, read for many together, since frames come by the thousand a second. */
@Injectable()
export class PoolFacts {
  private facts = new Map<PoolId, PoolFact>();
  private readAt = -Infinity;
  /** To be read with the next. */
  private readonly wanted = new Set<PoolId>();
  private reading: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  /** Resolves when `of` knows these pools. Undefined where it does already. */
  know(poolIds: readonly PoolId[]): Promise<void> | undefined {
    if (!this.isKnown(poolIds)) return this.read(poolIds);
    // Before it is too old, so that nobody waits. Where that fails the next asks again, and waits in the end.
    if (this.age() > keptMs / 2)
      this.begin(true).catch((err: unknown) => this.log.warn({ err }, 'registrations of pools could not be read anew'));
    return undefined;
  }

  /** Undefined where there is no such pool. */
  of(poolId: PoolId): PoolFact | undefined {
    return this.facts.get(poolId);
  }

  private isKnown(poolIds: readonly PoolId[]): boolean {
    return this.age() <= keptMs && poolIds.every((poolId) => this.facts.has(poolId));
  }

  private age(): number {
    return performance.now() - this.readAt;
  }

  private async read(poolIds: readonly PoolId[]): Promise<void> {
    for (const poolId of poolIds) this.wanted.add(poolId);
    // What is under way was begun without them.
    if (this.reading) await this.reading;
    if (this.isKnown(poolIds)) return;
    await this.begin(this.age() > keptMs);
  }

  private begin(isWhole: boolean): Promise<void> {
    return (this.reading ??= this.refresh(isWhole).finally(() => (this.reading = undefined)));
  }

  /** All that is known, or only what is wanted besides. Pools that are not there are not remembered: whoever names some at random fills nothing. */
  private async refresh(isWhole: boolean): Promise<void> {
    const began = performance.now();
    const asked = new Set([...(isWhole ? this.facts.keys() : []), ...this.wanted]);
    this.wanted.clear();
    const rows = await this.database.query<PoolRow>('select * from pools where pool_id = any($1::int4[])', [numberArray([...asked])]);
    const facts = rows.map((row): [PoolId, PoolFact] => [
      row.pool_id,
      { ...registeredOf(row), providerId: row.provider_id, wasVerified: row.verified_at !== null },
    ]);
    if (isWhole) [this.facts, this.readAt] = [new Map(facts), began];
    else for (const [poolId, fact] of facts) this.facts.set(poolId, fact);
  }
}
