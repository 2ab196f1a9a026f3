// An authority's and its officers' pages in a real browser: programmes with their money, claims clause by clause and findings.
import { VoucherModule } from '#voucher';
import { Browser, type Page } from '#testing';
import { leavePictures, widerThan } from './pictures.js';
import { type Stage, hubModules, openStage } from './stage.js';
import { idOf, registered, submit, termsOf } from './vouchers.js';

const browser = await Browser.start();
const hash = (text: string) => Buffer.from(text.padEnd(32, '.')).toString('hex');

it('is tried wherever tests must try all', () => expect(Boolean(browser || !process.env.CI)).toBe(true));

if (browser)
  describe('an authority', () => {
    let stage: Stage;
    let page: Page;
    let keys: Stage['keys'];
    /** Of the authority's other officer. */
    let second: string;
    let authorityId: number;
    let platformId: number;
    let buyerId: number;
    let providerId: number;
    /** Of another authority, elsewhere. */
    let stranger: string;
    const show: Stage['show'] = (path, key, language) => stage.show(path, key, language);
    const text: Stage['text'] = (selector) => stage.text(selector);
    const count = (selector: string) => page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
    const looked = () => ({
      ...{ stage, key: keys.operator },
      paths: [
        ...['/programmes', '/programmes/1', '/programmes/2', '/programmes/1/burn?by=FIRM'],
        ...['/claims', '/claims/1', '/claims/2', '/claims/5', '/findings'],
      ],
    });

    const draft = async (more: object = {}) =>
      (await stage.send<{ programmeId: number }>('/v1/programmes', { terms: termsOf(platformId, more) }, keys.authority)).programmeId;
    const bill = (billNumber: string, ofBuyer: number, amount: string, contract = billNumber) =>
      stage.send(
        '/v1/platform-bills',
        {
          ...{
            programmeId: 1,
            billNumber,
            buyerId: ofBuyer,
            month: '2025-12',
            service: 'MODEL',
            contractHash: hash(contract),
            receiptHash: hash(`r ${billNumber}`),
          },
          lines: [{ providerId, amount, usageHash: hash(`u ${billNumber}`) }],
        },
        keys.partner,
      );

    beforeAll(async () => {
      stage = await openStage(browser, [...hubModules, VoucherModule]);
      ({ page, keys } = stage);
      [authorityId, platformId, buyerId, providerId] = (await Promise.all(
        [keys.authority, keys.partner, keys.buyer, keys.provider].map((key) => idOf(stage, key)),
      )) as [number, number, number, number];
      second = await stage.exchange.key({ participantId: authorityId, roles: ['authority'] });
      const small = await registered(stage, {
        name: 'Beibei Robotics 北碚机器人',
        roles: ['BUYER'],
        region: 500109,
        industry: 'C',
        size: 'SMALL',
      });
      const chengdu = await registered(stage, { name: 'Chengdu 成都', roles: ['AUTHORITY'], region: 510100, industry: 'S', size: 'LARGE' });
      stranger = await stage.exchange.key({ participantId: chengdu, roles: ['authority'] });
      await stage.exchange.advance();
      for (const owned of [buyerId, providerId])
        await stage.send(
          '/v1/ownerships',
          { owner: 'HOLDING-7', owned: `participant/${owned}`, shareBp: 5_000, source: 'register' },
          keys.authority,
        );
      await draft();
      await stage.send('/v1/programmes/1/submit', {}, keys.authority);
      await stage.send('/v1/programmes/1/approve', {}, second);
      await stage.send('/v1/programmes/1/approve', {});
      await draft({ name: 'Second round 第二轮', officersFrom: '0' });
      await stage.send('/v1/programmes/2/submit', {}, keys.authority);
      await draft({ name: 'Third round 第三轮', funders: [] });
      await stage.exchange.advance();
      await bill('M-1', buyerId, '1000');
      await bill('M-2', small, '2000');
      await bill('M-3', small, '50', 'M-2');
      await bill('M-4', buyerId, '60');
      await bill('M-5', buyerId, '70');
      await draft({ name: 'Fourth round 第四轮' });
      await stage.send('/v1/programmes/4/submit', {}, keys.authority);
    });
    afterAll(async () => {
      await stage?.stop();
      await browser.stop();
    });

    it('tells where each budget stands, to who may know it', async () => {
      await show('/programmes', keys.authority);
      await page.until(`!document.querySelector('.waiting')`);
      expect(await text()).toMatch(
        /Third round 第三轮\s+No\. 3, Authority \d+\s+draft\s+2025-11-01 – 2026-12-31\s+¥ 100,000\.00\s+not issued yet\s+The authority alone/,
      );
      expect(await text()).toMatch(
        /重庆算力券 2026\s+No\. 1, .*\s+open\s.*\s+¥ 100,000\.00\s+¥ 500\.00 · ¥ 0\.00 · ¥ 99,500\.00\s+City 市财政 2\/3, District 区财政 1\/3/,
      );
      expect(await page.evaluate(`document.querySelector('.meter .redeemed').style.width`)).toBe('0.5%');
      await show('/programmes?state=SUBMITTED', keys.authority, 'zh');
      expect(await count('#main tbody tr')).toBe(2);
      await show('/programmes', stranger, 'zh');
      expect(await text()).toContain('没有符合条件的方案。');
      await show('/programmes?whose=all', stranger);
      expect(await count('#main tbody tr')).toBe(1);
      expect(await text()).not.toContain('99,500');
      await show('/programmes/1', stranger);
      expect(await text()).toContain('Measures of the bureau');
      expect(await text()).not.toContain('99,500');
      expect(await count('main form')).toBe(0);
      await show('/programmes/1/burn', stranger);
      expect(await text()).toContain('Refused');
    });

    it('tells a programme clause by clause, as a file, with its funders and steps', async () => {
      await show('/programmes/1', keys.regulator);
      expect(await text()).toMatch(/Redeemed\s+¥ 500\.00 \(0\.5 %\)\s+Reserved\s+¥ 0\.00 \(0 %\)\s+Left\s+¥ 99,500\.00 \(99\.5 %\)/);
      expect(await text()).toMatch(/City 市财政\s+¥ 333\.333334\s+66\.67 %\s+District 区财政\s+¥ 166\.666666\s+33\.33 %/);
      expect(await text()).toMatch(
        /Who may get it\s+registered in Chongqing\s+What it pays for\s+compute, models; and bills of the platforms 2/,
      );
      expect(await text()).toMatch(/small\s+30 %\s+–\s+–\s+–\s+¥ 500\.00\s+no cap\s+no cap\s+all \(others\)\s+20 %\s+\+ 10 %\s+–\s+25 %/);
      expect(await text()).toMatch(/approved\s+key\/\d+, participant \d+\s+officer 2 of 2: 100000 yuan issued/);
      expect(await count('main form')).toBe(0);
      const { body } = await stage.exchange.http<{ terms: object }>('/v1/programmes/1', { key: keys.regulator });
      expect(JSON.parse(String(await stage.downloaded('programme-1.json')))).toEqual(body.terms);
      expect(String(await stage.downloaded('claims-1.csv'))).toContain('Beibei Robotics 北碚机器人');
    });

    it('tells where the money went, by what is asked', async () => {
      await show('/programmes/1/burn', keys.authority, 'zh');
      expect(await text()).toMatch(/重庆市北碚区\s+1\s+2\s+1\s+¥ 2,050\.00\s+¥ 0\.00\s+¥ 500\.00\s+100 %/);
      await show('/programmes/1/burn?by=INDUSTRY&year=2025', keys.authority);
      expect(await text()).toMatch(/C manufacturing\s+1\s+2\s+1\s+¥ 2,050\.00/);
      expect(await text()).toMatch(/I information and software\s+1\s+3\s+0\s+¥ 1,130\.00\s+¥ 226\.00\s+¥ 0\.00/);
      await show('/programmes/1/burn?by=SIZE&year=2026', keys.authority);
      expect(await text()).toContain('No claim was made.');
      await show('/programmes/1/burn?by=FIRM', keys.authority);
      expect(await text()).toContain('Beibei Robotics 北碚机器人');
    });

    it('explains a claim clause by clause, in words', async () => {
      await show('/claims?state=REFUSED', keys.authority);
      expect(await text()).toMatch(
        /Claim 3\s+No\. 1\s+Beibei Robotics 北碚机器人\s+participant \d+\s+2025-12\s+refused\s+¥ 50\.00\s+¥ 0\.00/,
      );
      await show('/claims/3', keys.authority, 'zh');
      expect(await text()).toMatch(/不符或受限\s+同一合同同一期间仅补贴一次\s+contract_must_be_subsidised_once_a_period/);
      expect(await text()).toMatch(
        /符合\s+账单在可用期间内\s+bill_must_be_of_the_period\s+2025-12-01 至 2025-12-31，方案期间 2025-11-01 至 2026-12-31/,
      );
      expect(await text()).toMatch(/buyer_must_be_of_the_size\s+small 小型（不限）/);
      expect(await count('main form')).toBe(0);
      await show('/claims/2', keys.authority);
      expect(await text()).toMatch(/the rate\s+rate\s+30 %, of 2000 yuan paid/);
      expect(await text()).toMatch(/not met\s+fits the cap a bill/);
      expect(await text()).toMatch(/1\s+Liangjiang 两江\s+participant \d+\s+–\s+0 %\s+¥ 2,000\.00\s+¥ 500\.00/);
    });

    it('takes a draft through its officers, each by what the API allows', async () => {
      await show('/programmes/4', keys.authority);
      await submit(page, 'approve');
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text('[role=alert]')).toContain('officer_must_not_have_drafted_or_submitted');
      await show('/programmes/4', second);
      await submit(page, 'approve');
      await page.until(`document.querySelector('.facts')?.innerText.includes('(1 / 2)')`);
      await submit(page, 'approve');
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text('[role=alert]')).toContain('officers_must_be_two');
      await show('/programmes/4', keys.operator);
      await submit(page, 'approve');
      await page.until(`document.querySelector('h1')?.innerText.includes('open')`);
      await submit(page, 'close', { reason: 'the round was ill written' });
      await page.until(`document.querySelector('h1')?.innerText.includes('ended early')`);
      expect(await text()).toMatch(/ended early\s+key\/\d+, participant 1\s+the round was ill written/);
      await show('/programmes/3', keys.authority);
      await submit(page, 'submit');
      await page.until(`document.querySelector('h1')?.innerText.includes('waits for officers')`);
      await submit(page, 'return', { reason: 'the cap is missing' });
      await page.until(`document.querySelector('h1')?.innerText.includes('draft')`);
      expect(await text()).toMatch(/returned as a draft\s+key\/\d+, participant \d+\s+the cap is missing/);
    });

    it('shows officers what was found, and takes their decisions', async () => {
      await show('/findings', keys.authority);
      expect(await text()).toMatch(
        /Claim 1\s+2025-12\s+No\. 1\s+Jialing 嘉陵\s+participant \d+\s+¥ 1,000\.00\s+¥ 200\.00\s+buyer and provider may share an owner/,
      );
      await show('/claims/1', keys.regulator);
      expect(await text()).toMatch(/HOLDING-7 holds 50 % of participant\/\d+ \(register\)/);
      expect(await count('main form')).toBe(0);
      await show('/claims/1', keys.authority);
      await submit(page, 'approve');
      await page.until(`document.querySelector('.facts')?.innerText.includes('(1 / 2)')`);
      await show('/claims/1', second);
      await submit(page, 'approve');
      await page.until(`document.querySelector('h1')?.innerText.includes('granted')`);
      await show('/claims/4', second);
      await submit(page, 'refuse', { reason: 'one holding owns both' });
      await page.until(`document.querySelector('h1')?.innerText.includes('refused')`);
      expect(await text()).toMatch(/two officers approve\s+two_officers_must_approve\s+one holding owns both/);
      await show('/findings', stranger, 'zh');
      expect(await text()).toContain('没有等待复核的申领。');
    });

    it.each(['en', 'zh'] as const)('fits a small window: %s', async (language) => {
      expect(await widerThan(390, looked(), language)).toEqual([]);
    });

    it('has nothing to complain of', () => expect(page.complaints).toEqual([]));

    leavePictures(looked);
  });
