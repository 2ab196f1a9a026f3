import type {
  Empty,
  GetLeaseAvailabilityRequest,
  GetPoolAvailabilityRequest,
  GetPoolHealthRequest,
  HeartbeatRequest,
  LeaseAvailability,
  ListHealthChangesRequest,
  ListHealthChangesResponse,
  ListPoolHealthRequest,
  ListPoolHealthResponse,
  OverridePoolHealthRequest,
  PoolAvailability,
  ReportTelemetryRequest,
} from '#contracts';
import { Health, MonitoringDefinition, PoolHealth, ReportTelemetryResponse } from '#contracts';
import type { Health as JudgedHealth } from '#domain';
import { type Call, Clock, Database, type Implementation, Rpc, invalid } from '#platform';
import { Availability } from './availability.query.js';
import { HealthQuery } from './health.query.js';
import { Listening } from './listening.js';
import { PoolHealthKeeper } from './pool.health.js';
import { Telemetry } from './telemetry.js';

@Rpc(MonitoringDefinition)
export class MonitoringRpc implements Implementation<typeof MonitoringDefinition> {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly telemetry: Telemetry,
    private readonly pools: PoolHealthKeeper,
    private readonly health: HealthQuery,
    private readonly availability: Availability,
    private readonly listening: Listening,
  ) {}

  async heartbeat({ poolId }: HeartbeatRequest, call: Call): Promise<PoolHealth> {
    return this.database.once(call, PoolHealth, async (tx) => {
      await this.telemetry.heartbeat(tx, poolId, call);
      return this.health.get(tx, poolId, call);
    });
  }

  async reportTelemetry(request: ReportTelemetryRequest, call: Call): Promise<ReportTelemetryResponse> {
    return this.telemetry.report(request, call);
  }

  /** Every message is a transaction of its own; samples carry their own identity, so no key is needed to send one again. */
  async streamTelemetry(requests: AsyncIterable<ReportTelemetryRequest>, call: Call): Promise<ReportTelemetryResponse> {
    const total = ReportTelemetryResponse.create();
    for await (const request of requests) {
      const kept = await this.telemetry.report(request, { ...call, idempotencyKey: undefined });
      total.nodeSlots += kept.nodeSlots;
      total.nodeSlotsKept += kept.nodeSlotsKept;
    }
    return total;
  }

  async getPoolHealth({ poolId }: GetPoolHealthRequest, call: Call): Promise<PoolHealth> {
    return this.health.get(this.database, poolId, call);
  }

  async listPoolHealth(request: ListPoolHealthRequest, call: Call): Promise<ListPoolHealthResponse> {
    return this.health.list(request, call);
  }

  async listHealthChanges(request: ListHealthChangesRequest, call: Call): Promise<ListHealthChangesResponse> {
    return this.health.changes(request, call);
  }

  async overridePoolHealth({ poolId, health, reason }: OverridePoolHealthRequest, call: Call): Promise<PoolHealth> {
    if (health === Health.DRAINING)
      throw invalid('health', 'health_must_be_ok_suspect_or_lost', 'planned maintenance is a drain of the registry');
    return this.database.once(call, PoolHealth, async (tx) => {
      await this.health.get(tx, poolId, call);
      await this.pools.override(tx, poolId, health as JudgedHealth, { key: call.caller.name, reason }, this.clock.now());
      return this.health.get(tx, poolId, call);
    });
  }

  async getPoolAvailability(request: GetPoolAvailabilityRequest, call: Call): Promise<PoolAvailability> {
    return this.availability.ofPool(request, call);
  }

  async getLeaseAvailability({ leaseId }: GetLeaseAvailabilityRequest, call: Call): Promise<LeaseAvailability> {
    return this.availability.ofLease(leaseId, call);
  }

  async sayOpen(): Promise<Empty> {
    await this.listening.gatewayIsOpen();
    return {};
  }
}
