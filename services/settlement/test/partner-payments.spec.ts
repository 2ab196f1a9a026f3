// what a netting left is paid through banks, whole or in parts, either way; an officer records it, and the audit holds it against the accounts.
import { PartnerNetted, PartnerPaymentsDefinition } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { brokenByPayment, isOpen, leftOf, roundedBy, type Netting } from '../src/core/partner-payment.js';
import { Desk, nothing, yuan } from './market.js';

describe('core', () => {
  const netting = (sold: number, bought: number, settled = 0): Netting => ({
    sold: yuan(sold),
    bought: yuan(bought),
    settled: yuan(settled),
  });
  it.each([
    ['nothing was left', netting(5, 5), 1, 10, 'netting_must_be_open'],
    ['less than a fen is left', netting(5.005, 5), 0.01, 10, 'netting_must_be_open'],
    ['it is paid', netting(9, 5, 4), 1, 10, 'netting_must_be_open'],
    ['more than is left', netting(9, 5, 1), 3.01, 10, 'amount_must_not_exceed_what_is_left'],
    ['more than a fen too much', netting(5, 9.005), 4.02, 10, 'amount_must_not_exceed_what_is_left'],
    ['a fen that is not whole, up', netting(5, 9.005), 4.01, 10, undefined],
    ['a part', netting(9, 5), 1, 10, undefined],
    ['the bank counts it tomorrow', netting(9, 5), 4, 11, 'value_date_must_not_be_ahead'],
    ['amount before date', netting(9, 5), 5, 11, 'amount_must_not_exceed_what_is_left'],
  ])('%s', (_, of, amount, valueDate, rule) => expect(brokenByPayment(of, { amount: yuan(amount), valueDate }, 10)).toBe(rule));

  it.each([
    [netting(9.005, 5), 4, 0.005],
    [netting(9.005, 5), 4.01, -0.005],
    [netting(9.005, 5), 3.99, 0],
    [netting(9.005, 5, 3.99), 0.01, 0.005],
    [netting(5, 9), 4, 0],
  ])('the last fen of %o, %d paid: %d', (of, amount, rounded) => expect(roundedBy(yuan(amount), of)).toBe(yuan(rounded)));

  it('is open from a fen on', () => {
    expect([netting(5, 5.01), netting(5, 5.009999), netting(9, 5, 3.99), netting(9, 5, 4)].map(isOpen)).toEqual([true, false, true, false]);
    expect(leftOf(netting(5, 9, 1))).toBe(yuan(3));
  });
});

