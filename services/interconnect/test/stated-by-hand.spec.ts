// what a partner states and proposes may be wrong, twice, late or without end. Each has a defined outcome, and nothing is netted twice.
import { createHash } from 'node:crypto';
import { type DayStated, type NettingProposed, type PartnerMessage, RemoteLeaseState, StatementsDefinition } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { firstMoment } from '#testing';
import { type Answering, answering } from './answering.js';
import { HandMade, Platform, partnerParticipant } from './platforms.js';

const minute = 60_000;
const today = shanghaiDay(slotAt(firstMoment));
const day = today - 1;
const amount = 70_000_000n;

let here: Platform;
let tianfu: HandMade;
let server: Answering;
/** What the partner answers to a netting or a statement; undefined: it is away. */
let answer: ((message: PartnerMessage) => Partial<PartnerMessage>) | undefined;
beforeEach(async () => {
  answer = undefined;
  here = await Platform.open('Shuitu');
  tianfu = new HandMade('Tianfu', here);
  const capabilities = ['statement', 'netting', 'adjustment', 'compensation'];
  const greeting = () => ({ ...tianfu.hello().hello!, capabilities });
  server = await answering(
    () => tianfu,
    (message) => (message.hello ? { helloAnswer: greeting() } : answer?.(message)),
  );
  await here.register(tianfu, server.port);
  await here.exchange.advance();
  await tianfu.say({ hello: greeting() });
});
afterEach(async () => {
  // Nothing is in the credit limit but what is sold and not netted, and each item is in one netting at most.
  expect(
    await here.sql(`select i.platform from interconnect.statement_items i left join interconnect.nettings n on n.platform = i.platform and n.through = i.netted_through
    where i.netted_through is not null and (n.through is null or n.agreed_at > 0 and i.ours <> i.theirs)`),
  ).toEqual([]);
  await here?.stop();
  server?.stop();
});

const idOf = (nth: number): string => `reservation-${String(nth).padStart(4, '0')}`;
/** Sold to the partner, and as it states it. */
const keep = (nth: number, ours: bigint, theirs: bigint, on = day) =>
  here.sql('insert into interconnect.statement_items (platform, side, reservation_id, day, ours, theirs) values ($1, 1, $2, $3, $4, $5)', [
    ...['Tianfu', idOf(nth), on, ours, theirs],
  ]);
const items = (...of: [nth: number, amount: bigint][]) => of.map(([nth, of]) => ({ reservationId: idOf(nth), amount: of }));
const stated = (change: Partial<DayStated>): DayStated => ({
  ...{ day, revision: 1, fromId: '', toId: '', sold: [], bought: [] },
  ...{ soldAdjustments: [], boughtAdjustments: [], soldCompensations: [], boughtCompensations: [] },
  ...change,
});
const state = (change: Partial<DayStated>) => tianfu.say({ statement: stated(change) });
/** As the partner sees it: what is sold here it has bought. */
const proposal = (nths: number[], change: Partial<NettingProposed> = {}): NettingProposed => ({
  ...{ through: day, currency: 'CNY', sold: 0n, bought: amount * BigInt(nths.length), items: nths.length },
  digest: createHash('sha256')
    .update(nths.map((nth) => `${idOf(nth)}\n`).join(''))
    .digest(),
  ...change,
});
const propose = (...given: Parameters<typeof proposal>) => tianfu.say({ netting: proposal(...given) });
const theirs = async () => {
  const rows = await here.sql<{ reservation_id: string; day: number; ours: string; theirs: string; netted_through: number | null }>(
    'select reservation_id, day, ours, theirs, netted_through from interconnect.statement_items order by reservation_id',
  );
  return rows.map((row) => [row.reservation_id, row.day, BigInt(row.ours), BigInt(row.theirs), row.netted_through]);
};
const nettings = async () => {
  const { nettings: all } = await here.exchange.call(StatementsDefinition).listNettings({ platform: 'Tianfu' });
  return all.map(({ through, sold, bought, items: count }) => [through, sold, bought, count]);
};

