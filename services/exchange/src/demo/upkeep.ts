// What a provider's own software does all day: confirm leases, report telemetry for its nodes and usage for what has ended.
import type { Api, Json } from './client.js';
import { modelOf } from './cast.js';
import { slotMs } from './orders.js';
import type { Pool, Provider, World } from './world.js';

const rfc = (slot: number) => new Date(slot * slotMs).toISOString();

/** Power of a node of a pool at a share of its load: 30 % of the nameplate when idle. */
const wattsOf = (pool: Pool, share: number) => Math.round(modelOf(pool.model).watts * pool.unitsPerNode * (0.3 + 0.6 * share));

interface Failure {
  readonly provider: number;
  readonly from: number;
  readonly to: number;
}

export class Upkeep {
  readonly #reportedTo = new Map<number, number>();
  readonly #lookedAt = new Map<number, number>();
  readonly #reported = new Set<number>();
  #sequence = 0;

  constructor(
    readonly api: Api,
    readonly world: World,
    start: number,
    /** One provider falls silent in this window of slots. */
    readonly failure: Failure | undefined,
  ) {
    for (const provider of world.providers) this.#reportedTo.set(provider.id, start);
  }

  isSilent(provider: Provider, slot: number): boolean {
    return provider.id === this.failure?.provider && slot >= this.failure.from && slot < this.failure.to;
  }

  /** Everything that is due at this slot. Confirmations go into the market's journal one by one; what is only reported goes side by side. */
  async run(slot: number): Promise<void> {
    const awake = this.world.providers.filter((provider) => !this.isSilent(provider, slot));
    for (const provider of awake) await this.#confirm(provider);
    await Promise.all(
      awake.map(async (provider) => {
        await this.#telemetry(provider, slot);
        await this.#reportUsage(provider);
      }),
    );
  }

  async #confirm(provider: Provider): Promise<void> {
    if (provider.confirmsAtOnce) return;
    for await (const lease of this.api.list(provider.key, '/v1/leases?state=PENDING', 'leases')) {
      const leaseId = Number(lease.leaseId);
      const sealedSecret = Buffer.from(`sealed for lease ${leaseId}`).toString('base64');
      await this.api.post(
        provider.key,
        `/v1/leases/${leaseId}/confirm`,
        { endpoint: `ssh://lease-${leaseId}.compute.example:22`, sealedSecret },
        `confirm-${leaseId}`,
      );
    }
  }

  async #telemetry(provider: Provider, slot: number): Promise<void> {
    const from = this.#reportedTo.get(provider.id)!;
    if (from >= slot) return;
    const pools = this.world.pools.filter((pool) => pool.provider.id === provider.id);
    // After its silence a provider has nothing to show for the time between.
    const since = provider.id === this.failure?.provider && slot >= this.failure.to ? Math.max(from, this.failure.to) : from;
    this.#reportedTo.set(provider.id, slot);
    if (since >= slot) {
      for (const pool of pools) await this.api.post(provider.key, `/v1/pools/${pool.id}/heartbeat`, {});
      return;
    }
    const samples = pools.flatMap((pool) =>
      Array.from({ length: pool.nodes }, (_, node) => {
        const share = ((node * 37 + slot * 11) % 60) / 100 + 0.35;
        return {
          poolId: pool.id,
          node,
          from: rfc(since),
          to: rfc(slot),
          unitsUp: pool.unitsPerNode,
          utilisationBp: Math.round(share * 10_000),
          powerWatts: wattsOf(pool, share),
        };
      }),
    );
    if (samples.length) await this.api.post(provider.key, '/v1/telemetry', { sequence: ++this.#sequence, samples });
  }

  /** Usage of every lease that has ended since the last time, in one call. */
  async #reportUsage(provider: Provider): Promise<void> {
    const records: Json[] = [];
    for await (const lease of this.#endedLeases(provider)) {
      const delivered = lease.delivered as { from: string; to: string } | undefined;
      if (!delivered || delivered.from >= delivered.to) continue;
      const slots = (Date.parse(delivered.to) - Date.parse(delivered.from)) / slotMs;
      records.push({
        recordId: `usage-${Number(lease.leaseId)}`,
        version: 1,
        leaseId: lease.leaseId,
        meterSequence: 1,
        window: delivered,
        unitSlots: slots * Number(lease.units),
      });
    }
    for (let at = 0; at < records.length; at += 1000)
      await this.api.post(provider.key, '/v1/usage', { records: records.slice(at, at + 1000) });
  }

  /** Leases of a provider that ended or were cut short since its last look. */
  async *#endedLeases(provider: Provider): AsyncGenerator<Json> {
    const since = this.#lookedAt.get(provider.id) ?? 0;
    let newest = since;
    for await (const lease of this.api.list(
      provider.key,
      `/v1/leases?changedFrom=${encodeURIComponent(new Date(since).toISOString())}`,
      'leases',
    )) {
      newest = Math.max(newest, Date.parse(String(lease.changedAt)));
      const leaseId = Number(lease.leaseId);
      if (this.#reported.has(leaseId) || !['ENDED', 'CUT_SHORT'].includes(String(lease.state))) continue;
      this.#reported.add(leaseId);
      yield lease;
    }
    this.#lookedAt.set(provider.id, newest);
  }
}
