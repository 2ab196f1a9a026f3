// The console in a real browser: who sees what, every number down to its records, files, both languages. With CONSOLE_PICTURES=FOLDER it leaves
// a picture of each page there.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Browser, type Page } from '#testing';
import { type RoleOf, type Stage, openStage } from './stage.js';

const browser = await Browser.start();
const pages = [
  ...['/indicators', '/indicators/filed-models', '/reports', '/reports/2026-01', '/assessment/2026'],
  ...[
    '/sites',
    '/sites/1',
    '/sites/2',
    '/pools',
    '/pools/1',
    '/links',
    '/links/1',
    '/national?state=WAITING',
    '/partners',
    '/partners/Tianfu',
  ],
];

it('is tried wherever tests must try all', () => expect(Boolean(browser || !process.env.CI)).toBe(true));

/** A hub's, two hours after its national node ceased to answer. */
const nationalNode = {
  '/v1/national/connection': {
    ...{ configured: true, url: 'https://node.example/v1/messages', heardAt: '2026-11-01T02:00:00Z', serial: 1611, receipts: 1601 },
    ...{ fullReport: false, closedTo: '2026-11-01T06:00:00Z' },
    lanes: [
      { kind: 'RESOURCE', current: true, waiting: 0, held: 0, attempts: 0, lastFailure: '' },
      {
        ...{ kind: 'MONITORING', current: false, waiting: 8, held: 2, oldest: '2026-11-01T01:00:00Z', attempts: 7 },
        ...{ lastFailure: 'answer_must_be_signed_by_the_national_node: status 503', nextAt: '2026-11-01T07:31:00Z' },
      },
    ],
  },
  '/v1/national/days': {
    days: [
      {
        ...{ day: '2026-10-31', kind: 'MONITORING', due: 48, acknowledged: 46, refused: 1, completenessBp: 9_583, timelinessBp: 2_500 },
        delayP50Seconds: 14_400,
      },
    ],
  },
  '/v1/national/items?state=REFUSED': {
    items: [
      {
        ...{ serial: 1611, kind: 'MONITORING', itemId: 'CX-500000-S-0000000003-T/2026-11-01T05:00:00Z', state: 'REFUSED', attempts: 1 },
        ...{ causedAt: '2026-11-01T06:00:00Z', dueAt: '2026-11-01T08:00:00Z', rule: 'owner_must_be_registered', detail: '' },
      },
    ],
    page: { nextCursor: '' },
  },
};

