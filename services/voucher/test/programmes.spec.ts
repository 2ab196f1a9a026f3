import { LedgerDefinition, ProgrammeState, VoucherDefinition } from '#contracts';
import { operator } from '#testing';
import { World, buyer, officer, otherAuthority, yuan } from './world.js';

const day = 86_400_000;
let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.exchange.stop());

const draft = async () => (await world.voucher().createProgramme({ terms: world.terms() })).programmeId;

describe('R-34: a programme', () => {
  it('is drafted, submitted, approved by two officers and active, and every step is kept', async () => {
    const programmeId = await draft();
    await world.voucher().reviseProgramme({ programmeId, terms: world.terms({ budget: yuan(500) }) });
    await world.voucher().submitProgramme({ programmeId });
    expect(await world.voucher().approveProgramme({ programmeId }, officer('second'))).toMatchObject({
      state: ProgrammeState.SUBMITTED,
      approvedBy: ['second'],
    });
    expect(await world.balances(programmeId)).toMatchObject({ issued: 0n });
    expect(await world.voucher(operator).approveProgramme({ programmeId })).toMatchObject({
      state: ProgrammeState.ACTIVE,
      approvedBy: ['second', 'test/1'],
      terms: { budget: yuan(500) },
    });
    expect(await world.balances(programmeId)).toMatchObject({ issued: yuan(500), available: yuan(500), held: 0n });

    const { steps } = await world.voucher().listProgrammeAudit({ programmeId });
    expect(steps.map(({ step, key }) => [step, key])).toEqual([
      ['drafted', 'test/2'],
      ['revised', 'test/2'],
      ['submitted', 'test/2'],
      ['approved', 'second'],
      ['approved', 'test/1'],
    ]);
  });

  it('needs two keys, neither of which had a hand in it', async () => {
    const programmeId = await draft();
    await world.voucher().submitProgramme({ programmeId }, officer('second'));
    for (const author of [{}, officer('second')])
      await expect(world.voucher().approveProgramme({ programmeId }, author)).rejects.toMatchObject({
        rule: 'officer_must_not_have_drafted_or_submitted',
        message: expect.stringMatching(/(?<!key )(test\/2|second) drafted or submitted it: two other keys must approve it$/) as string,
      });
    await world.voucher().approveProgramme({ programmeId }, officer('third'));
    await expect(world.voucher().approveProgramme({ programmeId }, officer('third'))).rejects.toMatchObject({
      rule: 'officers_must_be_two',
      message: expect.stringMatching(/(?<!key )third approved it before: another officer's key must be the second$/) as string,
    });
    expect(await world.voucher().approveProgramme({ programmeId }, officer('fourth'))).toMatchObject({ state: ProgrammeState.ACTIVE });
  });

  it('that was returned starts again: earlier approvals do not count', async () => {
    const programmeId = await draft();
    await world.voucher().submitProgramme({ programmeId });
    await world.voucher().approveProgramme({ programmeId }, officer('second'));
    expect(await world.voucher().returnProgramme({ programmeId, reason: 'the cap is missing' })).toMatchObject({
      state: ProgrammeState.DRAFT,
    });
    await world.voucher().submitProgramme({ programmeId });
    expect(await world.voucher().approveProgramme({ programmeId }, officer('third'))).toMatchObject({
      state: ProgrammeState.SUBMITTED,
      approvedBy: ['third'],
    });
  });

  it('issues its budget once however often the second approval comes', async () => {
    const programmeId = await draft();
    await world.voucher().submitProgramme({ programmeId });
    await world.voucher().approveProgramme({ programmeId }, officer('second'));
    const approvals = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((key) => world.voucher().approveProgramme({ programmeId }, officer(key))),
    );
    expect(approvals.filter((approval) => approval.status === 'fulfilled')).toHaveLength(1);
    expect(await world.balances(programmeId)).toMatchObject({ issued: yuan(1_000) });
  });

  it('whose approval was lost after the ledger had issued its budget is approved with another one', async () => {
    const programmeId = await draft();
    const approve = (key: string) => world.voucher().approveProgramme({ programmeId }, officer(key));
    const { database } = world.exchange;
    await world.voucher().submitProgramme({ programmeId });
    await approve('second');
    // The last thing that an approval writes before it commits.
    await database.query(`create function voucher.fall() returns trigger language plpgsql as $$ begin raise exception 'lost'; end $$;
      create trigger fall before insert on voucher.audit for each row execute function voucher.fall()`);
    await expect(approve('third')).rejects.toThrow('the exchange failed');
    await database.query('drop trigger fall on voucher.audit; drop function voucher.fall');
    expect(await world.balances(programmeId)).toMatchObject({ issued: yuan(1_000) });
    await world.voucher().returnProgramme({ programmeId, reason: 'too much' });
    await world.voucher().reviseProgramme({ programmeId, terms: world.terms({ budget: yuan(700) }) });
    await world.voucher().submitProgramme({ programmeId });
    await approve('second');
    expect(await approve('third')).toMatchObject({ state: ProgrammeState.ACTIVE, terms: { budget: yuan(700) } });
    expect(await world.balances(programmeId)).toMatchObject({ issued: yuan(700), available: yuan(700) });
  });

  it('whose lost approval reaches the ledger after a later one keeps the later budget', async () => {
    const programmeId = await draft();
    const approve = (key: string) => world.voucher().approveProgramme({ programmeId }, officer(key));
    const ledger = world.exchange.call(LedgerDefinition, { participantId: 0, roles: ['service'] });
    const { database } = world.exchange;
    // What voucher said of the first round is still under way: settlement has heard nothing of it.
    await world.voucher().submitProgramme({ programmeId });
    const [{ round }] = (await database.query<{ round: number }>('select round from voucher.programmes where programme_id = $1', [
      programmeId,
    ])) as [{ round: number }];
    const late = { programmeId, transferId: `approved-${round}`, amount: yuan(1_000), replaces: true, round };
    await world.voucher().returnProgramme({ programmeId, reason: 'too much' });
    await world.voucher().reviseProgramme({ programmeId, terms: world.terms({ budget: yuan(700) }) });
    await world.voucher().submitProgramme({ programmeId });
    await approve('second');
    expect(await approve('third')).toMatchObject({ state: ProgrammeState.ACTIVE, terms: { budget: yuan(700) } });
    await expect(ledger.fundProgramme(late)).rejects.toMatchObject({ rule: 'round_must_be_the_newest' });
    expect(await world.balances(programmeId)).toMatchObject({ issued: yuan(700), available: yuan(700) });
  });

  it('of which two rounds reach the ledger at once is issued the later one', async () => {
    const ledger = world.exchange.call(LedgerDefinition, { participantId: 0, roles: ['service'] });
    const rounds = [1, 3, 2, 5, 4];
    await Promise.allSettled(
      rounds.map((round) =>
        ledger.fundProgramme({ programmeId: 900, transferId: `approved-${round}`, amount: yuan(round), replaces: true, round }),
      ),
    );
    expect(await ledger.getProgrammeBalances({ programmeId: 900 })).toMatchObject({ issued: yuan(5), available: yuan(5) });
  });

  it('takes each step from its state alone', async () => {
    const { programmeId } = await world.programme();
    const voucher = world.voucher();
    const terms = world.terms();
    await expect(voucher.reviseProgramme({ programmeId, terms })).rejects.toMatchObject({ rule: 'programme_must_be_draft' });
    await expect(voucher.submitProgramme({ programmeId })).rejects.toMatchObject({ rule: 'programme_must_be_draft' });
    await expect(voucher.approveProgramme({ programmeId })).rejects.toMatchObject({ rule: 'programme_must_be_submitted' });
    await expect(voucher.returnProgramme({ programmeId, reason: 'x' })).rejects.toMatchObject({ rule: 'programme_must_be_submitted' });
    const other = await draft();
    await expect(voucher.closeProgramme({ programmeId: other, reason: 'x' })).rejects.toMatchObject({
      rule: 'programme_must_be_approved_and_open',
    });
  });

  it('gives one answer to one key', async () => {
    const request = { terms: world.terms() };
    const key = { idempotencyKey: 'draft-once' };
    const first = await world.voucher().createProgramme(request, key);
    expect(await world.voucher().createProgramme(request, key)).toEqual(first);
  });
});