describe('a netting is netted once, of what both have', () => {
  beforeEach(() => Promise.all([1, 2].map((nth) => keep(nth, amount, amount))));

  it.each<[string, Partial<NettingProposed>, string, RegExp]>([
    ['another count', { items: 3 }, 'nettings_must_be_alike', /^items 3, by this platform 2$/],
    ['another currency', { currency: 'EUR' }, 'nettings_must_be_alike', /^currency EUR, by this platform CNY$/],
    [
      'other sums',
      { bought: amount, sold: 1n },
      'nettings_must_be_alike',
      /^sold 1, by this platform 0; bought 70000000, by this platform 140000000$/,
    ],
    ['other items', { digest: Buffer.alloc(32, 1) }, 'nettings_must_be_alike', /^digest 01{1,2}/],
    ['a sum below 0', { sold: -1n }, 'number_must_be_in_range', /netting\.sold/],
    ['a day that is not over', { through: today }, 'day_must_be_over', /not known yet/],
    ['a day far ahead', { through: today + 300 }, 'day_must_be_over', /not known yet/],
    [
      'no items, of a day without',
      { through: day - 1, bought: 0n, items: 0, digest: createHash('sha256').digest() },
      'netting_must_have_items',
      /nothing/,
    ],
  ])('%s: refused for good, and neither has netted', async (_name, change, rule, detail) => {
    expect((await propose([1, 2], change)).refused).toMatchObject({ rule, detail: expect.stringMatching(detail) as string, again: false });
    expect(await nettings()).toEqual([]);
  });

  it('agreed to again as it was, and by another message; anything else through its day is told that there was one', async () => {
    const message = tianfu.message({ netting: proposal([1, 2]) });
    const first = await tianfu.tellRaw(tianfu.signed(message));
    expect(await tianfu.tellRaw(tianfu.signed(message))).toEqual(first);
    expect((await propose([1, 2])).nettingAnswer).toEqual({ through: day });
    await keep(3, amount, amount);
    for (const [nths, change] of [
      [[1, 2], { currency: 'EUR' }],
      [[1, 2], { items: 1 }],
      [[1, 2], { bought: amount }],
      [[3], {}],
    ] as const)
      expect((await propose([...nths], change)).refused).toMatchObject({
        ...{ rule: 'netting_day_must_be_new', detail: expect.stringMatching(/^another through it is netted: /) as string },
      });
    expect(await nettings()).toEqual([[day, 2n * amount, 0n, 2]]);
    await here.exchange.advance();
    expect(here.market.netted).toMatchObject([
      { participantId: partnerParticipant, through: day, sold: 2n * amount, bought: 0n, items: 2 },
    ]);
  });

  it('an item that is netted is in no other netting, and what the partner states of it later changes nothing', async () => {
    await propose([1, 2]);
    await state({ bought: items([1, 5n]) });
    expect((await theirs()).map(([, , ours, of, through]) => [ours, of, through])).toEqual([
      [amount, amount, day],
      [amount, amount, day],
    ]);
    await keep(3, amount, amount, day - 1);
    expect((await propose([1, 3], { through: day - 1 })).refused?.rule).toBe('nettings_must_be_alike');
    expect((await propose([3], { through: day - 1 })).nettingAnswer).toBeDefined();
  });

  const proposeHere = () => here.exchange.call(StatementsDefinition).proposeNetting({ platform: 'Tianfu', through: day });
  const refused = () => ({
    refused: { rule: 'message_must_be_said_in_time', detail: '', again: false, time: here.exchange.now(), left: undefined },
  });
  /** Beyond the pause after what had no answer. */
  const asksAgain = () => here.exchange.advance(minute);

  it('what both propose at once, alike, is netted once, whatever is answered to the second', async () => {
    await proposeHere();
    expect((await propose([1, 2])).nettingAnswer).toEqual({ through: day });
    answer = refused;
    await asksAgain();
    expect(await nettings()).toEqual([[day, 2n * amount, 0n, 2]]);
    expect((await theirs()).map(([, , , , through]) => through)).toEqual([day, day]);
    expect(here.market.netted).toHaveLength(1);
  });

  it('what is proposed through the same day while another waits is refused, and each item is in one', async () => {
    await proposeHere();
    await keep(3, amount, amount);
    expect((await propose([3])).refused).toMatchObject({
      ...{
        rule: 'netting_day_must_be_new',
        detail: expect.stringMatching(/^another through it waits: items 1, by this platform 2/) as string,
      },
    });
    answer = () => ({ nettingAnswer: { through: day } });
    await asksAgain();
    expect(await nettings()).toEqual([[day, 2n * amount, 0n, 2]]);
  });

  it('what the partner states otherwise while a netting waits counts, once that came to nothing', async () => {
    await proposeHere();
    const { statementAnswer } = await state({ bought: items([1, 5n], [2, amount]) });
    expect(statementAnswer?.differences).toEqual([{ reservationId: idOf(1), sold: false, stated: 5n, known: amount }]);
    answer = refused;
    await asksAgain();
    expect((await theirs()).map(([, , ours, of, through]) => [ours, of, through])).toEqual([
      [amount, 5n, null],
      [amount, amount, null],
    ]);
    answer = () => ({ nettingAnswer: { through: day } });
    await proposeHere();
    await here.exchange.advance();
    expect(await nettings()).toEqual([[day, amount, 0n, 1]]);
  });

  it('what it states otherwise and then agrees on is netted as agreed', async () => {
    await proposeHere();
    await state({ bought: items([1, 5n]) });
    answer = () => ({ nettingAnswer: { through: day } });
    await asksAgain();
    expect((await theirs()).map(([, , ours, of]) => [ours, of])).toEqual([
      [amount, amount],
      [amount, amount],
    ]);
    expect(await nettings()).toEqual([[day, 2n * amount, 0n, 2]]);
  });

  const crash = (table: string, on: string) =>
    here.sql(`create or replace function interconnect.crash() returns trigger language plpgsql as $$ begin raise 'crashed'; end $$;
      create trigger crash after ${on} on interconnect.${table} for each row execute function interconnect.crash()`);
  const steps = [
    ['nettings', 'insert'],
    ['statement_items', 'update'],
    ['nettings', 'update'],
    ['partner_talk', 'update of committed'],
    ['answers', 'insert'],
  ] as const;

  it.each(steps)('ended while %s are written (%s) it is not netted; said again it is, once', async (table, on) => {
    await crash(table, on);
    const message = tianfu.message({ netting: proposal([1, 2]) });
    await expect(tianfu.tellRaw(tianfu.signed(message))).rejects.toMatchObject({ code: expect.any(Number) as number });
    expect([await nettings(), (await theirs()).map(([, , , , through]) => through)]).toEqual([[], [null, null]]);
    await here.sql(`drop trigger crash on interconnect.${table}`);
    for (const _ of [1, 2]) expect((await tianfu.tell(tianfu.signed(message))).nettingAnswer).toEqual({ through: day });
    expect(await nettings()).toEqual([[day, 2n * amount, 0n, 2]]);
    await here.exchange.advance();
    expect(here.market.netted).toHaveLength(1);
  });

  it.each(steps.slice(2))('ended while %s are written (%s) an answer is not taken; asked again it is, once', async (table, on) => {
    await proposeHere();
    await crash(table, on);
    answer = () => ({ nettingAnswer: { through: day } });
    await asksAgain();
    expect(await nettings()).toEqual([]);
    await here.sql(`drop trigger crash on interconnect.${table}`);
    await asksAgain();
    expect(await nettings()).toEqual([[day, 2n * amount, 0n, 2]]);
    expect(here.market.netted).toHaveLength(1);
  });

  it('an agreement to another day is no answer', async () => {
    await proposeHere();
    answer = () => ({ nettingAnswer: { through: day - 1 } });
    await asksAgain();
    expect(await nettings()).toEqual([]);
    answer = () => ({ nettingAnswer: { through: day } });
    await asksAgain();
    expect(await nettings()).toHaveLength(1);
  });
});