if (browser)
  describe('the console', () => {
    let stage: Stage;
    let page: Page;
    let keys: Stage['keys'];
    beforeAll(async () => {
      stage = await openStage(browser);
      ({ page, keys } = stage);
    });
    afterAll(async () => {
      await stage?.stop();
      await browser.stop();
    });
    afterEach(() => page.evaluate('window.fetch = window.asked ?? window.fetch; undefined'));
    const show: Stage['show'] = (path, key, language) => stage.show(path, key, language);
    const text: Stage['text'] = (selector) => stage.text(selector);

    const count = (selector: string) => page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
    const rows = () => count('#main tbody tr');
    const sections = () => page.evaluate<string[]>(`[...document.querySelectorAll('header nav a')].map(({ textContent }) => textContent)`);
    const downloaded: Stage['downloaded'] = (name) => stage.downloaded(name);

    it('lets nobody in by a key that the exchange does not know, and says so in the language that is chosen', async () => {
      await page.until(`document.querySelector('input[name=key]')`);
      if ((await text('header')).includes('English')) await page.evaluate(`document.querySelector('#language').click()`);
      expect(await text()).toContain('Sign in');
      await page.evaluate(`document.querySelector('#language').click()`);
      expect(await text()).toContain('登录');
      await page.evaluate(
        `document.querySelector('input[name=key]').value = 'cx_nobody'; document.querySelector('form').requestSubmit(); undefined`,
      );
      await page.until(`document.querySelector('[role=alert]')`);
      expect(await text()).toContain('平台不认识该密钥');
      expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    });

    it('lets who cannot be shown a page leave, try again, and read why', async () => {
      await page.evaluate(
        `document.querySelector('input[name=key]').value = '密钥'; document.querySelector('form').requestSubmit(); undefined`,
      );
      expect(await text('[role=alert]')).toContain('平台不认识该密钥');
      expect(await page.evaluate(`[document.activeElement.name, sessionStorage.getItem('exchange-key')]`)).toEqual(['key', null]);
      await page.evaluate(`window.asked = window.fetch; window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); undefined`);
      await show('/sites', keys.operator, 'zh');
      expect(await text()).toMatch(/平台没有应答。\s+重试/);
      expect(await text('header')).toContain('退出');
      await page.evaluate(`window.fetch = window.asked; document.querySelector('#main button').click()`);
      await page.until(`document.querySelector('h1')?.innerText === '算力中心'`);
    });

    it('asks for a key again when the exchange no longer knows it', async () => {
      await show('/indicators', keys.operator, 'en');
      await page.evaluate(`sessionStorage.setItem('exchange-key', 'cx_revoked'); location.hash = '/sites'`);
      await page.until(`document.querySelector('input[name=key]')`);
      expect(await text('[role=alert]')).toContain('knows it no longer');
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
    });

    it('is walked by the keyboard alone', async () => {
      const focused = () => page.evaluate<string>(`document.activeElement.dataset.place ?? document.activeElement.id`);
      await show('/indicators', keys.operator, 'en');
      expect(await focused()).toBe('main');
      await page.evaluate(`document.querySelector('header nav a').focus()`);
      for (const _step of ['reports', 'assessment', 'sites']) await page.press('Tab');
      await page.press('Enter');
      await page.until(`document.querySelector('h1')?.innerText === 'Sites'`);
      expect(await focused()).toBe('section sites');
      await page.evaluate(`document.querySelector('select').focus()`);
      for (const siteClass of ['EDGE', 'SMALL', 'LARGE']) {
        await page.press('ArrowDown');
        await page.until(`location.hash.includes('siteClass=${siteClass}&') || location.hash.endsWith('siteClass=${siteClass}')`);
        await page.until(`document.querySelector('#main').dataset.shown === location.hash && document.activeElement.tagName === 'SELECT'`);
      }
      expect(await text()).toContain('No verified site is of this kind.');
    });

    it.each<[RoleOf, string[]]>([
      [
        'operator',
        [
          'Indicators',
          'Reports',
          'Assessment',
          'Sites',
          'Pools',
          'Links',
          'National node',
          'Partner platforms',
          'Disputes',
          'Receivables',
          'Voucher programmes',
          'Claims',
          'Findings',
        ],
      ],
      [
        'regulator',
        [
          'Indicators',
          'Reports',
          'Assessment',
          'Sites',
          'Pools',
          'Links',
          'National node',
          'Partner platforms',
          'Disputes',
          'Receivables',
          'Voucher programmes',
          'Claims',
          'Findings',
        ],
      ],
      ['authority', ['Indicators', 'Reports', 'Assessment', 'Sites', 'Voucher programmes', 'Claims', 'Findings']],
      ['provider', ['Sites', 'Pools', 'Links', 'Income', 'Disputes']],
      ['buyer', ['Bids', 'Leases', 'Place a bid', 'Spend', 'Bills', 'Disputes']],
      ['partner', []],
    ])('shows the %s the pages of its role', async (role, expected) => {
      await show('/reports', keys[role]);
      expect(await sections()).toEqual(expected);
      const shown = expected.includes('Reports')
        ? 'No report is published yet'
        : expected.length
          ? 'no such page'
          : 'no page for your role';
      expect(await text()).toContain(shown);
    });

    it('opens a figure down to its records', async () => {
      await show('/indicators', keys.authority);
      expect(await rows()).toBe(51);
      expect(await text()).toMatch(/Dispatchable intelligent compute, FP16\s+intelligent-compute-fp16\s+measured\s+99\.84 PFLOPS/);
      await show('/indicators?plan=CHONGQING_2025_2027&source=DECLARED', keys.authority);
      expect(await rows()).toBe(4);
      await show('/indicators/intelligent-compute-fp16', keys.authority);
      expect(await text()).toMatch(/99,840,000 × TFLOPS\/1000/);
      expect(await text()).toMatch(/pool\s+1\s+A100[^\n]*\s+99,840,000/);
      await show('/indicators/compute-users', keys.authority);
      expect(await text()).toContain('Nothing is counted in this figure.');
    });

    it('shows what is declared with its evidence, apart from what is measured', async () => {
      await show('/indicators/filed-models', keys.regulator, 'zh');
      expect(await text()).toMatch(/备案大模型数量\s+申报/);
      expect(await text()).toContain('0f'.repeat(32));
      expect(await text()).toContain('List of the bureau 局函7号');
      expect(await text()).toContain('已被替代： 2');
      await show('/indicators/compute-users', keys.regulator, 'zh');
      expect(await text()).toMatch(/数值\s+0 家\s+另行申报\s+2,100 家/);
    });

    it('the operator declares by a document of which the hash alone is sent', async () => {
      await show('/indicators/trusted-data-spaces', keys.regulator);
      expect(await count('main form')).toBe(0);
      await show('/indicators/trusted-data-spaces', keys.operator);
      await page.evaluate(`
        document.querySelector('main summary').click();
        const of = (name) => document.querySelector('main form [name=' + name + ']');
        const chosen = new DataTransfer();
        chosen.items.add(new File(['letter'], 'letter.pdf'));
        of('document').files = chosen.files;
        of('document').dispatchEvent(new Event('change'));
        of('numerator').value = '4';
        of('note').value = 'Letter 7';`);
      const hash = createHash('sha256').update('letter').digest('hex');
      await page.until(`document.querySelector('main form [name=evidenceHash]').value === '${hash}'`);
      await page.evaluate(`document.querySelector('main form').requestSubmit(); undefined`);
      await page.until(`document.querySelector('dl strong')?.innerText === '4 data spaces'`);
      expect(await text()).toMatch(new RegExp(`all of it\\s+4\\s+2026-01-01\\s+${hash}\\s+Letter 7`));
    });

    it('tells formulas, units and notes in the language of its reader', async () => {
      await show('/indicators/sites-within-pue-limit', keys.authority, 'zh');
      expect(await text()).toMatch(/计算口径\s+PUE不超过其规模/);
      expect(await text()).toMatch(/算力中心\s+1\s+Shuitu 水土\s+0\s+1\s+PUE 1\.250，限值1\.200/);
      await show('/indicators/pue', keys.authority, 'zh');
      expect(await text()).toMatch(/分子\s+[\d,]+ 瓦时/);
      await show('/indicators/sites-within-pue-limit', keys.authority, 'en');
      expect(await text()).toMatch(/Formula\s+Verified sites whose PUE is within/);
      expect(await text()).toMatch(/1250 of 1200 thousandths/);
    });

    it('shows sites by class, with PUE and green share against their limits, and what they miss', async () => {
      await show('/sites', keys.operator);
      expect(await text()).toMatch(
        /Shuitu 水土\s+Beibei, Chongqing\s+very large\s+10,000\s+70 %\s+1\.25 missed\s+limit ≤ 1\.2\s+60 % missed\s+limit > 80 %\s+1\s+40/,
      );
      expect(await text()).toMatch(/edge\s+60\s/);
      await show('/sites?siteClass=LARGE', keys.operator);
      expect(await text()).toContain('No verified site is of this kind.');
      await show('/sites/1', keys.provider, 'zh');
      expect(await text()).toMatch(/规模类别\s+超大型/);
      expect(await text()).toMatch(/行政区划\s+重庆市北碚区/);
      expect(await text()).toContain('近30日监测');
    });

    it('shows text of the API as text', async () => {
      await show('/sites', keys.operator);
      expect(await text()).toContain('<img src=x onerror=');
      expect(await count('main img')).toBe(0);
    });

    it('shows a report as it was published, and gives its files', async () => {
      await stage.until('2026-02-01T03:00:00+08:00');
      await stage.until('2026-02-01T09:00:00+08:00');
      await show('/reports', keys.regulator);
      expect(await text()).toMatch(/2026-01\s+month\s+2026-02-01 03:00\s+exchange/);
      await show('/reports/2026-01', keys.regulator);
      expect(await rows()).toBe(51);
      expect(await text()).toMatch(/2026-01-01 00:00 – 2026-02-01 00:00/);
      expect(JSON.parse(String(await downloaded('2026-01-report.json')))).toMatchObject({ period: '2026-01' });
      expect(String(await downloaded('2026-01-report.csv'))).toContain('filed-models,Filed large models,备案大模型数量,DECLARED,models,10');
      expect(String(await downloaded('2026-01-report.xlsx')).slice(0, 2)).toBe('PK');
      await show('/reports/2026-01/filed-models', keys.regulator);
      expect(await text()).toMatch(/declaration\s+2\s+all of it\s+10/);
    });

    it('holds a year against the plans, with a chart, and calls nothing missed while it runs', async () => {
      await show('/assessment/2026?plan=CHONGQING_2025_2027', keys.authority, 'zh');
      expect(await rows()).toBe(12);
      expect(await text()).toMatch(
        /PUE值\s+pue\s+重庆市建设新型能源算力枢纽实施方案（2025—2027年）\s+一、表1 序号10\s+登记核验\s+1\.321\s+≤ 1\.4\s+105\.98 %\s+达标/,
      );
      expect(await text()).toContain('本年尚未结束');
      expect(await text()).toMatch(/尚未达标/);
      expect(await text()).not.toMatch(/(?<!尚)未达标/);
      await page.until(`document.querySelector('img.chart').naturalWidth === 760`);
      await show('/assessment/2025', keys.authority, 'en');
      expect(await text()).toContain('No report is published yet');
    });

    it('shows which pools trade and why others do not, in the language of its reader; the operator judges one by hand', async () => {
      await show('/pools', keys.provider, 'zh');
      expect(await text()).toMatch(/1\s+A100\s+\d+\s+失联\s+逾期未收到心跳或遥测（heartbeat_must_come_before_its_deadline: so long/);
      await show('/pools?health=SUSPECT', keys.regulator, 'en');
      expect(await text()).toContain('No verified pool is of this state.');
      await stage.send('/v1/pools/1/heartbeat', {}, keys.provider);
      await stage.tell(1, { units: 9 });
      await show('/pools/1', keys.regulator, 'en');
      expect(await text()).toMatch(
        /Reason\s+more units are told of than are registered \(units_up_must_not_exceed_registration: node 0 reports 9 of 8\)/,
      );
      expect(await text()).toMatch(/1 \/ 40\s+\d+ \/ 320\s+50 %/);
      expect(await count('main form')).toBe(0);
      await show('/pools/1', keys.operator, 'en');
      await page.evaluate(
        `document.querySelector('input[name=reason]').value = 'a typo, looked at'; document.querySelector('main form').requestSubmit(); undefined`,
      );
      await page.until(`document.querySelector('h1')?.innerText === 'A100 well'`);
      expect(await text()).toMatch(/all of it\s+operator: a typo, looked at/);
      expect(await text()).toContain('No day is signed.');
    });

    it('shows a link’s promises beside what was measured', async () => {
      await show('/links', keys.provider, 'en');
      expect(await text()).toMatch(/1: Chongqing → Chongqing \(Site 1\)\s+\d+\s+verified\s+2,000 µs\s+2,000 µs\s+1,000 µs\s+100 Gbit\/s/);
      await show('/links/1', keys.provider, 'en');
      expect(await text()).toContain('Nobody has measured it.');
      const at = (secondsAgo: number) => new Date(stage.exchange.now() - secondsAgo * 1_000).toISOString();
      await stage.send('/v1/link-probes', {
        probes: [30, 20, 10].map((ago) => ({ linkId: 1, at: at(ago), roundTripUs: 2_600, oneWayUs: 900 })),
      });
      await show('/links/1', keys.regulator, 'zh');
      expect(await text()).toMatch(
        /单向时延\s+1,000 µs\s+900 µs\s+达标\s+往返时延\s+2,000 µs\s+2,600 µs\s+未达到\s+带宽\s+100,000 Mbit\/s\s+–\s+未实测/,
      );
      expect(await text()).toContain('3, 运营方探测');
    });

    it('shows what waits for the national node, and why', async () => {
      await show('/national', keys.regulator, 'zh');
      expect(await text()).toContain('尚未接入国家节点。');
      await show('/national', keys.authority);
      expect(await text()).toContain('no such page');
      // A hub whose reports wait, as the API tells of it.
      await page.evaluate(`window.asked = window.fetch;
        window.said = ${JSON.stringify(nationalNode)};
        window.fetch = (path, init) => window.said[path] ? Promise.resolve(new Response(JSON.stringify(window.said[path]))) : window.asked(path, init); undefined`);
      await show('/national', keys.regulator, 'zh');
      expect(await text()).toMatch(/监测\s+补报\s+8\s+暂缓 2\s+2026-11-01 09:00\s+7\s+answer_must_be_signed/);
      expect(await text()).toMatch(/2026-10-31\s+监测\s+48\s+46\s+1\s+95\.83 %\s+25 %\s+240/);
      expect(await text()).toMatch(/1611\s+监测\s+CX-500000-S-0000000003-T\/2026-11-01T05:00:00Z\s+被拒/);
      expect(await count('main form')).toBe(0);
      await show('/national', keys.operator, 'en');
      expect(await count('main form input[required]')).toBe(1);
      await page.evaluate('window.fetch = window.asked; undefined');
    });

    it('shows a partner with its statements, their differences and nettings; the operator suspends and resumes it, with a reason', async () => {
      // As where the exchange is reached by plain HTTP from another machine.
      await page.evaluate('delete Crypto.prototype.randomUUID');
      await show('/partners', keys.regulator);
      expect(await text()).toMatch(/Tianfu\s+active\s+never\s+–\s+¥ 1,000,000\s+50\s+intelligent\s+domestic/);
      await show('/partners/Tianfu?differing=true', keys.regulator);
      expect(await text()).toMatch(/differs-0002\s+bought\s+¥ 76\.8\s+¥ 76\.800001\s+differs/);
      expect(await text()).not.toContain('agreed-0001');
      expect(await text()).toMatch(
        /2025-12-31\s+5 CNY\s+0 CNY\s+1\s+2026-01-01 08:00\s+5 CNY\s+to us\s+2 CNY\s+3 CNY\s+31 days since it was netted/,
      );
      expect(await count('main form')).toBe(0);
      await show('/partners/Tianfu', keys.operator);
      expect(await text()).toMatch(/agreed-0001\s+sold\s+¥ 76\.8\s+¥ 76\.8\s+agrees/);
      for (const [reason, after] of [
        ['no answer for a week', 'suspended'],
        ['it answers', 'active'],
      ]) {
        await page.evaluate(
          `document.querySelector('input[name=reason]').value = '${reason}'; document.querySelector('main form').requestSubmit(); undefined`,
        );
        await page.until(`document.querySelector('h1')?.innerText.includes('Tianfu ${after}')`);
        expect(await text()).toContain(reason);
      }
    });

    it.each(['en', 'zh'] as const)('fits a small window: %s', async (language) => {
      await page.resize(390, 800);
      const wider: string[] = [];
      for (const path of pages) {
        await show(path, keys.operator, language);
        if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) wider.push(path);
      }
      await page.resize(1280, 900);
      expect(wider).toEqual([]);
    });

    it('has nothing to complain of', () => expect(page.complaints).toEqual([]));

    const folder = process.env.CONSOLE_PICTURES;
    if (folder)
      it('leaves a picture of each page', async () => {
        for (const language of ['en', 'zh'] as const)
          for (const path of pages) {
            await show(path, keys.operator, language);
            await page.until(`[...document.images].every(({ complete }) => complete)`);
            await page.picture(join(folder, `${language}${path.replaceAll('/', '-')}.png`));
          }
      });
  });
