// calls for a bid's subsidy that come after what ended them, and crashes between, with the real ledger beside.
import { SubsidyKind } from '#contracts';
import { Refusal } from '#platform';
import { Reservations } from '../src/reservations.js';
import { World, market, yuan } from './world.js';

type Call = (...args: unknown[]) => Promise<unknown>;

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.exchange.stop());

const late = { rule: 'attempt_must_be_the_newest', kind: 'conflict' };
const release = (orderId: number, attempt: number) => world.voucher(market).releaseSubsidy({ orderId, attempt });
const rest = (programmeId: number) => ({ programmeId, issued: yuan(1_000), redeemed: 0n, revoked: 0n });

/** The ledger's client loses the next call of this name to it, or its answer. @returns what makes the call arrive late */
function lose(name: 'reserveSubsidy' | 'releaseSubsidy', what: 'call' | 'answer'): () => Promise<unknown> {
  const { ledger } = world.exchange.running.get(Reservations) as unknown as { ledger: Record<string, Call> };
  const send = ledger[name]!;
  let arrive!: () => Promise<unknown>;
  ledger[name] = async (...args) => {
    ledger[name] = send;
    arrive = () => send.apply(ledger, args);
    if (what === 'answer') await arrive();
    throw new Refusal('unavailable', 'service_must_be_reachable', 'settlement is away');
  };
  return () => arrive();
}

/** Its period passes. */
async function expire(programmeId: number): Promise<void> {
  await world.exchange.advance(3 * 86_400_000);
  expect(await world.balances(programmeId)).toEqual({ ...rest(programmeId), available: 0n, held: 0n, expired: yuan(1_000) });
}

describe('R-31: a reservation that reaches the ledger after it was released', () => {
  const programme = () => world.programme({ lastDay: world.today + 1 });

  it('is refused, and its programme ends', async () => {
    const { programmeId } = await programme();
    const bid = world.bid(programmeId, { attempt: 1 });
    const arrive = lose('reserveSubsidy', 'call');
    await expect(world.reserve(bid)).rejects.toMatchObject({ kind: 'unavailable' });
    await release(bid.orderId, 1);
    await expect(arrive()).rejects.toMatchObject(late);
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(1_000), held: 0n });
    await expire(programmeId);
  });

  it('is refused where its release was lost at first', async () => {
    const { programmeId } = await programme();
    const bid = world.bid(programmeId, { attempt: 1 });
    const arrive = lose('reserveSubsidy', 'call');
    await expect(world.reserve(bid)).rejects.toMatchObject({ kind: 'unavailable' });
    lose('releaseSubsidy', 'call');
    await expect(release(bid.orderId, 1)).rejects.toMatchObject({ kind: 'unavailable' });
    // What comes before its release is held, and the release gives it back.
    await arrive();
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), held: yuan(20) });
    await release(bid.orderId, 1);
    await expect(arrive()).rejects.toMatchObject(late);
    await expire(programmeId);
  });

  it.each(['call', 'answer'] as const)('is refused where the %s of its release was lost, and that is said again', async (what) => {
    const { programmeId } = await programme();
    const bid = world.bid(programmeId, { attempt: 1 });
    await world.reserve(bid);
    lose('releaseSubsidy', what);
    await expect(release(bid.orderId, 1)).rejects.toMatchObject({ kind: 'unavailable' });
    await release(bid.orderId, 1);
    await expect(world.reserve(bid)).rejects.toMatchObject(late);
    await expire(programmeId);
  });

  it('is given back where its answer was lost, and the next try holds', async () => {
    const { programmeId } = await programme();
    const bid = world.bid(programmeId, { attempt: 1 });
    lose('reserveSubsidy', 'answer');
    await expect(world.reserve(bid)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), held: yuan(20) });
    await release(bid.orderId, 1);
    expect(await world.reserve({ ...bid, worstCase: yuan(50), attempt: 2 })).toMatchObject({ amount: yuan(10) });
    // What is said late of the first is nothing to the second.
    await release(bid.orderId, 1);
    await expect(world.reserve(bid)).rejects.toMatchObject(late);
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(990), held: yuan(10) });
    await release(bid.orderId, 2);
    await expire(programmeId);
  });

  it('is refused where a try after it, under a programme that reimburses, has ended', async () => {
    const { programmeId } = await programme();
    const reimbursing = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, lastDay: world.today + 1 });
    const bid = world.bid(programmeId, { attempt: 1 });
    const arrive = lose('reserveSubsidy', 'call');
    await expect(world.reserve(bid)).rejects.toMatchObject({ kind: 'unavailable' });
    const next = { ...bid, programmeId: reimbursing.programmeId, attempt: 2 };
    expect(await world.reserve(next)).toMatchObject({ amount: 0n });
    await world.close(next);
    await expect(arrive()).rejects.toMatchObject(late);
    await expire(programmeId);
  });
});

it('R-31: a try to have a reimbursement that comes after its release keeps no programme open', async () => {
  const { programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, lastDay: world.today + 1 });
  const bid = world.bid(programmeId, { attempt: 1 });
  await release(bid.orderId, 1);
  await expect(world.reserve(bid)).rejects.toMatchObject(late);
  await expire(programmeId);
});
