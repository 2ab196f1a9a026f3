// Who gets a programme's money: named to its authority, by its registration when it claimed, and to no other; with what of the bill it was for.
import { BurnBy, ComputeClass, SubsidyKind } from '#contracts';
import { World, authority, buyer, otherAuthority, provider, yuan } from './world.js';

let world: World;
let programmeId: number;
let claimId: number;
const wei = { name: '=HYPERLINK("http://a.cn")', creditCode: '91510100MA6000002X' };
const cloud = { name: '天府云', creditCode: '91510100MA6000001X' };
const regulator = { participantId: 9, roles: ['regulator'] as const };

beforeAll(async () => {
  world = await World.open();
  await world.deposit(buyer.participantId, yuan(1_000));
  await world.participant(buyer.participantId, 110, wei);
  await world.participant(provider, 200, cloud);
  ({ programmeId } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT }));
  const bid = world.bid(programmeId);
  await world.reserve(bid);
  // The second stands on the same bill, and under no programme.
  await world.deliver(bid);
  await world.deliver(world.bid(0));
  await world.closeMonth();
  ({ claimId } = (await world.voucher().listClaims({ programmeId })).claims[0]!);
  await world.participant(buyer.participantId, 110, { ...wei, name: 'Wei Labs' });
  await world.exchange.advance();
});
afterAll(() => world?.exchange.stop());

it('a claim names its firm as it was registered then, and the lines that the programme pays for', async () => {
  expect(world.others.bills.at(-1)!.lines).toHaveLength(2);
  const claim = await world.voucher().getClaim({ claimId });
  expect(claim.firm).toEqual(wei);
  expect(claim.lines).toEqual([
    {
      ...{
        tradeId: world.others.bills.at(-1)!.lines[0]!.tradeId,
        providerId: provider,
        provider: cloud,
        computeClass: ComputeClass.INTELLIGENT,
      },
      ...{ domestic: false, greenShareBp: 0, base: yuan(100), amount: yuan(20), refunded: 0n, clawedBack: 0n },
    },
  ]);
  expect((await world.voucher().listClaims({ programmeId })).claims[0]!.firm).toEqual(wei);
  expect((await world.voucher(regulator).getClaim({ claimId })).firm).toEqual(wei);
  const own = await world.voucher(buyer).getClaim({ claimId });
  expect([own.firm, own.lines]).toEqual([undefined, []]);
  await expect(world.voucher(otherAuthority).getClaim({ claimId })).rejects.toMatchObject({ kind: 'absent' });
});

it('so do the budget’s groups, and a trial’s firms', async () => {
  const { groups } = await world.voucher().getBudgetBurn({ programmeId, by: [BurnBy.FIRM] });
  expect(groups).toMatchObject([{ buyerId: buyer.participantId, firm: wei, firms: 1, claims: 1, paid: yuan(20) }]);
  expect((await world.voucher().getBudgetBurn({ programmeId })).groups).toMatchObject([{ buyerId: 0, firm: undefined }]);
  const year = Number(world.others.bills.at(-1)!.month.slice(0, 4));
  const { trialId } = await world.voucher().tryProgramme({ programmeId, year });
  expect((await world.voucher().listTrialFirms({ trialId })).firms).toMatchObject([{ firm: { ...wei, name: 'Wei Labs' } }]);
});

it('a programme’s claims are a file for its authority, in which no name is a formula', async () => {
  const read = async (caller = authority) => {
    let text = '';
    for await (const { data } of world.voucher(caller).exportClaims({ programmeId })) text += Buffer.from(data).toString();
    return text;
  };
  const [header, row, ...rest] = (await read()).trim().split('\n');
  expect(rest).toEqual([]);
  expect(header).toContain('credit code 统一社会信用代码');
  expect(row).toContain(`"'=HYPERLINK(""http://a.cn"")",91510100MA6000002X,500103,I,SMALL,`);
  expect(row).toContain(',100,20,0,');
  expect(row).toContain('kept: rate: 2000 bp, of 100 yuan paid');
  await expect(read(otherAuthority)).rejects.toMatchObject({ kind: 'absent' });
});
