// tries of one bid to reserve, and their releases, in whatever order they reach the ledger.
import { buyer, Desk, yuan } from './market.js';

const buyerId = buyer.participantId;
const issued = yuan(1000);

describe('R-31 a try of a bid to reserve', () => {
  let desk: Desk;
  let orderId = 0;
  beforeAll(async () => {
    desk = await Desk.open();
    await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: issued });
  });
  beforeEach(() => (orderId += 1));
  // Whatever the order's tries hold goes back with it.
  afterEach(async () => {
    await desk.closeOrder(orderId);
    expect(await held()).toBe(0n);
    expect((await desk.recounted()).findings).toEqual([]);
  });
  afterAll(() => desk?.stop());

  const held = async (): Promise<bigint> => {
    const pots = await desk.ledger.getProgrammeBalances({ programmeId: 1 });
    expect(pots.available + pots.held + pots.redeemed + pots.expired + pots.revoked).toBe(issued);
    return pots.held;
  };
  const reserve = (attempt: number, amount = yuan(3)) =>
    desk.ledger.reserveSubsidy({ programmeId: 1, orderId, buyerId, amount, rateBp: 3000, attempt });
  const release = (attempt: number) => desk.ledger.releaseSubsidy({ orderId, attempt });
  /** 'r2' its second try, 'x2' that one's release, 'c' the bid is over. @returns the rule that refused it, or '' */
  const come = async (step: string): Promise<string> => {
    const attempt = Number(step.slice(1));
    if (step === 'c') await desk.closeOrder(orderId);
    else if (step.startsWith('x')) await release(attempt);
    else return reserve(attempt).then(...([() => '', ({ rule }: { rule: string }) => rule] as const));
    return '';
  };

  const late = 'attempt_must_be_the_newest';
  it.each<[string, readonly [step: string, held: number, refusedBy?: string][]]>([
    ['is held until it is released', [['r1', 3], ['x1', 0]]], // prettier-ignore
    ['that comes after its release is refused', [['x1', 0], ['r1', 0, late]]], // prettier-ignore
    ['that comes after the release of a later one is refused', [['x2', 0], ['r1', 0, late], ['r2', 0, late]]], // prettier-ignore
    ['that comes after its bid is over is refused', [['r1', 3], ['c', 0], ['r1', 0, late]]], // prettier-ignore
    ['that comes after that of a later one, and after the bid, is refused', [['r2', 3], ['c', 0], ['r1', 0, late]]], // prettier-ignore
    ['that comes after a later one changes nothing of it', [['r2', 3], ['r1', 3, late], ['x1', 3], ['x2', 0]]], // prettier-ignore
    ['after one of which nothing is known any more has what that held', [['r1', 3], ['r2', 3], ['x1', 3], ['x2', 0]]], // prettier-ignore
    ['after a released one is new', [['r1', 3], ['x1', 0], ['r2', 3], ['r1', 3, late], ['x2', 0]]], // prettier-ignore
    ['is released by that of a later one that never came', [['r1', 3], ['x2', 0], ['r1', 0, late]]], // prettier-ignore
    ['is released as often as it is said', [['r1', 3], ['x1', 0], ['x1', 0], ['r2', 3], ['x1', 3]]], // prettier-ignore
    ['of a caller that counts none is as it was', [['r0', 3], ['x0', 0], ['r0', 3], ['x1', 0], ['r0', 3]]], // prettier-ignore
  ])('%s', async (_name, steps) => {
    for (const [step, left, refusedBy = ''] of steps) {
      expect([step, await come(step)]).toEqual([step, refusedBy]);
      expect([step, await held()]).toEqual([step, yuan(left)]);
    }
  });

  it('that found nothing is over too where a later one found nothing', async () => {
    await desk.ledger.reserveSubsidy({ programmeId: 1, orderId: 7_000, buyerId, amount: issued, rateBp: 3000, attempt: 1 });
    expect(await reserve(2)).toMatchObject({ reservationId: 0, amount: 0n });
    await desk.ledger.releaseSubsidy({ orderId: 7_000, attempt: 1 });
    await expect(reserve(1)).rejects.toMatchObject({ rule: late, field: 'attempt', kind: 'conflict' });
  });

  it.each(orders(['r1', 'x1', 'r2', 'x2']))('leaves nothing held once the last is released, in the order %s %s %s %s', async (...steps) => {
    for (const step of steps) await come(step);
    expect(await held()).toBe(0n);
  });

  it.each(orders(['r1', 'x1', 'r2']))(
    'leaves the last its share where the one before it is released, in the order %s %s %s',
    async (...steps) => {
      for (const step of steps) await come(step);
      expect(await held()).toBe(yuan(3));
    },
  );

  it('and its release, said at the same moment, leave nothing held', async () => {
    for (let each = 0; each < 20; each++) {
      await Promise.all([come('r1'), come('x1'), come('r1'), come('x1')]);
      expect(await held()).toBe(0n);
      orderId += 1;
    }
  });

  it.each(['subsidy_attempts', 'reservations', 'postings'])('is all or nothing where the write of %s crashes', async (table) => {
    const crashing = async (step: string): Promise<void> => {
      const before = await held();
      await desk.exchange.database.query(`ALTER TABLE settlement.${table} ADD CONSTRAINT crash CHECK (false) NOT VALID`);
      await expect(come(step).then((rule) => rule === '' || Promise.reject(new Error(rule ?? 'crash')))).rejects.toThrow();
      await desk.exchange.database.query(`ALTER TABLE settlement.${table} DROP CONSTRAINT crash`);
      expect(await held()).toBe(before);
      expect(await come(step)).toBe('');
    };
    await crashing('r1');
    expect(await held()).toBe(yuan(3));
    await crashing('x1');
    expect(await held()).toBe(0n);
    expect(await come('r1')).toBe(late);
  });
});

/** Every order in which they may come. */
function orders(steps: readonly string[]): string[][] {
  if (steps.length === 0) return [[]];
  return steps.flatMap((step, nth) => orders(steps.toSpliced(nth, 1)).map((rest) => [step, ...rest]));
}
