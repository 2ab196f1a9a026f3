// The console in a real browser: who sees what, every number down to its records, files, both languages. With CONSOLE_PICTURES=FOLDER it leaves
// a picture of each page there.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Browser, type Page } from '#testing';
import { type RoleOf, type Stage, openStage } from './stage.js';

const browser = await Browser.start();

it('is tried wherever tests must try all', () => expect(Boolean(browser || !process.env.CI)).toBe(true));

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
    const show: Stage['show'] = (path, key, language) => stage.show(path, key, language);
    const text: Stage['text'] = (selector) => stage.text(selector);

    const count = (selector: string) => page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
    const rows = () => count('#main tbody tr');
    const sections = () => page.evaluate<string[]>(`[...document.querySelectorAll('header nav a')].map(({ textContent }) => textContent)`);
    const downloaded = async (name: string): Promise<Buffer> => {
      await page.evaluate(`document.querySelector('[data-file="${name}"]').click()`);
      for (let left = 1_000; ; left--) {
        const bytes = await readFile(join(stage.downloads, name)).catch((error: NodeJS.ErrnoException) => {
          // Not there yet.
          if (error.code !== 'ENOENT') throw error;
          return undefined;
        });
        if (bytes) return bytes;
        if (left === 0) throw new Error(`${name} was not downloaded`);
        await pause(20);
      }
    };

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

    it.each<[RoleOf, string[]]>([
      ['operator', ['Indicators', 'Reports', 'Assessment', 'Sites', 'Partner platforms']],
      ['regulator', ['Indicators', 'Reports', 'Assessment', 'Sites', 'Partner platforms']],
      ['authority', ['Indicators', 'Reports', 'Assessment', 'Sites']],
      ['provider', ['Sites']],
      ['buyer', []],
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
        /Shuitu 水土\s+500109\s+very large\s+10,000\s+70 %\s+1\.25 missed\s+limit ≤ 1\.2\s+60 % missed\s+limit > 80 %\s+1\s+40/,
      );
      expect(await text()).toMatch(/edge\s+60\s/);
      await show('/sites?siteClass=LARGE', keys.operator);
      expect(await text()).toContain('No verified site is of this kind.');
      await show('/sites/1', keys.provider, 'zh');
      expect(await text()).toMatch(/规模类别\s+超大型/);
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

    it('shows a partner with its statements, their differences and nettings; the operator suspends and resumes it, with a reason', async () => {
      await show('/partners', keys.regulator);
      expect(await text()).toMatch(/Tianfu\s+active\s+never\s+–\s+¥ 1,000,000\s+50\s+intelligent\s+domestic/);
      await show('/partners/Tianfu?differing=true', keys.regulator);
      expect(await text()).toMatch(/differs-0002\s+bought\s+¥ 76\.8\s+¥ 76\.800001\s+differs/);
      expect(await text()).not.toContain('agreed-0001');
      expect(await text()).toMatch(/2025-12-31\s+5 CNY\s+0 CNY\s+1\s/);
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

    const folder = process.env.CONSOLE_PICTURES;
    if (folder)
      it('leaves a picture of each page', async () => {
        const paths = [
          '/indicators',
          '/indicators/filed-models',
          '/reports',
          '/reports/2026-01',
          '/assessment/2026',
          '/sites',
          '/sites/1',
          '/partners/Tianfu',
        ];
        for (const language of ['en', 'zh'] as const)
          for (const path of paths) {
            await show(path, keys.operator, language);
            await page.until(`[...document.images].every(({ complete }) => complete)`);
            await page.picture(join(folder, `${language}${path.replaceAll('/', '-')}.png`));
          }
      });
  });
