import { Injectable } from '@nestjs/common';
import { type ExportTelemetryProofRequest, ProofLine, SignedDayState } from '#contracts';
import { slotsPerDay, startOfShanghaiDay } from '#domain';
import { type Call, Config, Database, type SuiteName, absent, conflict, invalid, ownsOrAbsent } from '#platform';
import { AgentKeys } from './agent.keys.js';
import { nodeText } from './core/signed-day.js';
import { DayDigests } from './day.digests.js';
import { digestOf } from './digest.js';
import { RollupRetention } from './rollup.retention.js';
import { readSignedDay } from './signed-day.row.js';

const daysMax = 31;

/** A month as a file that proves itself: signatures, and the roll-ups that they are over. */
@Injectable()
export class TelemetryProof {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly keys: AgentKeys,
    private readonly digests: DayDigests,
    private readonly retention: RollupRetention,
  ) {}

  async *lines({ poolId, from, to }: ExportTelemetryProofRequest, call: Call): AsyncGenerator<ProofLine> {
    if (to <= from || to > from + daysMax) throw invalid('to', 'days_must_be_1_to_31', 'to is the day after the last');
    const [pool] = await this.database.query<{ provider_id: number }>('select provider_id from pools where pool_id = $1', [poolId]);
    if (!pool) throw absent(`pool ${poolId}`);
    ownsOrAbsent(call, pool.provider_id, `pool ${poolId}`);
    if (startOfShanghaiDay(from) < this.retention.keptFrom)
      throw conflict('day_must_be_kept', 'roll-ups of the first days may have been dropped', 'from');
    const keys = await this.keys.ofPool(poolId);
    yield ProofLine.create({ head: { platform: this.config.platform, poolId, from, to, keys } });
    for (let day = from; day < to; day++) {
      const signed = await readSignedDay(this.database, poolId, day);
      if (!signed) continue;
      yield ProofLine.create({ day: signed });
      const suite = keys.find(({ keyId }) => keyId === signed.keyId)?.suite as SuiteName;
      if (signed.state === SignedDayState.COUNTERSIGNED) yield* this.rollups(poolId, day, suite);
    }
  }

  private async *rollups(poolId: number, day: number, suite: SuiteName): AsyncGenerator<ProofLine> {
    const digest = digestOf(suite);
    const first = startOfShanghaiDay(day);
    for (let slot = first; slot < first + slotsPerDay; slot++)
      for (const { node, metrics } of await this.digests.nodes(poolId, slot))
        yield ProofLine.create({
          rollup: { slot, node, metrics: [...metrics], digest: new Uint8Array(digest(nodeText(slot, { node, metrics }))) },
        });
  }
}