describe('R-31: a period', () => {
  it('begins and ends by the clock; what is left then expires', async () => {
    const { programmeId, state } = await world.programme({ firstDay: world.today + 1, lastDay: world.today + 2 });
    expect(state).toBe(ProgrammeState.APPROVED);
    await expect(world.reserve(world.bid(programmeId))).rejects.toMatchObject({ rule: 'bid_must_come_in_the_period' });
    await world.exchange.advance(day);
    expect((await world.voucher().getProgramme({ programmeId })).state).toBe(ProgrammeState.ACTIVE);
    const bid = world.bid(programmeId);
    expect(await world.reserve(bid)).toMatchObject({ amount: yuan(20), rateBp: 2_000 });
    await world.exchange.advance(2 * day);
    expect((await world.voucher().getProgramme({ programmeId })).state).toBe(ProgrammeState.EXPIRED);
    await expect(world.reserve(world.bid(programmeId))).rejects.toMatchObject({ rule: 'programme_must_be_approved_and_open' });
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), held: yuan(20), expired: 0n });
    await world.close(bid);
    await world.exchange.advance(60_000);
    expect(await world.balances(programmeId)).toMatchObject({ available: 0n, held: 0n, expired: yuan(1_000), revoked: 0n });
  });

  it('ends early where the authority closes it: what is left is revoked', async () => {
    const { programmeId } = await world.programme();
    expect(await world.voucher().closeProgramme({ programmeId, reason: 'the plan changed' })).toMatchObject({
      state: ProgrammeState.CLOSED,
    });
    await world.exchange.advance(60_000);
    expect(await world.balances(programmeId)).toMatchObject({ available: 0n, revoked: yuan(1_000), expired: 0n });
    const { steps } = await world.voucher().listProgrammeAudit({ programmeId });
    expect(steps[0]!.detail).toMatch(/: 1000 yuan, 2026-\d\d-\d\d to 2026-\d\d-\d\d, 2000 bp$/);
    expect(steps.slice(-2).map(({ step, detail }) => [step, detail])).toEqual([
      ['closed', 'the plan changed'],
      ['ended', '1000 yuan revoked'],
    ]);
  });
});

