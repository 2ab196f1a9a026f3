import { Module } from '@nestjs/common';
import { service } from '#platform';
import { Availability } from './availability.query.js';
import { ClosedSlots } from './closed.slots.js';
import { HealthQuery } from './health.query.js';
import { indicatorParts } from './indicator.parts.js';
import { LeaseMeasure } from './lease.measure.js';
import { linkParts } from './link.parts.js';
import { Listening } from './listening.js';
import { MonitoringRpc } from './monitoring.rpc.js';
import { nationalParts } from './national.parts.js';
import { NodeHealthKeeper } from './node.health.js';
import { PointForward } from './point.forward.js';
import { PointGate } from './point.gate.js';
import { PointIngest } from './point.ingest.js';
import { PointLetters } from './point.letters.js';
import { PointLog } from './point.log.js';
import { PointPush } from './point.push.js';
import { PointSalvage } from './point.salvage.js';
import { PointStreams } from './point.stream.js';
import { PoolFacts } from './pool.facts.js';
import { PoolHealthKeeper } from './pool.health.js';
import { RollupQuery } from './rollup.query.js';
import { RollupRetention } from './rollup.retention.js';
import { RollupStore } from './rollup.store.js';
import { signingParts } from './signing.parts.js';
import { Telemetry } from './telemetry.js';
import { TelemetryRpc } from './telemetry.rpc.js';

/** What agents signed of their roll-ups, what the operator declared, and what was reported. */
const evidence = [
  { table: 'rollup_statements', key: ['number'] },
  { table: 'indicator_declarations', key: ['declaration_id'] },
  { table: 'indicator_reports', key: ['number'] },
];

@Module({
  imports: [service({ name: 'monitoring', migrations: new URL('../migrations/', import.meta.url), evidence })],
  providers: [
    Listening,
    PoolHealthKeeper,
    NodeHealthKeeper,
    Telemetry,
    LeaseMeasure,
    HealthQuery,
    Availability,
    MonitoringRpc,
    PoolFacts,
    PointLog,
    PointSalvage,
    PointLetters,
    RollupStore,
    ClosedSlots,
    RollupRetention,
    PointIngest,
    PointForward,
    PointGate,
    PointPush,
    PointStreams,
    RollupQuery,
    TelemetryRpc,
    ...indicatorParts,
    ...signingParts,
    ...linkParts,
    ...nationalParts,
  ],
})
export class MonitoringModule {}
