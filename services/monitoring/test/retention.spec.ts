// Roll-ups that are old are dropped; what a lease or a dispute needs is not.
import { Module } from '@nestjs/common';
import {
  Dispute,
  DisputeState,
  DisputesDefinition,
  LeaseChanged,
  LeaseState,
  type ListDisputesRequest,
  ListDisputesResponse,
  RollupSigningDefinition,
  Tier,
} from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { MonitoringModule } from '#monitoring';
import { Rpc, service } from '#platform';
import { type TestCaller, type TestExchange, testExchange } from '#testing';
import { Metric } from '../src/core/metric.js';
import { sendFrames } from './stream-client.js';
import { Told, ToldModule, tellPool } from './told.js';

const provider: TestCaller = { participantId: 10, roles: ['provider'] };
const day = 86_400_000;

const { fullName, name, methods } = DisputesDefinition;
/** Settlement as retention meets it. */
@Rpc({ fullName, name, methods: { listDisputes: methods.listDisputes } })
class OpenDisputes {
  readonly leases = new Set<number>();

  async listDisputes({ state }: ListDisputesRequest): Promise<ListDisputesResponse> {
    expect(state).toBe(DisputeState.OPEN);
    return ListDisputesResponse.create({ disputes: [...this.leases].map((tradeId) => Dispute.create({ tradeId })) });
  }
}
@Module({
  imports: [service({ name: 'disputes' })],
  providers: [OpenDisputes],
})
class DisputesModule {}

let exchange: TestExchange;
let told: Told;

beforeAll(async () => {
  exchange = await testExchange({
    modules: [MonitoringModule, ToldModule, DisputesModule],
    config: { rollupDays: 100, poolRollupDays: 120 },
  });
  told = exchange.running.get(Told);
});
afterAll(() => exchange?.stop());

const counted = async (table: string, poolId: number): Promise<number> => {
  const [row] = await exchange.database.query<{ count: string }>(`select count(*) from monitoring.${table} where pool_id = $1`, [poolId]);
  return Number(row!.count);
};
const counts = async (poolIds: readonly number[]): Promise<number[][]> =>
  Promise.all(poolIds.map((poolId) => Promise.all(['node_rollups', 'telemetry', 'pool_rollups'].map((table) => counted(table, poolId)))));

it('keeps each grain for its days, and what a lease or a dispute needs until that is over', async () => {
  const [free, leased, disputed] = [await tellPool(told), await tellPool(told), await tellPool(told)];
  const pools = [free, leased, disputed];
  await exchange.advance(900_000);
  const slot = slotAt(exchange.now());
  const lease = (leaseId: number, poolId: number, to: number): LeaseChanged =>
    LeaseChanged.create({
      ...{ leaseId, poolId, state: LeaseState.ACTIVE, buyerId: 20, providerId: 10, units: 4, tier: Tier.FIRM },
      ...{ nodes: [{ node: 0, units: 4 }], delivered: { from: slot, to } },
    });
  const [long, short] = [lease(1, leased, slot + 110 * 96), lease(2, disputed, slot + 4)];
  for (const one of [long, short]) await told.tell(LeaseChanged, one);
  const boxes = pools.map((poolId) => ({ poolId, at: exchange.now(), columns: { [Metric.UNITS_UP]: [8] } }));
  await sendFrames(exchange.running, provider, 'agent', [{ sequence: 1, boxes }]);
  await exchange.advance();
  for (const poolId of pools)
    await exchange.database.query('insert into monitoring.telemetry values ($1, 1, $2, 8, 1, 0, 0)', [poolId, slot]);
  await exchange.advance(3_600_000);
  await told.tell(LeaseChanged, { ...short, state: LeaseState.ENDED });
  exchange.running.get(OpenDisputes).leases.add(2);
  const [all, sums] = [
    [1, 1, 1],
    [0, 0, 1],
  ];

  await exchange.advance(99 * day);
  expect(await counts(pools)).toEqual([all, all, all]);
  await exchange.advance(2 * day);
  expect(await counts(pools)).toEqual([sums, all, all]);

  exchange.running.get(OpenDisputes).leases.clear();
  await exchange.advance(10 * day);
  await told.tell(LeaseChanged, { ...long, state: LeaseState.ENDED });
  await exchange.advance(10 * day);
  const none = [0, 0, 0];
  expect(await counts(pools)).toEqual([none, all, none]);
  await exchange.advance(80 * day);
  expect(await counts(pools)).toEqual([none, all, none]);
  await exchange.advance(11 * day);
  expect(await counts(pools)).toEqual([none, sums, none]);

  const signing = exchange.call(RollupSigningDefinition, provider);
  const old = shanghaiDay(slot);
  await expect(
    signing.signDay({ poolId: leased, day: old, keyId: '0'.repeat(16), slots: new Uint8Array(3_168), signature: new Uint8Array(64) }),
  ).rejects.toMatchObject({ rule: 'day_must_be_kept' });
  const lines = signing.exportTelemetryProof({ poolId: leased, from: old, to: old + 1 });
  await expect(Array.fromAsync(lines)).rejects.toMatchObject({ rule: 'day_must_be_kept' });
});
