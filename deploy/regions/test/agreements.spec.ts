// What the comparison of three platforms must notice, each on books that are whole but for one fault.
import { type Books } from '../compare.js';
import { agreements } from '../result.js';
import type { Kill } from '../outage.js';

type Row = Record<string, unknown>;
interface Book {
  items: Row[];
  nettings: Row[];
  leases: Row[];
  messages: Row[];
}

const kill = { resolved: { DONE: 1 }, unknown: { COMMIT: 1 } } as unknown as Kill;
const names = ['A', 'B', 'C'];
const window = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T02:00:00Z' };

/** B sold A eight units for 76.80 yuan; all is stated and netted. */
function whole(): { books: Map<string, Book>; regions: Books[] } {
  const item = { reservationId: 'r-1', stated: true, differs: false, ours: '76.80', theirs: '76.80', nettedThrough: '2026-01-02' };
  const netting = { currency: 'CNY', items: 1 };
  const message = { id: 'm-1', kind: 'COMMIT', outcome: 'DONE' };
  const books = new Map<string, Book>([
    [
      'A of B',
      {
        items: [{ ...item, sold: false }],
        nettings: [{ ...netting, sold: '0', bought: '76.80' }],
        leases: [{ window, units: 8, platformId: 2 }],
        messages: [{ ...message, direction: 'SAID' }],
      },
    ],
    [
      'B of A',
      {
        items: [{ ...item, sold: true }],
        nettings: [{ ...netting, sold: '76.80', bought: '0' }],
        leases: [{ window, units: 8, buyerId: 1 }],
        messages: [{ ...message, direction: 'HEARD' }],
      },
    ],
  ]);
  const regions = names.map((platform): Books => {
    const bookOf = (other: string) => books.get(`${platform} of ${other}`);
    return {
      platform,
      partners: new Map(names.map((name, at) => [name, at + 1])),
      list: (path, rows) => {
        const asked = new URL(path, 'http://books');
        const partner = /partners\/(\w+)\//.exec(path)?.[1] ?? asked.searchParams.get('platform');
        const of = (partner ? [partner] : names).flatMap((name) => bookOf(name)?.[rows as keyof Book] ?? []);
        const fits = (row: Row) => ['direction', 'kind'].every((name) => [null, row[name]].includes(asked.searchParams.get(name)));
        return Promise.resolve(rows === 'messages' ? of.filter(fits) : of);
      },
    };
  });
  return { books, regions };
}

it('books that agree are whole', async () => {
  const { regions } = whole();
  const found = await agreements(regions, kill);
  expect(found).toMatchObject({
    isWhole: true,
    remote: { pieces: 1, unitSlots: 64, amount: '76.800000' },
    netting: { open: 0, sum: { CNY: '0.000000' } },
  });
});

it.each<[fault: string, spoil: (buyer: Book, seller: Book) => void, found: object]>([
  [
    'an amount that one side has otherwise',
    (_buyer, seller) => (seller.items[0]!.ours = '76.800001'),
    { remote: { between: expect.arrayContaining([expect.objectContaining({ buyer: 'A', differing: ['r-1'] })]) as object } },
  ],
  [
    'an item that the other side has not',
    (_buyer, seller) => seller.items.pop(),
    { remote: { between: expect.arrayContaining([expect.objectContaining({ buyer: 'A', differing: ['r-1'] })]) as object } },
  ],
  ['a difference that a platform tells of', (buyer) => (buyer.items[0]!.differs = true), { statements: { differing: ['A: r-1'] } }],
  ['a day that was not stated', (buyer) => (buyer.items[0]!.stated = false), { statements: { notStated: 1 } }],
  [
    'a lease that the seller has twice',
    (_buyer, seller) => seller.leases.push({ window, units: 8, buyerId: 1 }),
    { remote: { between: expect.arrayContaining([expect.objectContaining({ buyer: 'A', doubled: 8, lost: 0 })]) as object } },
  ],
  [
    'a lease that the seller lost',
    (_buyer, seller) => seller.leases.pop(),
    { remote: { between: expect.arrayContaining([expect.objectContaining({ buyer: 'A', doubled: 0, lost: 8 })]) as object } },
  ],
  [
    'a message that was done on one side alone',
    (_buyer, seller) => (seller.messages[0]!.outcome = 'REFUSED'),
    { remote: { between: expect.arrayContaining([expect.objectContaining({ messagesDiffering: ['m-1'] })]) as object } },
  ],
  ['an item in no netting', (buyer) => delete buyer.items[0]!.nettedThrough, { netting: { open: 1 } }],
  ['a netting that is wrong on one side', (buyer) => (buyer.nettings[0]!.bought = '70'), { netting: { sum: { CNY: '6.800000' } } }],
  [
    'a netting that is wrong on both sides alike',
    (buyer, seller) => {
      buyer.nettings[0]!.bought = '153.60';
      seller.nettings[0]!.sold = '153.60';
    },
    { netting: { sum: { CNY: '0.000000' } } },
  ],
])('notices %s', async (_fault, spoil, found) => {
  const { books, regions } = whole();
  spoil(books.get('A of B')!, books.get('B of A')!);
  expect(await agreements(regions, kill)).toMatchObject({ ...found, isWhole: false });
});

it('notices a commit that is unanswered still', async () => {
  const { regions } = whole();
  const unanswered = { ...kill, resolved: { UNANSWERED: 1 } } as unknown as Kill;
  expect(await agreements(regions, unanswered)).toMatchObject({ isWhole: false });
});