const partnerId = 5;
const day = 86_400_000;
describe('recorded', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk?.stop());

  const today = (): number => shanghaiDay(slotAt(desk.exchange.now()));
  const payments = () => desk.exchange.call(PartnerPaymentsDefinition);
  const net = (through: number, sold: number, bought: number) =>
    desk.tellInterconnect(
      PartnerNetted,
      PartnerNetted.create({
        ...{ participantId: partnerId, platform: 'Tianfu', through, currency: 'CNY', items: 2 },
        ...{ sold: yuan(sold), bought: yuan(bought) },
      }),
    );
  const request = (through: number, amount: number, bankReference: string) => ({
    ...{ participantId: partnerId, through, amount: yuan(amount), bankReference, valueDate: today() },
  });
  const pay = (...[through, amount, bankReference]: [number, number, string]) =>
    payments().recordPartnerPayment(request(through, amount, bankReference));
  const left = async (open = false) =>
    (await payments().listPartnerNettings({ open })).nettings.map((one) => [one.through, one.receivable, one.left, one.ageDays]);
  const balances = () => Promise.all(['payable', 'receivable'].map((part) => desk.balanceOf(`partner/${partnerId}/${part}`)));
  const mustBeSound = async () => {
    expect(await desk.leftOver()).toEqual(nothing);
    expect((await desk.recounted()).findings).toEqual([]);
  };

  it('is paid by us and to us, whole and in parts, and is open until the last fen', async () => {
    const [first, second] = [today() - 40, today() - 10];
    await net(first, 100, 40.005);
    await desk.exchange.advance(30 * day);
    await net(second, 7, 30);
    expect(await left(true)).toEqual([
      [second, false, yuan(23), 0],
      [first, true, yuan(59.995), 30],
    ]);
    expect(await balances()).toEqual([yuan(23), -yuan(59.995)]);
    expect(await pay(second, 23, 'out 1')).toMatchObject({ received: false, amount: yuan(23), rounded: 0n, returnedAt: 0 });
    expect(await pay(first, 20, 'in 1')).toMatchObject({ received: true, rounded: 0n, recordedBy: 'test/1' });
    expect(await balances()).toEqual([0n, -yuan(39.995)]);
    const before = await desk.balanceOf('rounding');
    expect(await pay(first, 40, 'in 2')).toMatchObject({ rounded: -5_000n });
    expect(await desk.balanceOf('rounding')).toBe(before + 5_000n);
    expect(await balances()).toEqual([0n, 0n]);
    expect([await left(true), await left()]).toEqual([
      [],
      [
        [second, false, 0n, 0],
        [first, true, 0n, 30],
      ],
    ]);
    await mustBeSound();
  });

  it('what came back opens the netting again, to the micro-yuan; its receipt may be recorded anew', async () => {
    await net(today(), 5, 10.005);
    const rounding = await desk.balanceOf('rounding');
    const { paymentId } = await pay(today(), 5, 'out 1');
    expect([await balances(), await desk.balanceOf('rounding')]).toEqual([[0n, 0n], rounding + 5_000n]);
    await expect(pay(today(), 5, 'out 2')).rejects.toMatchObject({ rule: 'netting_must_be_open', field: 'through' });
    expect(await payments().returnPartnerPayment({ paymentId, reason: 'account closed' })).toMatchObject({
      returnReason: 'account closed',
    });
    expect([await balances(), await desk.balanceOf('rounding')]).toEqual([[yuan(5.005), 0n], rounding]);
    await expect(payments().returnPartnerPayment({ paymentId, reason: 'again' })).rejects.toMatchObject({ rule: 'payment_must_stand' });
    await pay(today(), 5.01, 'OUT 1 ');
    expect((await payments().listPartnerPayments({})).payments.map((one) => [one.amount, one.returnedAt > 0])).toEqual([
      [yuan(5.01), false],
      [yuan(5), true],
    ]);
    await mustBeSound();
  });

  it('is recorded once: under one key, and by one receipt, which is no deposit’s either', async () => {
    await net(today(), 10, 0);
    const asked = request(today(), 4, 'in 1');
    const once = await payments().recordPartnerPayment(asked, { idempotencyKey: 'k-1' });
    expect(await payments().recordPartnerPayment(asked, { idempotencyKey: 'k-1' })).toEqual(once);
    expect(await left()).toEqual([[today(), true, yuan(6), 0]]);
    await desk.settlement().recordDeposit({ participantId: partnerId, amount: yuan(3), bankReference: 'in 2' });
    for (const reference of [' in 1', 'IN 2'])
      await expect(pay(today(), 3, reference)).rejects.toMatchObject({ rule: 'bank_reference_must_be_new', field: 'bankReference' });
    const deposit = desk.settlement().recordDeposit({ participantId: partnerId, amount: yuan(4), bankReference: 'in 1' });
    await expect(deposit).rejects.toMatchObject({ rule: 'bank_reference_must_be_new' });
    await expect(pay(today() - 1, 3, 'in 3')).rejects.toMatchObject({ rule: 'entity_must_exist' });
    await expect(pay(today(), 6.01, 'in 3')).rejects.toMatchObject({ rule: 'amount_must_not_exceed_what_is_left', field: 'amount' });
    await expect(pay(today(), 1.005, 'in 3')).rejects.toMatchObject({ field: 'amount' });
    await mustBeSound();
  });

  it('two who record the same at once do not pay it twice', async () => {
    await net(today(), 10, 0);
    const outcomes = await Promise.allSettled([pay(today(), 10, 'in 1'), pay(today(), 10, 'in 2'), pay(today(), 10, 'in 3')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await balances()).toEqual([0n, 0n]);
  });

  it('the audit finds a payment that the accounts do not show, one of more than is owed, and one of nothing', async () => {
    await net(today(), 10, 0);
    const { paymentId } = await pay(today(), 4, 'in 1');
    const found = async (change: string) => {
      await desk.exchange.database.query(change, [paymentId]);
      return (await desk.recounted()).findings.map(({ table, row }) => `${table} ${row}`);
    };
    const [account, netting] = [`accounts partner/${partnerId}/receivable`, `partner_nettings ${partnerId}, CNY`];
    const set = (what: string) => `update settlement.partner_payments set ${what} where payment_id = $1`;
    expect(await found(set('amount = amount + 10000'))).toEqual([account]);
    expect(await found(set('amount = 20000000'))).toEqual([account, `${netting}, ${today()}`]);
    expect(await found(set('amount = 4000000, through = through - 1'))).toEqual([`${netting}, ${today() - 1}`]);
    expect(await found(set('through = through + 1, received = false'))).toContain(`${netting}, ${today()}`);
    expect(await found(set('received = true'))).toEqual([]);
    expect(await found("insert into settlement.partner_payment_returns values ($1, 'never', 1, 'k')")).toEqual([account]);
  });
});
