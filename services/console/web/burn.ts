// Where a programme's budget goes 预算执行: by district, industry, size, month and firm of its claims.
import { type Asked, get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { perCent, shortText } from './format.js';
import { type Firm, bar, figured, firmCell, goTo, shareBp, valueIn } from './authorityparts.js';
import { choice } from './parts.js';
import type { Programme } from './programme.js';
import { type Column, list } from './table.js';
import { microYuan, yuan } from './money.js';
import { ta } from './authoritywords.js';
import { regionText, t } from './words.js';

interface Group {
  readonly region: number;
  readonly industry: string;
  readonly size: string;
  readonly month: string;
  readonly firms: number;
  readonly claims: number;
  readonly base: string;
  readonly paid: string;
  readonly waiting: string;
  readonly refused: number;
  readonly buyerId: number;
  readonly firm?: Firm;
}

interface Burn {
  readonly budget: string;
  readonly paid: string;
  readonly waiting: string;
}

const ways = ['DISTRICT', 'INDUSTRY', 'SIZE', 'MONTH', 'FIRM'] as const;
type Way = (typeof ways)[number];

const nameOf: Readonly<Record<Way, (group: Group) => Child>> = {
  DISTRICT: ({ region }) => regionText(region),
  INDUSTRY: ({ industry }) => valueIn(industry),
  SIZE: ({ size }) => valueIn(size),
  MONTH: ({ month }) => month,
  FIRM: ({ firm, buyerId }) => firmCell(firm, buyerId),
};

export async function burnOf(programme: Programme, { by: asked, year = '' }: Asked): Promise<Node[]> {
  const { programmeId, terms } = programme;
  const by = ways.find((way) => way === asked) ?? 'DISTRICT';
  const path = `/v1/programmes/${programmeId}/burn`;
  const { budget, paid, waiting } = await get<Burn>(path, { year });
  const all = microYuan(paid);
  const columns: Column<Group>[] = [
    { head: valueIn(by), cell: nameOf[by] },
    { head: ta('firms'), isNumber: true, cell: ({ firms }) => shortText(String(firms)) },
    { head: ta('claims'), isNumber: true, cell: ({ claims }) => shortText(String(claims)) },
    { head: ta('refusedClaims'), isNumber: true, cell: ({ refused }) => shortText(String(refused)) },
    { head: ta('base'), isNumber: true, cell: ({ base }) => yuan(base) },
    { head: ta('waiting'), isNumber: true, cell: ({ waiting: waits }) => yuan(waits) },
    { head: ta('paid'), isNumber: true, cell: (group) => yuan(group.paid) },
    { head: ta('shareOfPaid'), cell: (group) => shareCell(microYuan(group.paid), all) },
  ];
  const page = `/programmes/${programmeId}/burn`;
  const go = (changed: Asked) => goTo(page, { by, year, ...changed });
  return [
    el('h1', {}, link(`/programmes/${programmeId}`, terms.name), ' ', ta('burn')),
    el(
      'div',
      { class: 'bar' },
      choice(
        ta('burnBy'),
        ways.map((way) => [way, way === 'MONTH' ? ta('month') : valueIn(way)] as const),
        by,
        (to) => go({ by: to }),
      ),
      choice(t('year'), [['', t('all')], ...yearsOf(programme).map((one) => [one, one] as const)], year, (to) => go({ year: to })),
    ),
    bar(
      [
        ['redeemed', all],
        ['held', microYuan(waiting)],
      ],
      microYuan(budget),
      `${ta('paid')} ${yuan(paid)}, ${ta('waiting')} ${yuan(waiting)}, ${ta('budget')} ${yuan(budget)}`,
    ),
    facts([
      [ta('budget'), yuan(budget)],
      [ta('paid'), `${yuan(paid)} (${perCent(shareBp(all, microYuan(budget)))})`],
      [ta('waiting'), yuan(waiting)],
    ]),
    await list(columns, { path, asked: { by, year }, rowsOf: ({ groups }) => groups as Group[] }, ta('noBurn')),
  ];
}

const shareCell = (part: bigint, all: bigint): Child => {
  const share = perCent(shareBp(part, all));
  return figured(bar([['redeemed', part]], all, share), share);
};

/** Of the bills that its bids may have; the last bid's bill may come in the next year. */
function yearsOf({ terms: { firstDay, lastDay } }: Programme): string[] {
  const [first, last] = [firstDay, lastDay].map((day) => Number(day.slice(0, 4))) as [number, number];
  return Array.from({ length: last - first + 2 }, (_, index) => String(first + index));
}
