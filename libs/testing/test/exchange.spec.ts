import { GatewayModule } from '#gateway';
import { RegistryModule } from '#registry';
import { Empty, IdentityDefinition, OperationsDefinition } from '#contracts';
import { operator, testExchange, type TestExchange } from '#testing';

describe('an exchange in a test', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [RegistryModule, GatewayModule] });
  });
  afterAll(() => exchange.stop());

  it('answers in process, over HTTP and over gRPC alike, and after a restart', async () => {
    const key = await exchange.key(operator);
    for (const run of [1, 2]) {
      const time = exchange.now();
      expect(await exchange.call(OperationsDefinition).getClock({})).toEqual({ time, virtual: true });
      expect(await exchange.grpc(OperationsDefinition, key).getClock(Empty.create())).toEqual({ time, virtual: true });
      const { status, body } = await exchange.http('/v1/clock', { key });
      expect([status, Date.parse(String(body.time)), body.virtual]).toEqual([200, time, true]);
      expect(await exchange.grpc(IdentityDefinition, key).whoAmI({})).toMatchObject({ participantId: 1 });
      if (run === 1) {
        await exchange.advance(5_000);
        await exchange.restart();
      }
    }
  });
});
