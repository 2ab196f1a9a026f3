// The report that a person reads when the demo is over.
import { regionNames } from './cast.js';
import { textOf } from './client.js';
import type { Json } from './client.js';
import type { Played } from './play.js';
import { slotMs } from './orders.js';
import { leasedUnits } from './result.js';
import type { Details, Result } from './result.js';
import type { ProgrammeSummary } from './subsidies.js';
import type { Shape } from './trace.js';
import type { World } from './world.js';

const bars = ' ▁▂▃▄▅▆▇█';
const right = (text: unknown, width: number) => String(text).padStart(width);
const left = (text: unknown, width: number) => String(text).padEnd(width);
const percent = (part: number, whole: number) => `${whole ? ((100 * part) / whole).toFixed(1) : '0.0'} %`;
/** Yuan to the micro-yuan, with separated thousands. */
const money = (text: unknown) => {
  const [whole = '0', decimals = ''] = (textOf(text) || '0').split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${decimals.padEnd(6, '0')}`;
};
/** Yuan to the fen, as bills are. */
const fen = (text: unknown) => money(text).replace(/(\.\d\d)0000$/, '$1');
const day = (slot: number) => new Date(slot * slotMs + 8 * 3_600_000).toISOString().slice(0, 10);

function chart(units: readonly number[], supply: number, width: number): string {
  const each = Math.max(1, Math.ceil(units.length / width));
  const columns = Array.from({ length: Math.ceil(units.length / each) }, (_, at) => {
    const part = units.slice(at * each, (at + 1) * each);
    return part.reduce((sum, value) => sum + value, 0) / part.length / supply;
  });
  return columns.map((share) => bars[Math.min(8, Math.ceil(share * 8))]).join('');
}

/** First lines: what of the trace plays, and what is not the trace's. */
export function opening(shape: Shape, options: { seed: number; compress: number }): string {
  const nodes = shape.groups.reduce((sum, group) => sum + group.serials.length, 0);
  return [
    `${shape.tasks.length} tasks on ${nodes} of ${shape.nodesInFile} nodes (${(shape.gpuShare * 100).toFixed(1)} % of those with cards, ${(shape.cpuShare * 100).toFixed(1)} % of those without), arrivals ${options.compress} times closer together, durations real.`,
    `Demand at its peak: ${shape.peak.gpus} cards and ${shape.peak.cores} cores; supply: ${shape.supply.gpus} and ${shape.supply.cores}. As it stands the trace never fills its cluster, so a part of it plays.`,
    `${shape.roundedUp.gpus} tasks ask for a part of a card and buy a whole one; ${shape.roundedUp.durations} durations are rounded up to slots of 15 minutes; ${shape.cut} are cut at the horizon.`,
    `The trace leaves open which models a task accepts, what it may cost and what it demands of a site: drawn from seed ${options.seed}. What G2 and G3 are it does not say: taken for domestic cards.`,
  ].join('\n');
}

function priceByBook(details: Details): string[] {
  const books = new Map<string, { units: number; weighted: number; trades: number; low: number; high: number }>();
  for (const trade of details.trades) {
    const book = trade.book as Json;
    const name = `${String(book.model)} ${String(book.tier)}`;
    const [price, units] = [Number(trade.price), Number(trade.units)];
    const sum = books.get(name) ?? { units: 0, weighted: 0, trades: 0, low: Infinity, high: 0 };
    books.set(name, {
      units: sum.units + units,
      weighted: sum.weighted + price * units,
      trades: sum.trades + 1,
      low: Math.min(sum.low, price),
      high: Math.max(sum.high, price),
    });
  }
  return [...books]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(
      ([name, book]) =>
        `  ${left(name, 22)}${right(book.trades, 7)}${right((book.weighted / book.units).toFixed(4), 12)}${right(book.low.toFixed(4), 12)}${right(book.high.toFixed(4), 12)}`,
    );
}

function explained({ unfilled }: Details): string[] {
  if (!unfilled) return ['Every bid that was taken was filled.'];
  const { explanation } = unfilled;
  const removed = (explanation.removed as Json[] | undefined) ?? [];
  return [
    `One unfilled bid explained: ${unfilled.name} (${unfilled.bidId})`,
    `  most units free at any start ${right(Number(explanation.free ?? 0), 6)}`,
    ...removed
      .filter((one) => Number(one.counted) > 0)
      .map((one) => `  ${left(`less by ${String(one.obstacle)}`, 28)} ${right(one.counted as number, 6)}`),
    `  ${String(explanation.summary)}`,
  ];
}

function billInFull({ bill }: Details, world: World): string[] {
  if (!bill) return [];
  const buyer = world.buyers.find(({ id }) => id === Number(bill.buyerId));
  const lines = (bill.lines as Json[]).slice(0, 24);
  const isCompute = (line: Json) => line.kind === 'compute';
  const rest = (bill.lines as Json[]).length - lines.length;
  return [
    `Bill ${Number(bill.billId)} of ${String(bill.month)} for ${buyer?.name ?? Number(bill.buyerId)}`,
    `  ${left('line', 6)}${left('kind', 12)}${left('book', 22)}${right('unit-slots', 12)}${right('yuan/h', 10)}${right('yuan', 14)}${right('subsidy', 14)}`,
    ...lines.map((line) => {
      const book = (line.book as Json | undefined) ?? {};
      return `  ${left(line.line, 6)}${left(line.kind, 12)}${left(book.model ? `${textOf(book.model)} ${textOf(book.tier)}` : '', 22)}${right(isCompute(line) ? (line.unitSlots ?? 0) : '', 12)}${right(isCompute(line) ? Number(line.price ?? 0).toFixed(4) : '', 10)}${right(fen(line.amount), 14)}${right(money(line.subsidy), 14)}`;
    }),
    ...(rest > 0 ? [`  … and ${rest} lines more`] : []),
    `  ${left('total', 62)}${right(fen(bill.total), 14)}${right(money(bill.subsidyGranted), 14)}`,
    `  paid by the buyer ${money(bill.paidByBuyer)}`,
  ];
}

/** Who got what of a programme, and why. */
function subsidised(programme: ProgrammeSummary): string[] {
  const counted = (sums: Record<string, number>) => Object.entries(sums).map(([rule, count]) => `  ${right(count, 8)} ${rule}`);
  const funded = Object.entries(programme.funded).map(([name, amount]) => `${name} ${money(amount)}`);
  return [
    programme.name,
    ...(programme.source ? [`  ${programme.source}`] : []),
    `  issued ${money(programme.issued)}, redeemed ${money(programme.redeemed)}${funded.length ? `: ${funded.join(', ')}` : ''}; held ${money(programme.held)}`,
    `  ${left('firm', 36)}${right('claims', 8)}${right('in full', 9)}${right('cut', 6)}${right('refused', 9)}${right('billed', 18)}${right('subsidy', 18)}`,
    ...programme.firms.flatMap((firm) => [
      `  ${left(firm.buyer, 36)}${right(firm.claims, 8)}${right(firm.granted - firm.cut, 9)}${right(firm.cut, 6)}${right(firm.claims - firm.granted, 9)}${right(money(firm.base), 18)}${right(money(firm.amount), 18)}`,
      ...(Object.keys(firm.clauses).length ? ['    clauses that cut or refused', ...counted(firm.clauses)] : []),
    ]),
    ...(Object.keys(programme.findings).length ? ['  shown to officers, by finding', ...counted(programme.findings)] : []),
    ...(programme.example.length ? ['  a claim, clause by clause', ...programme.example.map((line) => `    ${line}`)] : []),
    '',
  ];
}

/** The whole report. */
export function report(result: Result, details: Details, played: Played, shape: Shape, world: World): string {
  const { bids, voucher } = result;
  const taken = bids.placed - bids.rejected;
  const cutShort = (reason: string) => details.leases.filter((lease) => lease.state === 'CUT_SHORT' && lease.reason === reason).length;
  const busy = { from: played.firstSlot, to: Math.min(played.lastSlot, played.firstSlot + (shape.tasks.at(-1)?.arrival ?? 0) + 96) };
  const cards = leasedUnits(details.leases, busy.from, busy.to, 'INTELLIGENT');
  const cores = leasedUnits(details.leases, busy.from, busy.to, 'GENERAL');
  const accounts = details.balances.rows as Json[];
  const byRegion = new Map<number, number>();
  for (const trade of details.trades) byRegion.set(Number(trade.region), (byRegion.get(Number(trade.region)) ?? 0) + 1);
  return [
    `Bids: ${bids.placed} placed, ${bids.rejected} refused by a guard, ${bids.filled} filled (${percent(bids.filled, taken)} of those taken), ${bids.partial} in part, ${bids.unfilled} not; ${bids.explained} explained`,
    ...[...played.refusals].sort((one, other) => other[1] - one[1]).map(([rule, count]) => `  ${right(count, 6)} refused: ${rule}`),
    `Leases: ${result.leases}, of which ${cutShort('lost')} were cut short when a provider fell silent and ${cutShort('reclaimed')} by FIRM bids that reclaimed them; ${[...byRegion].map(([region, count]) => `${regionNames[region] ?? region} ${count}`).join(', ')}`,
    '',
    `Leased of the supply while tasks came, ${day(busy.from)} to ${day(busy.to)} (the last lease ended on ${day(played.lastSlot)})`,
    `  cards ${chart(cards, shape.supply.gpus, 96)} peak ${percent(Math.max(0, ...cards), shape.supply.gpus)}`,
    `  cores ${chart(cores, shape.supply.cores, 96)} peak ${percent(Math.max(0, ...cores), shape.supply.cores)}`,
    '',
    `Price by book, yuan a unit-hour`,
    `  ${left('book', 22)}${right('trades', 7)}${right('mean', 12)}${right('lowest', 12)}${right('highest', 12)}`,
    ...priceByBook(details),
    '',
    'Money by kind of account, yuan: what the exchange owes is positive, what it has or is owed negative; together they are 0',
    ...accounts.map((row) => `  ${left(row.kind, 26)}${right(money(row.balance), 20)}`),
    `  ${left('imbalance', 26)}${right(money(result.money.imbalance), 20)}`,
    `  ${left('still held', 26)}${right(money(result.money.held), 20)}`,
    '',
    `Billed ${money(result.money.billed)}, of which subsidy ${money(result.money.subsidy)}; service-level credits ${money(result.money.slaCredits)}; fees ${money(result.money.fees)}; paid out ${money(result.money.paidOut)}`,
    `Providers that failed owe ${money(details.receivable)} to those that stepped in and were paid (R-24): so fees and payouts may pass what was billed`,
    `Voucher programme: issued ${money(voucher.issued)} = available ${money(voucher.available)} + held ${money(voucher.held)} + redeemed ${money(voucher.redeemed)} + expired ${money(voucher.expired)} + revoked ${money(voucher.revoked)}`,
    '',
    ...(result.programmes ?? []).flatMap(subsidised),
    ...explained(details),
    '',
    ...billInFull(details, world),
    '',
    `State hash ${result.stateHash}`,
  ].join('\n');
}
