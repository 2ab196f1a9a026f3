// One drill from its load's first order to the verdict.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from './drill.js';
import { type Acknowledged, Load } from './load.js';
import { observe, type Scene } from './observe.js';
import type { Stage } from './stage.js';
import { judge, type Verdict } from './verdict.js';

export interface Row {
  readonly name: string;
  /** Orders that a gateway said were placed, from the load's first to its last. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Orders of them whose outcome nobody knew at least once. */
  readonly unknownResolved: number;
  /** Micro-yuan; "0" is balanced. */
  readonly imbalance: string;
  /** To the answer of an order begun after it that has reached settlement's ledger; null where there was none. */
  readonly recovery_ms: number | null;
  readonly recovery_from: 'fault' | 'undone';
  /** Of an asynchronous second site: acknowledged within its copy's lag, and gone. */
  readonly accepted?: number;
  /** What did not hold, in words; absent where all held. */
  readonly failed?: readonly string[];
}

const [before, after] = [60, 60];
export const patienceMs = 120_000;

/** @param known acknowledged on this cluster before; grows by this drill's */
export async function runDrill(stage: Stage, drill: Drill, known: Acknowledged[], seed: number): Promise<Row> {
  const failed: string[] = [];
  const fails = (error: Error): void => void failed.push(error.message);
  let load: Load | undefined;
  let recoveryMs: number | null = null;
  try {
    await drill.prepare?.(stage);
    await stage.well(patienceMs);
    load = new Load(
      stage.gateways.map((name) => stage.addressOf(name)),
      stage.market,
      `${drill.name}-${seed}`,
      seed,
    );
    await more(load, before);
    recoveryMs = await faultOf(stage, drill, load);
    await more(load, after);
  } catch (error) {
    fails(error as Error);
  }
  await load?.stop(patienceMs).catch(fails);
  await stage.well(patienceMs).catch(fails);
  failed.push(...new Set(load?.refused.map((rule) => `an order was refused: ${rule}`)));
  const verdict = await settled(stage, load?.acknowledged ?? [], known);
  known.push(...(load?.acknowledged ?? []));
  return rowOf(drill, load, verdict, recoveryMs, failed);
}

/** @param failed what did not hold beside the verdict */
export function rowOf(
  { name, from }: Pick<Drill, 'name' | 'from'>,
  load: Pick<Load, 'acknowledged' | 'unknownResolved'> | undefined,
  { lost, doubled, imbalance, others }: Awaited<ReturnType<typeof settled>>,
  recoveryMs: number | null,
  failed: readonly string[],
): Row {
  const wrong = [
    ...failed,
    ...lost.slice(0, 5),
    ...doubled.slice(0, 5),
    ...others,
    ...(imbalance === 0n ? [] : ['the books do not balance']),
  ];
  return {
    name,
    acknowledged: load?.acknowledged.length ?? 0,
    lost: lost.length,
    doubled: doubled.length,
    unknownResolved: load?.unknownResolved ?? 0,
    imbalance: String(imbalance),
    recovery_ms: recoveryMs === null ? null : Math.round(recoveryMs),
    recovery_from: from,
    ...(wrong.length ? { failed: wrong } : {}),
  };
}

async function faultOf(stage: Stage, drill: Drill, load: Load): Promise<number> {
  const fault = performance.now();
  const undo = await drill.inject(stage);
  let recovery = drill.from === 'fault' ? recovered(stage, load, fault, drill.lastsMs + patienceMs) : undefined;
  // It is waited for below, after the fault is undone in any case.
  recovery?.catch(() => undefined);
  await sleep(drill.lastsMs);
  await undo();
  recovery ??= recovered(stage, load, performance.now(), patienceMs);
  return recovery;
}

export async function more(load: Load, count: number): Promise<void> {
  const [wanted, deadline] = [load.acknowledged.length + count, performance.now() + patienceMs];
  while (load.acknowledged.length < wanted) {
    if (performance.now() > deadline) throw new Error(`orders must be acknowledged; the last was not: ${load.lastUnknown}`);
    await sleep(20);
  }
}

/** Until an order that was begun after `since` is acknowledged and its hold is in the ledger. */
export async function recovered(scene: Scene, load: Load, since: number, withinMs: number): Promise<number> {
  for (;;) {
    const trades = load.acknowledged.filter(({ begun }) => begun >= since).flatMap(({ tradeIds }) => tradeIds);
    if (trades.length && (await isHeld(scene, trades))) return performance.now() - since;
    if (performance.now() - since > withinMs)
      throw new Error(`it did not recover: ${trades.length} trades, none held; ${load.lastUnknown}`);
    await sleep(40);
  }
}

/** False, too, where the database cannot say. */
async function isHeld({ look }: Scene, trades: readonly number[]): Promise<boolean> {
  const found = look.query<{ held: boolean }>('select exists (select from settlement.trades where trade_id = any($1::int8[])) as held', [
    trades,
  ]);
  return found.then(
    ([row]) => row!.held,
    () => false,
  );
}

/** Looks until nothing is missing, or it has had its time. */
export async function settled(
  scene: Scene,
  ours: readonly Acknowledged[],
  known: readonly Acknowledged[],
): Promise<Verdict & { readonly others: readonly string[] }> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const { observed, others } = await observe(scene, ours);
      const verdict = judge(ours, known, observed);
      const isRight = !verdict.lost.length && !verdict.doubled.length && verdict.imbalance === 0n && !others.length;
      if (isRight || performance.now() > deadline) return { ...verdict, others };
    } catch (error) {
      if (performance.now() > deadline) return unseen(ours, error as Error);
    }
    await sleep(500);
  }
}

/** What nobody can look for is lost. */
function unseen(ours: readonly Acknowledged[], { message }: Error): Verdict & { readonly others: readonly string[] } {
  const lost = ours.map(({ once }) => `${once} cannot be looked for: ${message}`);
  return { lost, doubled: [], imbalance: 0n, others: [`the books cannot be looked at: ${message}`] };
}