describe('a statement within its bounds', () => {
  it.each<[string, () => Partial<DayStated>, string]>([
    ['of a day that has not begun', () => ({ day: today + 1 }), 'statement_day_must_have_begun'],
    ['of a day of more than three years ago', () => ({ day: today - 1_096 }), 'statement_day_must_be_within_three_years'],
    ['of no ids', () => ({ fromId: 'b', toId: 'a' }), 'statement_part_must_not_be_empty'],
    ['with an id twice', () => ({ sold: items([1, 1n], [2, 1n], [1, 1n]) }), 'item_must_be_stated_once'],
    [
      'with an adjustment twice',
      () => ({ boughtAdjustments: [1, 2].map((of) => ({ reservationId: idOf(1), number: 1, amount: BigInt(of) })) }),
      'item_must_be_stated_once',
    ],
    ['below 0', () => ({ sold: items([1, -1n]) }), 'number_must_be_in_range'],
  ])('%s is refused, and nothing of it is kept', async (_name, change, rule) => {
    expect((await state({ bought: items([9, 5n]), ...change() })).refused).toMatchObject({ rule, again: false });
    expect(await theirs()).toEqual([]);
    expect(await here.sql('select 1 from interconnect.heard_parts')).toEqual([]);
  });

  it('of today, and of the same id sold and bought, is heard', async () => {
    const { statementAnswer } = await state({ day: today, sold: items([1, 3n]), bought: items([1, 4n]) });
    expect(statementAnswer?.differences).toHaveLength(2);
  });

  it('items that the partner alone has are 100,000 at most, and those that it takes back leave nothing', async () => {
    await here.sql(
      `insert into interconnect.statement_items (platform, side, reservation_id, day, theirs) select 'Tianfu', 2, 'alone-' || lpad(n::text, 8, '0'), $1, 1 from generate_series(1, 99999) n`,
      [day - 1],
    );
    await keep(1, amount, 0n);
    const two = { sold: items([7, 1n], [8, 1n]) };
    expect((await state(two)).refused).toMatchObject({ rule: 'items_stated_alone_must_not_exceed_100000' });
    // What this platform has, too, is not counted.
    expect((await state({ sold: items([7, 1n]), bought: items([1, amount]) })).statementAnswer).toBeDefined();
    expect((await state({ revision: 2, ...two })).refused).toBeDefined();
    expect((await state({ day: day - 1, revision: 1 })).statementAnswer).toBeDefined();
    expect((await state({ revision: 2, ...two })).statementAnswer).toBeDefined();
    expect((await theirs()).map(([id]) => id)).toEqual([1, 7, 8].map(idOf));
  });

  it('a day has 200 parts at most; what newer ones cover is forgotten', async () => {
    const bounds = Array.from({ length: 201 }, (_, nth) => `part-${String(nth).padStart(4, '0')}`);
    for (const [nth, fromId] of bounds.slice(0, 200).entries()) await state({ fromId, toId: bounds[nth + 1]! });
    const beyond = { fromId: bounds[200]!, toId: 'part-9' };
    expect((await state(beyond)).refused).toMatchObject({ rule: 'statement_parts_must_not_exceed_200' });
    // Said again it is no other part.
    expect((await state({ fromId: bounds[0]!, toId: bounds[1]!, revision: 2 })).statementAnswer).toBeDefined();
    for (const part of [
      { fromId: '', toId: 'part-0100' },
      { fromId: 'part-0100', toId: '' },
    ])
      await state({ revision: 3, ...part });
    expect(await here.sql('select revision from interconnect.heard_parts')).toEqual([{ revision: 3 }, { revision: 3 }]);
    expect((await state(beyond)).statementAnswer).toBeDefined();
  });

  it('parts of two revisions in any order leave what the newer says', async () => {
    const first = { revision: 1, toId: idOf(5), sold: items([1, 1n], [2, 1n]) };
    const [left, right] = [
      { revision: 2, toId: idOf(1), sold: items([1, 2n]) },
      { revision: 2, fromId: idOf(1), sold: items([9, 2n]) },
    ];
    for (const part of [right, left, first, left]) await state(part);
    expect((await theirs()).map(([id, , , of]) => [id, of])).toEqual([
      [idOf(1), 2n],
      [idOf(9), 2n],
    ]);
  });

  it('an item of another day here is not moved, and differs; one that the partner alone has it may move', async () => {
    await keep(1, amount, amount);
    const { statementAnswer } = await state({ day: day - 1, bought: items([1, 5n], [2, 7n]) });
    expect(statementAnswer?.differences).toEqual([
      { reservationId: idOf(2), sold: false, stated: 7n, known: 0n },
      { reservationId: idOf(1), sold: false, stated: 5n, known: 0n },
    ]);
    await state({ day: day - 1, revision: 2 });
    await state({ bought: items([1, amount], [2, 7n]) });
    expect(await theirs()).toEqual([
      [idOf(1), day, amount, amount, null],
      [idOf(2), day, 0n, 7n, null],
    ]);
  });
});

