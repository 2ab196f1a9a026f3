// begin here: two platforms agree on a version, and what was said is kept.
import { InterconnectModule } from '#interconnect';
import { InterconnectDefinition } from '#contracts';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await testExchange({ modules: [InterconnectModule] });
});
afterAll(() => exchange?.stop());

const partner = () => exchange.call(InterconnectDefinition, { participantId: 7, roles: ['partner'] });
const operator = () => exchange.call(InterconnectDefinition);

it('agrees on the highest version that both speak, and remembers who said hello', async () => {
  const answer = await partner().hello({ platform: 'Tianfu', versions: [9, 1] });
  expect(answer).toEqual({ version: 1, platform: 'compute-exchange', time: exchange.now() });
  const { hellos } = await operator().listHellos({});
  expect(hellos).toEqual([{ helloId: 1, participantId: 7, platform: 'Tianfu', version: 1, saidAt: exchange.now() }]);
});

it('refuses a partner that speaks none of its versions', async () => {
  await expect(partner().hello({ platform: 'Tianfu', versions: [2] })).rejects.toMatchObject({ rule: 'platforms_must_share_a_version' });
  await expect(partner().hello({ platform: 'Tianfu', versions: [] })).rejects.toMatchObject({ rule: 'list_must_fit_its_length' });
});

it('R-36: a repeated hello gets the recorded answer and is kept once', async () => {
  const said = () => partner().hello({ platform: 'Yuzhong', versions: [1] }, { idempotencyKey: 'hello-1' });
  const first = await said();
  await exchange.advance(60_000);
  expect(await said()).toEqual(first);
  const { hellos } = await operator().listHellos({});
  expect(hellos.filter(({ platform }) => platform === 'Yuzhong')).toHaveLength(1);
});

it('lists them newest first, page by page', async () => {
  for (const platform of ['a', 'b', 'c']) await partner().hello({ platform, versions: [1] });
  const first = await operator().listHellos({ page: { limit: 2 } });
  const second = await operator().listHellos({ page: { limit: 2, cursor: first.page!.nextCursor } });
  expect([...first.hellos, ...second.hellos].map(({ platform }) => platform).slice(0, 3)).toEqual(['c', 'b', 'a']);
});
