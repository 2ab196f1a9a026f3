import { Injectable } from '@nestjs/common';
import type { PointBlock } from '#contracts';
import type { PoolId } from '#domain';
import { type Call, absent, conflict, has, invalid } from '#platform';
import { type Block, readBlock } from './core/block.js';
import { type PoolFact, PoolFacts } from './pool.facts.js';

/** Whose points are taken, and of what. */
@Injectable()
export class PointGate {
  constructor(private readonly facts: PoolFacts) {}

  /** Undefined where the pools are known already; else resolves when they are, so that `accept` can tell. */
  know(poolIds: readonly PoolId[]): Promise<void> | undefined {
    return this.facts.know(poolIds);
  }

  /**
   * A pool of the caller's own that was verified once.
   * @throws Refusal absent, pool_must_have_been_verified
   */
  pool(poolId: PoolId, call: Call): PoolFact {
    const pool = this.facts.of(poolId);
    if (!pool || !(pool.providerId === call.caller.participantId || has(call, 'service'))) throw absent(`pool ${poolId}`);
    if (!pool.wasVerified) throw conflict('pool_must_have_been_verified', `pool ${poolId} was never verified`);
    return pool;
  }

  /** `field`: where the block stands in what was sent. @throws Refusal the same, and the rule that the block breaks */
  accept(packed: PointBlock, field: string, call: Call): Block {
    const { poolId, firstNode, nodes } = packed;
    const { nodeCount } = this.pool(poolId, call);
    if (firstNode + nodes > nodeCount) throw invalid(`${field}.nodes`, 'node_must_be_registered', `pool ${poolId} has ${nodeCount} nodes`);
    const block = readBlock(packed);
    if ('rule' in block) throw invalid(`${field}.${block.field}`, block.rule, block.detail);
    return block;
  }
}
