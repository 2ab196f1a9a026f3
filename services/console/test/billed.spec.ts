// What those who trade are billed and paid, in a real browser: spend with its budgets, bills, income, and what is disputed between them.
import { Browser, type Page } from '#testing';
import { leavePictures, widerThan } from './pictures.js';
import { type Trading, openTrading } from './trading.js';

const browser = await Browser.start();

it('is tried wherever tests must try all', () => expect(Boolean(browser || !process.env.CI)).toBe(true));

const account = { holder: '水土算力有限公司', number: '6222020200112233', bankName: '工商银行重庆分行', bankCode: '102653000013' };

/** As it is where a buyer's meter was corrected after its money was gone. */
const overdue = {
  balance: { moneyAvailable: '0', moneyHeld: '0', subsidyReserved: '0', receivable: '6', receivableDueAt: '2026-01-15T16:00:00Z' },
  notice: { kind: 'RECEIVABLE_OVERDUE', amount: '6', dueAt: '2026-01-15T16:00:00Z', toldAt: '2026-01-15T17:00:00Z' },
};

if (browser)
  describe('who is billed and who is paid', () => {
    let stage: Trading;
    let page: Page;
    let buyer: string;
    let provider: string;

    const show: Trading['show'] = (path, key, language) => stage.show(path, key, language);
    const text: Trading['text'] = (selector) => stage.text(selector);
    /** What the API would say of these paths. */
    const saying = (said: object) =>
      page.evaluate(`window.asked = window.fetch;
        window.said = ${JSON.stringify(said)};
        window.fetch = (path, init) => window.said[path] ? Promise.resolve(new Response(JSON.stringify(window.said[path]))) : window.asked(path, init); undefined`);
    /** Fills the form of an act in and sends it. */
    const send = (act: string, values: object) =>
      page.evaluate(`{ const form = document.querySelector('[data-act="${act}"]'); form.closest('details').open = true;
        for (const [name, value] of Object.entries(${JSON.stringify(values)})) form.querySelector('[name=' + name + ']').value = value;
        form.requestSubmit(); }`);
    const ofBuyer = () => ({
      stage,
      key: buyer,
      paths: ['/spending?month=2026-01', '/spending', '/bills', '/bills/1', '/disputes', '/disputes/1'],
    });
    const ofProvider = () => ({ stage, key: provider, paths: ['/income', '/income/2026-01', '/disputes', '/disputes/1'] });

    beforeAll(async () => {
      stage = await openTrading(browser);
      ({ page } = stage);
      ({ buyer, provider } = stage.keys);
      const from = stage.slot();
      await stage.bid({ units: 4 }, { project: 'vision 视觉' });
      await stage.exchange.advance();
      await stage.slots(6);
      await stage.wasUp(from, from + 4);
      await stage.slots(8);
    });
    afterAll(async () => {
      await stage?.stop();
      await browser.stop();
    });
    afterEach(() => page.evaluate('window.fetch = window.asked ?? window.fetch; undefined'));

    it('a buyer sees the month’s spend by project, and sets a budget that alarms', async () => {
      await show('/spending', buyer);
      expect(await text()).toMatch(/vision 视觉\s+1\s+¥ 8\.00\s+¥ 0\.00\s+¥ [\d,.]+\s+¥ 0\.00\s+–\s+–\s+All projects\s+1\s+¥ 8\.00/);
      expect(await text()).toContain('No budget is set.');
      await show('/spending?month=2025-12', buyer, 'zh');
      expect(await text()).toContain('本月没有租约，也未设定预算。');
      await show('/spending', buyer);
      const set = (alarms: string) =>
        page.evaluate(`{ document.querySelector('summary').click();
          const of = (name) => document.querySelector('main form [name=' + name + ']');
          of('project').value = 'vision 视觉'; of('amount').value = '10'; of('alarms').value = '${alarms}';
          document.querySelector('main form').requestSubmit(); }`);
      await set('80, 50');
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text('[role=alert]')).toContain('budget_alarms_must_rise');
      await set('50, 80, 100');
      await page.until(`document.querySelectorAll('#main table').length === 3`);
      expect(await text()).toMatch(/vision 视觉\s+¥ 10\.00\s+50 %, 80 %, 100 %\s+2026-01-01/);
      expect(await text()).toMatch(/¥ 10\.00\s+80 %\s+All projects/);
      expect(await text()).toMatch(/2026-01\s+vision 视觉\s+80 %\s+¥ 8\.00\s+¥ 10\.00/);
    });

    it('a buyer without bills reads so', async () => {
      await show('/bills', buyer);
      expect(await text()).toContain('No bill is issued yet.');
      expect(await text()).toContain('Nothing was overdue.');
      await show('/disputes', buyer, 'zh');
      expect(await text()).toContain('没有争议。');
    });

    it('a buyer opens a bill down to its lines, and takes its files', async () => {
      await stage.until('2026-02-01T00:00:00+08:00');
      await stage.send('/v1/billing-periods/2026-01/close', {});
      await stage.exchange.advance();
      await show('/bills', buyer);
      expect(await text()).toMatch(/Money free\s+¥ 992\.00[^]+Owed\s+¥ 0\.00/);
      expect(await text()).toMatch(/2026-01\s+1\s+2026-02-01 00:00\s+1\s+¥ 8\.00\s+¥ 0\.00\s+¥ 8\.00\s+¥ 0\.00\s+¥ 8\.00/);
      await show('/bills/1', buyer, 'zh');
      expect(await text()).toMatch(/其中税额\s+¥ 0\.45 \(6 %\)\s+不含税金额\s+¥ 7\.55/);
      expect(await text()).toMatch(
        /1\s+算力\s+vision 视觉\s+1\s+A100, 保障型\s+2026-01-01 00:15 – 2026-01-01 01:15\s+4\s+¥ 2\.00\s+¥ 8\.00\s+¥ 0\.45/,
      );
      expect(await text()).toContain('没有退款。');
      expect(JSON.parse(String(await stage.downloaded('bill-1.json')))).toMatchObject({ billId: 1, total: '8' });
      expect(JSON.parse(String(await stage.downloaded('bill-1-lines.ndjson')))).toMatchObject({ line: 1, amount: '8' });
      expect(String(await stage.downloaded('bill-1.pdf')).slice(0, 5)).toBe('%PDF-');
      expect(String(await stage.downloaded('2026-01-focus.csv'))).toContain('BilledCost');
    });

    it('a buyer sees what vouchers pay of a bill, decided or not', async () => {
      const bill = (await stage.exchange.http('/v1/bills/1', { key: buyer })).body;
      const programme = { programmeId: 3, decided: false, reimbursed: false, contracts: 1, claimed: '4', granted: '0', returned: '0' };
      await saying({ '/v1/bills/1': { ...bill, subsidyClaimed: '4', paidByBuyer: '4', borneByBuyer: '4', programmes: [programme] } });
      await show('/bills/1', buyer);
      expect(await text()).toMatch(/Of it by vouchers\s+¥ 4\.00 not decided yet\s+Paid by you\s+¥ 4\.00/);
      expect(await text()).toMatch(/3\s+1\s+¥ 4\.00\s+not decided yet\s+¥ 0\.00\s+taken off at once/);
    });

    it('a buyer sees what it owes, since when, and that it was reminded', async () => {
      await saying({
        [`/v1/participants/${stage.buyerId}/balance`]: overdue.balance,
        '/v1/notices?kind=RECEIVABLE_OVERDUE': { notices: [overdue.notice] },
      });
      await show('/bills', buyer);
      expect(await text()).toMatch(/Owed\s+¥ 6\.00, due on 2026-01-16 00:00 overdue/);
      expect(await text()).toMatch(/2026-01-16 01:00\s+overdue\s+¥ 6\.00\s+2026-01-16 00:00/);
    });

    it('a provider sees its income, its month’s statement as a file, and where it is paid, without the whole number', async () => {
      await show('/income', provider);
      expect(await text()).toMatch(/Earned and not paid out\s+¥ 7\.76\s+Frozen by disputes\s+¥ 0\.00/);
      expect(await text()).toContain('No account is given: what is to be paid by a bank file waits for one.');
      await show('/income', provider, 'zh');
      await send('payout-accounts', account);
      await page.until(`document.querySelector('#main').innerText.includes('待批准')`);
      expect(await text()).toMatch(/1\s+待批准\s+\*{4} 2233\s+工商银行重庆分行\s+水土算力有限公司/);
      expect(await text()).not.toContain('6222');
      await show('/income/2026-01', provider);
      expect(await text()).toMatch(
        /Earned\s+¥ 7\.76\s+Paid out\s+¥ 0\.00\s+Closing\s+¥ 7\.76\s+Supplied\s+¥ 8\.00, tax in it ¥ 0\.45 \(6 %\)/,
      );
      expect(await text()).toMatch(/compute delivered\s+1\s+¥ 8\.00/);
      expect(await text()).toMatch(/fee\s+1\s+−¥ 0\.24/);
      expect(JSON.parse(String(await stage.downloaded('2026-01-statement.json')))).toMatchObject({ closing: '7.76' });
      expect(String(await stage.downloaded('2026-01-statement.pdf')).slice(0, 5)).toBe('%PDF-');
      await show('/bills', provider);
      expect(await text()).toContain('no such page');
    });

    it('both sides follow a dispute to what it gives back; the provider its payout', async () => {
      await show('/bills/1', buyer);
      await send('disputes', { line: '1', amount: '9', reason: 'half of it was slow 一半很慢' });
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text('[role=alert]')).toContain('disputed_amount_must_not_exceed_the_line');
      await send('disputes', { amount: '4' });
      await page.until(`location.hash.startsWith('#/disputes/') && document.querySelector('#main').dataset.shown === location.hash`);
      const disputeId = 1;
      const evidence = {
        kind: 'TELEMETRY',
        sha256: 'e3'.repeat(32),
        mediaType: 'application/json',
        location: 'https://provider.example/1',
      };
      await stage.send(`/v1/disputes/${disputeId}/evidence`, evidence, provider);
      await show('/disputes?state=OPEN', provider);
      expect(await text()).toMatch(/1\s+open\s+1, line 1\s+¥ 4\.00\s+¥ 3\.88\s+¥ 0\.00/);
      await show(`/disputes/${disputeId}`, buyer, 'zh');
      expect(await text()).toMatch(/购买方\s+本方\s+收款方\s+5\s+金额\s+¥ 4\.00\s+冻结收入\s+¥ 3\.88/);
      expect(await text()).toMatch(/5\s+遥测\s+https:\/\/provider\.example\/1\s+e3e3/);
      await stage.send('/v1/payouts', { month: '2026-01' });
      await stage.send(`/v1/disputes/${disputeId}/decide`, { granted: '1', reason: 'a quarter was' });
      await stage.exchange.advance();
      await show('/income', provider);
      expect(await text()).toMatch(/1\s+2026-01\s+instructed\s+¥ 3\.88/);
      await show(`/disputes/${disputeId}`, provider);
      expect(await text()).toMatch(/Payee\s+you[^]+Granted\s+¥ 1\.00[^]+Decision\s+a quarter was/);
      await show('/bills/1', buyer);
      expect(await text()).toMatch(/Given back\s+¥ 1\.00\s+Borne in the end\s+¥ 7\.00/);
      expect(await text()).toMatch(
        /Credit notes \(1\)[^]+1\s+2026-02-01 00:00\s+1\s+¥ 1\.00\s+¥ 0\.0\d\s+¥ 1\.00\s+¥ 0\.00\s+a quarter was/,
      );
    });

    it.each(['en', 'zh'] as const)('fits a small window: %s', async (language) => {
      expect([await widerThan(390, ofBuyer(), language), await widerThan(390, ofProvider(), language)]).toEqual([[], []]);
    });

    it('has nothing to complain of', () => expect(page.complaints).toEqual([]));

    leavePictures(ofBuyer);
    leavePictures(ofProvider);
  });
