// Monitoring alone, told of pools that report by slots.
import { MonitoringDefinition, type PoolChanged, type TelemetrySample } from '#contracts';
import { slotAt } from '#domain';
import { MonitoringModule } from '#monitoring';
import { type TestCaller, type TestClient, type TestExchange, testExchange } from '#testing';
import { Told, ToldModule, tellPool } from './told.js';

export const minute = 60_000;
export const provider: TestCaller = { participantId: 10, roles: ['provider'] };
export const stranger: TestCaller = { participantId: 11, roles: ['provider'] };
export const buyer: TestCaller = { participantId: 20, roles: ['buyer'] };

export class SlotPools {
  private sequence = 0;

  private constructor(
    readonly exchange: TestExchange,
    readonly told: Told,
  ) {}

  static async open(): Promise<SlotPools> {
    const exchange = await testExchange({ modules: [MonitoringModule, ToldModule] });
    return new SlotPools(exchange, exchange.running.get(Told));
  }

  readonly monitoring = (caller = provider): TestClient<typeof MonitoringDefinition> => this.exchange.call(MonitoringDefinition, caller);

  /** A verified pool of its own: 4 nodes of 8 units, ten minutes' deadline, 400 W a unit. */
  readonly pool = async (part: Partial<PoolChanged> = {}): Promise<number> => {
    const poolId = await tellPool(this.told, part);
    await this.exchange.advance();
    return poolId;
  };

  readonly report = (samples: Partial<TelemetrySample>[], caller = provider) =>
    this.monitoring(caller).reportTelemetry({ sequence: ++this.sequence, samples });

  /** All of a node in the slot before the one that runs. */
  readonly sample = (poolId: number, part: Partial<TelemetrySample> = {}): Partial<TelemetrySample> => {
    const now = slotAt(this.exchange.now());
    return { poolId, from: now - 1, to: now, unitsUp: 8, utilisationBp: 5_000, powerWatts: 2_000, ...part };
  };
}
