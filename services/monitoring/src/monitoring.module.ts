import { Module } from '@nestjs/common';
import { service } from '#platform';
import { Availability } from './availability.query.js';
import { HealthQuery } from './health.query.js';
import { LeaseMeasure } from './lease.measure.js';
import { MonitoringRpc } from './monitoring.rpc.js';
import { NodeHealthKeeper } from './node.health.js';
import { PoolHealthKeeper } from './pool.health.js';
import { Telemetry } from './telemetry.js';

@Module({
  imports: [service({ name: 'monitoring', migrations: new URL('../migrations/', import.meta.url) })],
  providers: [PoolHealthKeeper, NodeHealthKeeper, Telemetry, LeaseMeasure, HealthQuery, Availability, MonitoringRpc],
})
export class MonitoringModule {}