describe('who may', () => {
  it('others do not learn of a draft, and do not touch what is not theirs', async () => {
    const programmeId = await draft();
    for (const caller of [otherAuthority, buyer])
      await expect(world.voucher(caller).getProgramme({ programmeId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(world.voucher(otherAuthority).submitProgramme({ programmeId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(world.voucher(otherAuthority).listProgrammeAudit({ programmeId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(world.voucher(buyer).submitProgramme({ programmeId })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(world.voucher(buyer).createProgramme({ terms: world.terms() })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(world.voucher().createProgramme({ authorityId: 3, terms: world.terms() })).rejects.toMatchObject({
      rule: 'programme_must_be_drafted_by_its_authority',
    });
    await expect(world.voucher(operator).createProgramme({ authorityId: 99, terms: world.terms() })).rejects.toMatchObject({
      rule: 'authority_must_be_verified',
    });
    const { programmes } = await world.voucher(buyer).listProgrammes({});
    expect(programmes.every((programme) => programme.state >= ProgrammeState.APPROVED)).toBe(true);
    expect((await world.voucher().listProgrammes({ state: ProgrammeState.DRAFT })).programmes.map((each) => each.programmeId)).toContain(
      programmeId,
    );
    await expect(world.exchange.call(VoucherDefinition, buyer).reserveSubsidy(world.bid(programmeId))).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('pages through programmes, newest first', async () => {
    const first = await world.voucher(operator).listProgrammes({ page: { limit: 2 } });
    const next = await world.voucher(operator).listProgrammes({ page: { limit: 2, cursor: first.page!.nextCursor } });
    const ids = [...first.programmes, ...next.programmes].map((programme) => programme.programmeId);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(4);
  });
});

describe('bad input', () => {
  it('is refused, naming the field and the rule', async () => {
    const terms = world.terms();
    const wrong: [object, object][] = [
      [
        { ...terms, lastDay: terms.firstDay - 1 },
        { field: 'terms.lastDay', rule: 'programme_must_end_after_it_starts' },
      ],
      [
        { ...terms, firstDay: 100, lastDay: 200 },
        { field: 'terms.lastDay', rule: 'programme_must_not_be_over' },
      ],
      [
        { ...terms, tiers: [world.tier(), world.tier()] },
        { field: 'terms.tiers[1]', rule: 'tier_must_be_reachable' },
      ],
      [{ ...terms, tiers: [] }, { kind: 'invalid' }],
      [{ ...terms, budget: 0n }, { kind: 'invalid' }],
      [{ ...terms, tiers: [world.tier({ rateBp: 10_001 })] }, { kind: 'invalid' }],
      [{ ...terms, eligibility: { regions: [], industries: ['Z'], sizes: [], firstTime: false } }, { kind: 'invalid' }],
    ];
    for (const [given, refusal] of wrong) await expect(world.voucher().createProgramme({ terms: given })).rejects.toMatchObject(refusal);
    await expect(world.voucher().submitProgramme({ programmeId: 99_999 })).rejects.toMatchObject({ kind: 'absent' });
  });
});

it('R-34: the audit only grows', async () => {
  for (const table of ['audit', 'approvals', 'claim_approvals']) {
    const grants = await world.exchange.database.query<{ privilege_type: string }>(
      `select privilege_type from information_schema.role_table_grants where table_schema = 'voucher' and table_name = $1 and grantee <> grantor`,
      [table],
    );
    expect(grants.map((grant) => grant.privilege_type).sort()).toEqual(['INSERT', 'SELECT']);
  }
});