const window = { from: slotAt(firstMoment), to: slotAt(firstMoment) + 8 };
const told = { reservationId: idOf(1), serial: 1, state: RemoteLeaseState.ACTIVE, delivered: window, unitSlots: 1, reason: '', at: 1 };
/** 16 units of which a trade of the same number has all. */
async function bought(number: number): Promise<void> {
  await here.sql(
    `insert into interconnect.pieces (reservation_id, platform, number, state, pool_id, terms, units, from_slot, to_slot, amount, asked_at)
     values ($1, 'Tianfu', $2, 4, 1000000000, '', 16, $3, $4, 1, 1)`,
    [idOf(number), number, window.from, window.to],
  );
  await here.sql('insert into interconnect.piece_trades (trade_id, reservation_id, units) values ($2, $1, 16)', [idOf(number), number]);
}

it('a state of a lease whose serial is not higher is old, and changes nothing', async () => {
  await bought(2);
  const tell = (serial: number, unitSlots: number) =>
    tianfu.say({ leaseState: { ...told, reservationId: idOf(2), leaseId: 9_000, serial, unitSlots } });
  const slots = async (): Promise<unknown> => (await here.sql('select unit_slots from interconnect.heard_leases where lease_id = 9000'))[0];
  for (const [serial, unitSlots, taken, stands] of [
    [2, 64, 2, '64'],
    [2, 32, 2, '64'],
    [1, 16, 2, '64'],
    [3, 48, 3, '48'],
  ] as const) {
    expect((await tell(serial, unitSlots)).leaseStateAnswer?.heardSerial).toBe(taken);
    expect(await slots()).toEqual({ unit_slots: stands });
  }
});

it('5,000 leases of a reservation at most are told; of those more may be told', async () => {
  await bought(1);
  await here.sql(
    `insert into interconnect.heard_leases (platform, lease_id, reservation_id) select 'Tianfu', n, $1 from generate_series(1, 4999) n`,
    [idOf(1)],
  );
  const tell = (leaseId: number) => tianfu.say({ leaseState: { ...told, leaseId } });
  const record = { reservationId: idOf(1), version: 1, window, unitSlotsDue: 1, unitSlotsUp: 1, energyWh: 0, energyMeasured: true };
  const measured = (...leaseIds: number[]) => tianfu.say({ usage: { records: leaseIds.map((leaseId) => ({ ...record, leaseId })) } });
  expect((await measured(5000, 5001)).refused?.rule).toBe('leases_must_not_exceed_5000');
  expect((await tell(5000)).leaseStateAnswer).toBeDefined();
  expect((await tell(5001)).refused?.rule).toBe('leases_must_not_exceed_5000');
  expect((await measured(1, 2, 5000)).usageAnswer).toEqual({ recorded: 3, duplicates: 0 });
});
