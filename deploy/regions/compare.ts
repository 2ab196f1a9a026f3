// What two platforms have of their dealings, side by side: pieces, leases, the messages of either journal, statements, nettings.
import { slotMs } from '#demo';
import type { Json } from '#demo';
import type { Region } from './region.js';

/** What is read of a platform. */
export type Books = Pick<Region, 'platform' | 'partners' | 'list'>;

/** What one bought of another. Money in yuan, to the micro-yuan. */
export interface Dealings {
  readonly buyer: string;
  readonly seller: string;
  /** Pieces that became leases, by the buyer's statements. */
  readonly pieces: number;
  readonly unitSlots: number;
  readonly amount: string;
  /** What the buyer has and the seller has not, or with another amount; and the other way round. */
  readonly differing: readonly string[];
  /** Units of the buyer's leases in a window beyond those of the seller's, and the other way round, added up. */
  readonly lost: number;
  readonly doubled: number;
  /** Of reserve, commit and cancel, by their outcome at who said them: done, or the rule by which they were refused. */
  readonly messages: Record<string, Record<string, number>>;
  /** Ids of those that either journal has alone, or with another outcome. */
  readonly messagesDiffering: readonly string[];
}

const micro = 1_000_000n;

export const toMicro = (yuan: unknown): bigint => {
  const [whole = '0', decimals = ''] = (typeof yuan === 'string' ? yuan : '0').split('.');
  return BigInt(whole + decimals.padEnd(6, '0'));
};

export function toYuan(amount: bigint): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount];
  return `${sign}${size / micro}.${String(size % micro).padStart(6, '0')}`;
}

/** How many of the rows have each name. */
export const countBy = (rows: readonly Json[], nameOf: (row: Json) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(rows, nameOf)].map(([name, some]) => [name, some.length]));

/** Of a message: what became of it. */
export const outcomeOf = ({ outcome, rule }: Json): string => (outcome === 'REFUSED' ? String(rule) : String(outcome));

const itemsPath = (region: Books): string => `/v1/interconnect/partners/${region.platform}/statement-items`;

async function items(at: Books, other: Books, sold: boolean): Promise<Map<string, bigint>> {
  const rows = await at.list(itemsPath(other), 'items');
  return new Map(
    rows.filter((row) => Boolean(row.sold) === sold && toMicro(row.ours) > 0n).map((row) => [String(row.reservationId), toMicro(row.ours)]),
  );
}

/** Units by window, and unit-slots of all. */
function byWindow(leases: readonly Json[]): { units: Map<string, number>; unitSlots: number } {
  const units = new Map<string, number>();
  let unitSlots = 0;
  for (const { window, units: many } of leases) {
    const { from, to } = window as { from: string; to: string };
    units.set(`${from}/${to}`, (units.get(`${from}/${to}`) ?? 0) + Number(many));
    unitSlots += (Number(many) * (Date.parse(to) - Date.parse(from))) / slotMs;
  }
  return { units, unitSlots };
}

const beyond = (some: Map<string, number>, others: Map<string, number>): number =>
  [...some].reduce((sum, [window, units]) => sum + Math.max(0, units - (others.get(window) ?? 0)), 0);

async function messages(at: Books, other: Books, direction: 'SAID' | 'HEARD'): Promise<Json[]> {
  const kinds = ['RESERVE', 'COMMIT', 'CANCEL'];
  const path = `/v1/interconnect/messages?platform=${other.platform}&direction=${direction}`;
  return (await Promise.all(kinds.map((kind) => at.list(`${path}&kind=${kind}`, 'messages')))).flat();
}

/** What either has alone, or otherwise than the other. */
function apart<V>(some: Map<string, V>, others: Map<string, V>): string[] {
  const all = new Set([...some.keys(), ...others.keys()]);
  return [...all].filter((key) => some.get(key) !== others.get(key)).sort();
}

