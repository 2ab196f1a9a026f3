// A buyer's pages in a real browser: bids with why they lack what they lack, and leases, here and elsewhere.
import { Browser, type Page } from '#testing';
import { leavePictures, widerThan } from './pictures.js';
import { type Trading, a100, openTrading } from './trading.js';

const browser = await Browser.start();

it('is tried wherever tests must try all', () => expect(Boolean(browser || !process.env.CI)).toBe(true));

/** What a partner runs, cut short after half of its window. */
const remoteLease = {
  ...{ leaseId: 77, state: 'CUT_SHORT', providerId: 4, siteId: 0, region: 650000, platformId: 4, book: a100, units: 8 },
  ...{
    window: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T02:00:00Z' },
    delivered: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' },
  },
  ...{ nodes: [{ node: 3, units: 8 }], project: '', clientOrderId: '', endpoint: 'tianfu.example:22', sealedSecret: '', image: '' },
  ...{ reason: 'lost', standby: false },
};

if (browser)
  describe('a buyer', () => {
    let stage: Trading;
    let page: Page;
    let buyer: string;
    let filled: string;
    let dear: string;
    let green: string;
    let leaseId: number;
    const show: Trading['show'] = (path, key, language) => stage.show(path, key, language);
    const text: Trading['text'] = (selector) => stage.text(selector);
    const looked = () => ({
      ...{ stage, key: buyer },
      paths: [
        '/bids',
        `/bids/${filled}`,
        `/bids/${green}`,
        `/bids/${dear}`,
        '/leases',
        `/leases/${leaseId}`,
        '/leases?state=PENDING',
        '/place',
      ],
    });

    beforeAll(async () => {
      stage = await openTrading(browser);
      page = stage.page;
      buyer = stage.keys.buyer;
      const done = await stage.bid({ units: 4 }, { project: 'vision 视觉', clientOrderId: 'train-1' });
      filled = done.bidId;
      leaseId = done.trades[0]!.tradeId;
      const constraints = { greenShareBpMin: 8_000, regionsIn: [500000] };
      ({ bidId: green } = await stage.bid({ units: 2, allOrNone: true, placement: 'ONE_POOL', constraints }));
      ({ bidId: dear } = await stage.bid({ units: 3, limitPrice: '1.5' }));
      await stage.exchange.advance();
    });
    afterAll(async () => {
      await stage?.stop();
      await browser.stop();
    });

    it('sees its bids with what each asked and got, by state', async () => {
      await show('/bids', buyer);
      expect(await text('header nav')).toMatch(/^Trading\s+Bids\s+Leases\s+Place a bid\s+Money\s+Spend\s+Bills\s+Disputes$/);
      expect(await text()).toMatch(/A100, firm\s+open\s+0 \/ 3\s+¥ 1\.50\s+1 h\s+at once\s+2026-01-01 00:00/);
      expect(await text()).toMatch(new RegExp(`${filled}\\s+vision 视觉\\s+A100, firm\\s+filled\\s+4 / 4`));
      await show('/bids?state=FILLED', buyer, 'zh');
      expect(await text('#main tbody')).toMatch(new RegExp(`^${filled}\\s+vision 视觉\\s+A100, 保障型\\s+全部成交[^]+2026-01-01 00:00$`));
      await show('/bids?state=EXPIRED', buyer);
      expect(await text()).toContain('No bid is of this state.');
    });

    it('sees a list page by page', async () => {
      await page.evaluate(`window.asked = window.fetch;
        window.fetch = (path, init) => window.asked(path.startsWith('/v1/bids') ? path + (path.includes('?') ? '&' : '?') + 'limit=1' : path, init); undefined`);
      await show('/bids', buyer);
      const rows = () => page.evaluate<number>(`document.querySelectorAll('#main tbody tr').length`);
      const more = `[...document.querySelectorAll('#main button')].find(({ textContent }) => textContent === 'More')`;
      for (const shown of [1, 2]) {
        expect(await rows()).toBe(shown);
        await page.evaluate(`${more}.click()`);
        await page.until(`document.querySelectorAll('#main tbody tr').length === ${shown + 1}`);
      }
      await page.evaluate('window.fetch = window.asked; undefined');
    });

    it('reads why a bid lacks what it lacks, and what would fill it, in its own language', async () => {
      await show(`/bids/${dear}`, buyer);
      expect(await text()).toMatch(/It lacks\s+3\s+Best start\s+2026-01-01 00:15: 4 free\s+This would fill it\s+a limit of ¥ 2\.00/);
      expect(await text()).toMatch(/above its limit\s+4\s+Left for it: 0/);
      await show(`/bids/${green}`, buyer, 'zh');
      expect(await text()).toMatch(/尚缺\s+2\s+最佳起始时间\s+2026-01-01 00:15: 4 空闲\s+以下任一调整可全部成交\s+放宽 绿电占比要求/);
      expect(await text()).toMatch(/部署范围\s+同一资源池[^]+行政区划\s+重庆市\s+绿电占比\s+≥ 80 %/);
      await show(`/bids/${filled}`, buyer);
      expect(await text()).toMatch(/It was filled whole\.[^]+1\s+¥ 2\.00\s+2026-01-01 00:15\s+–\s+there was no other/);
      expect(await text()).toMatch(/2026-01-01 00:15 – 2026-01-01 01:15\s+¥ 2\.00\s+¥ 8\.00\s+¥ 0\.00\s+Chongqing\s+Pool 2/);
    });

    it('sees its leases, and of others nothing', async () => {
      await show('/leases', buyer);
      expect(await text()).toMatch(
        /1\s+vision 视觉\s+confirmed\s+A100, firm\s+intelligent, card\s+4\s+2026-01-01 00:15 – 2026-01-01 01:15\s+Chongqing\s+Site 1\s+\d/,
      );
      await show(`/leases/${leaseId}`, buyer, 'zh');
      expect(await text()).toMatch(/租约 1 已确认[^]+自定义编号\s+train-1[^]+节点\s+数量\s+0\s+4/);
      await show('/leases/9', buyer);
      expect(await text()).toMatch(/Refused: .+ entity_must_exist lease does not exist/);
      await show('/leases', stage.keys.provider);
      expect(await text()).toContain('no such page');
    });

    it('sees on whose platform a lease lies that is not here', async () => {
      await page.evaluate(`window.asked = window.fetch;
        window.said = ${JSON.stringify({ '/v1/leases': { leases: [remoteLease] }, '/v1/leases/77': remoteLease })};
        window.fetch = (path, init) => window.said[path] ? Promise.resolve(new Response(JSON.stringify(window.said[path]))) : window.asked(path, init); undefined`);
      await show('/leases', buyer);
      expect(await text()).toMatch(
        /cut short[^]+Delivered 2026-01-01 08:00 – 2026-01-01 09:00\s+Xinjiang\s+on another platform: partner 4/,
      );
      await show('/leases/77', buyer, 'zh');
      expect(await text()).toMatch(/异平台: 伙伴 4[^]+实际时段\s+2026-01-01 08:00 – 2026-01-01 09:00[^]+原因\s+资源失联/);
      await page.evaluate('window.fetch = window.asked; undefined');
    });

    it.each(['en', 'zh'] as const)('fits a small window: %s', async (language) => {
      expect(await widerThan(390, looked(), language)).toEqual([]);
    });

    leavePictures(looked);

    it('takes back what rests of a bid, after it is asked once more', async () => {
      const click = (label: string) =>
        page.evaluate(`[...document.querySelectorAll('#main button')].find(({ textContent }) => textContent === '${label}').click()`);
      await show(`/bids/${dear}`, buyer);
      await click('Cancel the bid');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('No, keep it');
      await page.press('Enter');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel the bid');
      expect((await stage.exchange.http(`/v1/bids/${dear}`, { key: buyer })).body).toMatchObject({ state: 'OPEN' });
      await click('Cancel the bid');
      await click('Yes, cancel it');
      await page.until(`document.querySelector('h1')?.innerText.includes('cancelled')`);
      expect(await text()).toMatch(/Reason\s+cancelled/);
      expect(await text()).not.toContain('Cancel the bid');
    });

    describe('places a bid', () => {
      const fill = (values: object) =>
        page.evaluate(`for (const [name, value] of Object.entries(${JSON.stringify(values)})) {
          const input = document.querySelector('main form [name=' + name + ']');
          if (input.type === 'checkbox') input.checked = value; else input.value = value;
          input.dispatchEvent(new Event('input', { bubbles: true }));
        } document.querySelector('main form').requestSubmit(); undefined`);
      const place = `[...document.querySelectorAll('#main button')].find(({ textContent }) => textContent === 'Place a bid')`;
      const bidsOf = async () =>
        (await stage.exchange.http<{ bids: Record<string, unknown>[] }>('/v1/bids?state=OPEN', { key: buyer })).body.bids;

      it('after a quote of it, which goes when the form changes', async () => {
        const before = (await bidsOf()).length;
        await show('/place', buyer);
        expect(await text('select[name=product]')).toMatch(/A100, firm \(intelligent, card, last ¥ 2\.00\)[^]*any intelligent, firm/);
        await fill({ units: '6', hours: '2', limitPrice: '5', greenShare: '50', region: '500000' });
        await page.until(place);
        expect(await text()).toMatch(/Filled of asked\s+4 \/ 6\s+It would cost\s+¥ 16\.00\s+Reserved of your money\s+¥ [\d.]+/);
        expect(await text()).toMatch(/Why not all of it\s+Asked\s+6\s+Best start\s+2026-01-01 00:15: 4 free/);
        // Any of a class does as well as the model by its name.
        await fill({ product: '2', units: '1' });
        await page.until(`document.querySelector('dl strong')?.innerText === '¥ 4.00'`);
        await page.evaluate(`document.querySelector('[name=units]').dispatchEvent(new Event('input', { bubbles: true }))`);
        expect(await page.evaluate(`Boolean(${place})`)).toBe(false);
        expect(await bidsOf()).toHaveLength(before);
      });

      it('and reads why there is none to place', async () => {
        await show('/place', buyer, 'zh');
        await fill({ units: '8', hours: '24', limitPrice: '10' });
        await page.until(`document.querySelector('[role=alert]')`);
        expect(await text('[role=alert]')).toBe('此订单将被拒绝： buying_power_must_cover_the_worst_case');
        await fill({ latest: '2025-12-01T00:00' });
        await page.until(`document.querySelector('[role=alert]')?.textContent.includes('bid_must_have_a_start_ahead')`);
      });

      it('once, however often it is clicked, and also when the answer was lost', async () => {
        const before = (await bidsOf()).length;
        await show('/place', buyer);
        const times = { earliest: '2026-01-02T09:00', latest: '2026-01-02T12:15' };
        await fill({ units: '2', hours: '1.5', limitPrice: '1.25', ...times, allOrNone: true, project: 'language 语言' });
        await page.until(place);
        await page.evaluate(`window.asked = window.fetch;
          window.fetch = (path, init) => window.asked(path, init).then((answer) => { if (path === '/v1/bids') throw new TypeError('lost'); return answer; }); undefined`);
        await page.evaluate(`{ const button = ${place}; button.click(); button.click(); }`);
        await page.until(`document.querySelector('[role=alert]')`);
        expect(await text('[role=alert]')).toBe('The exchange does not answer.');
        await page.evaluate(`window.fetch = window.asked; ${place}.click()`);
        await page.until(`location.hash.startsWith('#/bids/') && document.querySelector('#main').dataset.shown === location.hash`);
        expect(await text()).toMatch(
          /open[^]+¥ 1\.25 a unit-hour\s+Duration\s+1\.5 h\s+May run\s+2026-01-02 09:00 – 2026-01-02 13:45\s+All or none\s+yes/,
        );
        const bids = await bidsOf();
        expect(bids).toHaveLength(before + 1);
        expect(bids[0]).toMatchObject({ project: 'language 语言', terms: { units: 2, durationSlots: 6, allOrNone: true } });
      });
    });

    it('has nothing to complain of', () => expect(page.complaints).toEqual([]));
  });
