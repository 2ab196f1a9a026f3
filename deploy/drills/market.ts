// The market that is traded while parts of the exchange die: a provider whose offer lasts, a buyer with money, and an authority that pays a part.
import { type Api, book, type Json, participant, rfc, slotMs, type SmallMarket, smallMarket } from '#demo';

export interface Market extends SmallMarket {
  readonly programmeId: number;
}

const dayMs = 86_400_000;
/** Asia/Shanghai's, by which a programme's days are told. */
const shanghaiMs = 8 * 3_600_000;
const nodes = 64;
/** An order's window begins after the whole run is over, so that no lease ends under it, and within the twenty days of the standing offer. */
const [slotsAhead, slotsWide] = [40, 1_600];

export async function openMarket(api: Api, operator: string): Promise<Market> {
  const first = Math.floor(Date.now() / slotMs) + slotsAhead;
  const opened = await smallMarket(api, operator, nodes, bidOf(first, '2.50'));
  return { ...opened, programmeId: await openProgramme(api, operator) };
}

async function openProgramme(api: Api, operator: string): Promise<number> {
  const authority = await participant(api, operator, {
    name: 'office',
    roles: ['AUTHORITY'],
    region: 500000,
    industry: 'S',
    size: 'LARGE',
  });
  const officer = async (name: string) =>
    String((await api.post(operator, '/v1/keys', { participantId: authority.id, roles: ['AUTHORITY'], name })).secret);
  const dayOf = (days: number) => new Date(Date.now() + shanghaiMs + days * dayMs).toISOString().slice(0, 10);
  const terms = {
    name: 'vouchers',
    budget: '10000000.00',
    firstDay: dayOf(0),
    lastDay: dayOf(60),
    kind: 'GUARANTEE',
    eligibility: { regions: [500000] },
    coverage: { classes: [book.computeClass] },
    tiers: [{ rateBp: 2_000, capPerBill: '10000000.00', capPerFirmYear: '10000000.00' }],
  };
  const programmeId = Number((await api.post(authority.key, '/v1/programmes', { terms })).programmeId);
  const path = `/v1/programmes/${programmeId}`;
  await api.post(authority.key, `${path}/submit`, {});
  for (const name of ['second officer', 'third officer']) await api.post(await officer(name), `${path}/approve`, {});
  return programmeId;
}

const bidOf = (earliest: number, limitPrice: string): Json => ({
  terms: {
    books: [book],
    units: 1,
    durationSlots: 4,
    earliest: rfc(earliest),
    latest: rfc(earliest + 4),
    limitPrice,
    timeInForce: 'GTC',
    placement: 'ANYWHERE',
  },
});

export interface Order {
  readonly kind: 'bid' | 'offer';
  /** Whose key places it. */
  readonly key: string;
  readonly body: Json;
}

/** Half of them buy at once, some with a voucher; the others rest. */
export function orderOf({ buyer, provider, poolId, programmeId }: Market, random: () => number): Order {
  const earliest = Math.floor(Date.now() / slotMs) + slotsAhead + Math.floor(random() * slotsWide);
  const chance = random();
  if (chance < 0.5) return { kind: 'bid', key: buyer, body: bidOf(earliest, '2.50') };
  if (chance < 0.7) return { kind: 'bid', key: buyer, body: { ...bidOf(earliest, '2.50'), programmeId } };
  if (chance < 0.85) return { kind: 'bid', key: buyer, body: bidOf(earliest, '1.50') };
  const window = { from: rfc(earliest), to: rfc(earliest + 4) };
  return { kind: 'offer', key: provider, body: { poolId, tier: book.tier, units: 1, window, ask: '9.00' } };
}
