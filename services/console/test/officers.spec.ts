// What officers weigh in a real browser: a programme tried on a month's real bills, and a dispute about one of them.
import { Browser, type Page } from '#testing';
import { leavePictures, widerThan } from './pictures.js';
import { type Trading, openTrading } from './trading.js';
import { idOf, registered, submit, termsOf } from './vouchers.js';

const browser = await Browser.start();

it('is tried wherever tests must try all', () => expect(Boolean(browser || !process.env.CI)).toBe(true));

if (browser)
  describe('an officer', () => {
    let stage: Trading;
    let page: Page;
    let keys: Trading['keys'];
    let disputeId: number;
    let debtorId: number;
    const show: Trading['show'] = (path, key, language) => stage.show(path, key, language);
    const text: Trading['text'] = (selector) => stage.text(selector);
    const count = (selector: string) => page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
    const looked = () => ({
      ...{ stage, key: keys.operator },
      paths: ['/programmes/1/trials', '/programmes/1/trials/2?with=1', '/disputes?state=ALL', `/disputes/${disputeId}`, '/receivables'],
    });

    /** Was paid 500 yuan of another platform's bill, took them out, and owes them: the bill was cancelled. */
    const debtor = async (): Promise<number> => {
      const participantId = await registered(stage, {
        name: 'Beibei 北碚',
        roles: ['BUYER'],
        region: 500109,
        industry: 'C',
        size: 'SMALL',
      });
      const platformId = await idOf(stage, keys.partner);
      const { programmeId } = await stage.send<{ programmeId: number }>('/v1/programmes', {
        terms: termsOf(platformId, { officersFrom: '0' }),
      });
      await stage.send(`/v1/programmes/${programmeId}/submit`, {});
      for (let officer = 1; officer <= 2; officer++)
        await stage.send(`/v1/programmes/${programmeId}/approve`, {}, await stage.exchange.key({ participantId: 1, roles: ['operator'] }));
      await stage.exchange.advance();
      const hash = '0a'.repeat(32);
      const bill = {
        ...{
          programmeId,
          billNumber: 'M-1',
          buyerId: participantId,
          month: '2025-12',
          service: 'MODEL',
          contractHash: hash,
          receiptHash: hash,
        },
        lines: [{ providerId: stage.providerId, amount: '2000' }],
      };
      const { claimId } = await stage.send<{ claimId: number }>('/v1/platform-bills', bill, keys.partner);
      await stage.exchange.advance();
      await stage.send('/v1/withdrawals', { participantId, amount: '500' });
      await stage.exchange.advance();
      await stage.send(`/v1/claims/${claimId}/cancel`, { reason: 'the platform cancelled it' });
      await stage.exchange.advance();
      return participantId;
    };

    /** A lease of the month is billed, 2 yuan, and half of it disputed. */
    beforeAll(async () => {
      stage = await openTrading(browser);
      ({ page, keys } = stage);
      await stage.send('/v1/programmes', { terms: termsOf(1) }, keys.authority);
      debtorId = await debtor();
      const from = stage.slot();
      await stage.bid();
      await stage.slots(6);
      await stage.wasUp(from, from + 4);
      await stage.slots(8);
      await stage.until('2026-02-01T00:00:00+08:00');
      await stage.send('/v1/billing-periods/2026-01/close', {});
      await stage.exchange.advance();
      const disputed = { billId: 1, line: 1, amount: '1', reason: 'half of it was slow 一半很慢' };
      ({ disputeId } = await stage.send<{ disputeId: number }>('/v1/disputes', disputed, keys.buyer));
      const evidence = {
        kind: 'TELEMETRY',
        sha256: 'e3'.repeat(32),
        mediaType: 'application/json',
        location: 'https://provider.example/1',
      };
      await stage.send(`/v1/disputes/${disputeId}/evidence`, evidence, keys.provider);
    });
    afterAll(async () => {
      await stage?.stop();
      await browser.stop();
    });

    it('tries a programme and other terms on real bills, and compares the two', async () => {
      await show('/programmes/1/trials', keys.regulator);
      expect(await text()).toContain('It was never tried.');
      expect(await count('main form')).toBe(0);
      await show('/programmes/1/trials', keys.authority);
      await submit(page, 'trials', { year: '2026' });
      await page.until(`location.hash === '#/programmes/1/trials/1' && document.querySelector('h1')?.innerText.includes('Trial 1')`);
      expect(await text()).toMatch(/It would have cost\s+¥ 0\.40 \/ Budget ¥ 100,000\.00\s+Billed\s+¥ 2\.00\s/);
      expect(await text()).toMatch(/Jialing 嘉陵\s+participant \d+\s+¥ 0\.40\s+¥ 2\.00\s+1 \/ 1/);
      expect(await text()).toContain('No other trial took the same bills');
      await show('/programmes/1/trials', keys.authority);
      const write = (of: string) =>
        page.evaluate(`document.querySelector('textarea[name=terms]').value = ${JSON.stringify(of)}; undefined`);
      await write('{"name"');
      await submit(page, 'trials', { year: '2026' });
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text('[role=alert]')).toContain('no JSON document');
      await write(JSON.stringify(termsOf(0, { name: 'Richer 更多', funders: [], coverage: {}, tiers: [{ rateBp: 5_000 }] })));
      const asOf = await page.evaluate<string>(`document.querySelector('select[name=asOf]').options[1].value`);
      await submit(page, 'trials', { year: '2026', asOf });
      await page.until(`location.hash === '#/programmes/1/trials/2' && document.querySelector('h1')?.innerText.includes('Trial 2')`);
      await show('/programmes/1/trials/2?with=1', keys.regulator);
      expect(await text()).toMatch(/It would have cost\s+¥ 0\.40\s+¥ 1\.00\s+\+¥ 0\.60/);
      expect(await text()).toMatch(/get more, get less: 0 · 0 · 1 · 0/);
      expect(await text()).toMatch(/name\s+"Chongqing compute vouchers 重庆算力券 2026"\s+"Richer 更多"/);
      expect(await text()).toMatch(/Jialing 嘉陵\s+participant \d+\s+¥ 0\.40\s+¥ 1\.00\s+\+¥ 0\.60/);
    });

    it('shows a dispute with its evidence and deadline; the operator decides, with a reason', async () => {
      await show('/disputes', keys.regulator);
      expect(await text()).toMatch(
        /1\s+open\s+1, line 1\s+\d+\s+\d+\s+¥ 1\.00\s+¥ 0\.97\s+¥ 0\.00\s+2026-02-01 00:00\s+2026-03-03 00:00\s+30 days left/,
      );
      await show(`/disputes/${disputeId}`, keys.regulator, 'zh');
      expect(await text()).toMatch(/half of it was slow 一半很慢/);
      expect(await text()).toMatch(/遥测\s+https:\/\/provider\.example\/1\s+(e3){32}/);
      expect(await count('main form')).toBe(0);
      await show(`/disputes/${disputeId}`, keys.operator);
      await submit(page, 'decide', { granted: '1.5', reason: 'more than was asked' });
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text('[role=alert]')).toContain('granted_amount_must_not_exceed_the_dispute');
      await submit(page, 'decide', { granted: '0.5', reason: 'a quarter was slow' });
      await page.until(`document.querySelector('h1')?.innerText.includes('granted')`);
      expect(await text()).toMatch(/Granted\s+¥ 0\.50/);
      expect(await text()).toMatch(/Decision\s+a quarter was slow/);
      await show('/disputes', keys.operator);
      expect(await text()).toContain('Nothing is disputed.');
      await show('/disputes?state=ALL', keys.operator);
      expect(await count('#main tbody tr')).toBe(1);
    });

    it('shows the operator who was reminded of what he owes, and what he owes now', async () => {
      await show('/receivables', keys.operator);
      await page.until(`!document.querySelector('.waiting')`);
      expect(await text()).toMatch(
        new RegExp(`2026-02-01 00:00\\s+${debtorId}\\s+overdue\\s+¥ 500\\.00\\s+2026-01-15 00:00\\s+¥ 500\\.00\\s+Due 2026-01-15`),
      );
      await stage.send('/v1/deposits', { participantId: debtorId, amount: '500', bankReference: 'receipt 9' });
      await stage.exchange.advance(3_600_000);
      await show('/receivables', keys.regulator, 'zh');
      await page.until(`!document.querySelector('.waiting')`);
      expect(await text()).toMatch(/已逾期\s+¥ 500\.00\s+2026-01-15 00:00\s+已结清/);
      await show('/receivables?kind=RECEIVABLE_DUE', keys.operator, 'zh');
      expect(await text()).toContain('没有提醒。');
      await show('/receivables', keys.authority);
      expect(await text()).toContain('no such page');
    });

    it.each(['en', 'zh'] as const)('fits a small window: %s', async (language) => {
      expect(await widerThan(390, looked(), language)).toEqual([]);
    });

    it('has nothing to complain of', () => expect(page.complaints).toEqual([]));

    leavePictures(looked);
  });
