import { MarketActionKind, type Curtailment, type MarketAction, type MarketStatus } from '#contracts';
import type { Event } from '#matching-engine';
import type { Step } from './entry.js';

/** Something that was done to the market, as it is kept. */
export interface MarketActionRow {
  shard: number;
  kind: MarketActionKind;
  book_id: number;
  site_id: number;
  from_slot: number;
  to_slot: number;
  price: bigint;
  reference_price: bigint;
  reclaimed_leases: number;
  by: string;
  key: string;
  reason: string;
  time: bigint;
  sequence: bigint;
}

export type KeptAction = MarketActionRow & { readonly action_id: bigint; readonly all_reclaimed: number };

/** Each of the step's events that is such an action. A band halts within a step of anybody's. */
export function actionsOf(step: Step): MarketActionRow[] {
  return step.events.flatMap((event): MarketActionRow[] => {
    const of = what(step, event);
    return of ? [{ ...nothing(step), ...of }] : [];
  });
}

function what({ entry: { command, decided }, events }: Step, event: Event): Partial<MarketActionRow> | undefined {
  if (event.kind === 'BookHalted') {
    const halt = { kind: MarketActionKind.HALT_BOOK, book_id: event.bookId };
    return event.reason === 'operator'
      ? { ...halt, ...decided }
      : { ...halt, price: BigInt(event.price), reference_price: BigInt(event.referencePrice) };
  }
  if (event.kind === 'BookReopened' && command.kind === 'ReopenBook')
    return {
      kind: MarketActionKind.REOPEN_BOOK,
      book_id: event.bookId,
      reference_price: BigInt(command.referencePrice),
      ...decided,
    };
  if (event.kind !== 'Applied') return undefined;
  if (command.kind === 'StopMarket') return { kind: MarketActionKind.STOP_MARKET, ...decided };
  if (command.kind === 'StartMarket') return { kind: MarketActionKind.START_MARKET, ...decided };
  if (command.kind !== 'CurtailSite') return undefined;
  const { siteId, from, to } = command;
  return {
    kind: from < to ? MarketActionKind.CURTAIL_SITE : MarketActionKind.LIFT_CURTAILMENT,
    site_id: siteId,
    from_slot: from,
    to_slot: to,
    reclaimed_leases: events.filter(({ kind }) => kind === 'LeaseReclaimed').length,
    ...decided,
  };
}

const nothing = ({ shard, time, sequence }: Step): MarketActionRow => ({
  shard,
  kind: MarketActionKind.UNSPECIFIED,
  book_id: 0,
  site_id: 0,
  from_slot: 0,
  to_slot: 0,
  price: 0n,
  reference_price: 0n,
  reclaimed_leases: 0,
  by: '',
  key: '',
  reason: '',
  time: BigInt(time),
  sequence: BigInt(sequence),
});

export const actionOf = (row: KeptAction): MarketAction => ({
  actionId: Number(row.action_id),
  kind: row.kind,
  bookId: row.book_id,
  siteId: row.site_id,
  window: row.site_id ? { from: row.from_slot, to: row.to_slot } : undefined,
  referencePrice: Number(row.reference_price),
  price: Number(row.price),
  reclaimedLeases: row.all_reclaimed,
  by: row.by,
  reason: row.reason,
  time: Number(row.time),
  sequence: Number(row.sequence),
});

export const curtailmentOf = (row: MarketActionRow): Curtailment => ({
  siteId: row.site_id,
  window: { from: row.from_slot, to: row.to_slot },
  since: Number(row.time),
});

/** The last stop or start says it. */
export const statusOf = (row: MarketActionRow | undefined): MarketStatus => ({
  stopped: row?.kind === MarketActionKind.STOP_MARKET,
  since: Number(row?.time ?? 0n),
});