export async function dealings(buyer: Books, seller: Books): Promise<Dealings> {
  const [bought, sold] = await Promise.all([items(buyer, seller, false), items(seller, buyer, true)]);
  const [here, there] = await Promise.all([buyer.list('/v1/leases', 'leases'), seller.list('/v1/leases', 'leases')]);
  const ours = byWindow(here.filter(({ platformId }) => platformId === buyer.partners.get(seller.platform)));
  const theirs = byWindow(there.filter(({ buyerId }) => buyerId === seller.partners.get(buyer.platform)));
  const [said, heard] = await Promise.all([messages(buyer, seller, 'SAID'), messages(seller, buyer, 'HEARD')]);
  const outcomes = (rows: readonly Json[]) => new Map(rows.map((row) => [String(row.id), `${String(row.kind)} ${String(row.outcome)}`]));
  return {
    buyer: buyer.platform,
    seller: seller.platform,
    pieces: bought.size,
    unitSlots: ours.unitSlots,
    amount: toYuan([...bought.values()].reduce((sum, amount) => sum + amount, 0n)),
    differing: apart(bought, sold),
    lost: beyond(ours.units, theirs.units),
    doubled: beyond(theirs.units, ours.units),
    messages: Object.fromEntries(
      [...Map.groupBy(said, ({ kind }) => String(kind))].map(([kind, rows]) => [kind, countBy(rows, outcomeOf)]),
    ),
    messagesDiffering: apart(outcomes(said), outcomes(heard)),
  };
}

export interface Statements {
  /** Said by all to all, and heard. */
  readonly said: number;
  readonly refused: number;
  /** Items of both sides, in them or not. */
  readonly items: number;
  readonly notStated: number;
  /** 'platform: reservation' where the platform's own amount is not the partner's. */
  readonly differing: readonly string[];
}

export async function statements(regions: readonly Books[]): Promise<Statements> {
  const said = (
    await Promise.all(regions.map((region) => region.list('/v1/interconnect/messages?direction=SAID&kind=STATEMENT', 'messages')))
  ).flat();
  const rows = await Promise.all(
    pairs(regions).map(async ([at, other]) => (await at.list(itemsPath(other), 'items')).map((row) => ({ at: at.platform, row }))),
  );
  const all = rows.flat();
  return {
    said: said.filter(({ outcome }) => outcome === 'DONE').length,
    refused: said.filter(({ outcome }) => outcome !== 'DONE').length,
    items: all.length,
    notStated: all.filter(({ row }) => !row.stated).length,
    differing: all.filter(({ row }) => row.differs).map(({ at, row }) => `${at}: ${String(row.reservationId)}`),
  };
}

export interface Position {
  readonly platform: string;
  readonly currency: string;
  readonly receivable: string;
  readonly payable: string;
  readonly net: string;
}

export interface Netted {
  readonly nettings: number;
  /** Items that no netting has. */
  readonly open: number;
  readonly positions: readonly Position[];
  /** Of all positions' nets, by currency. */
  readonly sum: Record<string, string>;
}

export async function netted(regions: readonly Books[]): Promise<Netted> {
  const rows = (
    await Promise.all(
      pairs(regions).map(async ([at, other]) =>
        (await at.list(`/v1/interconnect/partners/${other.platform}/nettings`, 'nettings')).map((row) => ({ platform: at.platform, row })),
      ),
    )
  ).flat();
  const open = await Promise.all(
    pairs(regions).map(async ([at, other]) => (await at.list(itemsPath(other), 'items')).filter((row) => !row.nettedThrough)),
  );
  const total = (some: typeof rows, side: 'sold' | 'bought') => some.reduce((sum, { row }) => sum + toMicro(row[side]), 0n);
  const ofCurrency = [...Map.groupBy(rows, ({ row }) => String(row.currency))];
  return {
    nettings: rows.length,
    open: open.flat().length,
    positions: ofCurrency.flatMap(([currency, some]) =>
      regions.map(({ platform }) => {
        const own = some.filter((one) => one.platform === platform);
        const [receivable, payable] = [total(own, 'sold'), total(own, 'bought')];
        return { platform, currency, receivable: toYuan(receivable), payable: toYuan(payable), net: toYuan(receivable - payable) };
      }),
    ),
    sum: Object.fromEntries(ofCurrency.map(([currency, some]) => [currency, toYuan(total(some, 'sold') - total(some, 'bought'))])),
  };
}

/** Each with each other, both ways. */
export const pairs = <B extends Books>(regions: readonly B[]): [B, B][] =>
  regions.flatMap((at) => regions.filter((other) => other !== at).map((other): [B, B] => [at, other]));
