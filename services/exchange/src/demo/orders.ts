// What providers ask and what buyers bid: drawn from the seed where the trace leaves it open.
import { modelOf } from './cast.js';
import type { PlayedProgramme } from './programmes.js';
import type { Random } from './random.js';
import type { Shape, Task } from './trace.js';
import type { Buyer, Pool, World } from './world.js';

export const slotMs = 900_000;
const slotsOfDay = 96;
/** Offers may reach so far ahead. */
const horizonSlots = 90 * slotsOfDay;
const rfc = (slot: number) => new Date(slot * slotMs).toISOString();
/** Yuan as a decimal string on the tick of 100 micro-yuan. */
export const yuan = (fen: number) => (Math.round(fen * 100) / 10_000).toFixed(4);

const bookOf = (model: string, tier: string) => ({
  computeClass: model === 'CPU' ? 'GENERAL' : 'INTELLIGENT',
  model,
  unit: model === 'CPU' ? 'CORE' : 'CARD',
  tier,
});

/** Fen a unit-hour. @param share of the usual ask */
export const askFen = (pool: Pool, tier: string, share: number) =>
  modelOf(pool.model).fenPerHour * pool.provider.factor * (tier === 'FIRM' ? 1 : 0.55) * share;

const offer = (pool: Pool, tier: string, from: number, to: number, fen: number, name: string) => ({
  poolId: pool.id,
  tier,
  units: pool.nodes * pool.unitsPerNode,
  window: { from: rfc(from), to: rfc(to) },
  ask: yuan(fen),
  clientOrderId: name,
});

/** A pool's standing offers, one a tier, as far ahead as the market reaches. */
export const standingOffers = (pool: Pool, slot: number) =>
  ['FIRM', 'RECLAIMABLE'].map((tier) =>
    offer(pool, tier, slot + 1, slot + horizonSlots - slotsOfDay, askFen(pool, tier, 1), `standing-${pool.id}-${tier}`),
  );

/** Cheaper by night (22:00 to 08:00 in Asia/Shanghai), for what fits into one. */
export const nightOffers = (pool: Pool, midnightSlot: number) =>
  ['FIRM', 'RECLAIMABLE'].map((tier) =>
    offer(pool, tier, midnightSlot - 8, midnightSlot + 32, askFen(pool, tier, 0.75), `night-${pool.id}-${tier}-${midnightSlot}`),
  );

/** The window of a standing offer moved on with the day. */
export const movedWindow = (slot: number) => ({ window: { from: rfc(slot + 1), to: rfc(slot + horizonSlots - slotsOfDay) } });

export interface Bid {
  readonly buyer: Buyer;
  readonly once: string;
  readonly body: Record<string, unknown>;
  readonly tier: 'FIRM' | 'RECLAIMABLE';
  /** What its programme may come to promise it, in yuan; 0 for a bid without a voucher, or under one that reimburses. */
  readonly subsidyMax: number;
  readonly programme: PlayedProgramme | undefined;
}

/** Which models a task takes where the trace does not say: one, some or any that play and have nodes large enough. */
function acceptedModels(task: Task, shape: Shape, random: Random): readonly string[] {
  if (!task.gpus) return ['CPU'];
  const playing = [
    ...new Set(shape.groups.filter((group) => group.model !== 'CPU' && group.unitsPerNode >= task.gpus).map((group) => group.model)),
  ];
  if (task.models.length) return task.models;
  if (!playing.length) return [shape.groups.find((group) => group.model !== 'CPU')?.model ?? 'T4'];
  const draw = random.next();
  if (draw < 0.35) return [random.pick(playing)];
  if (draw < 0.7)
    return playing
      .filter(() => random.chance(0.5))
      .concat(random.pick(playing))
      .filter((model, at, all) => all.indexOf(model) === at);
  return playing;
}

function constraintsOf(random: Random): Record<string, unknown> {
  const draw = random.next();
  if (draw < 0.08) return { regionsIn: [500000, 510100] };
  if (draw < 0.14) return { greenShareBpMin: 8000 };
  if (draw < 0.19) return { domesticOnly: true };
  if (draw < 0.23) return { roundTripUsMax: 30_000 };
  if (draw < 0.25) return { securityGradeMin: 4 };
  return {};
}

/**
 * A task as a bid. Its cards stand in one node, as they did in the trace.
 * @param slot the slot in which it is placed
 */
export function bidOf(task: Task, slot: number, world: World, shape: Shape, random: Random): Bid {
  const buyer = random.pick(world.buyers);
  const tier = task.qos === 'BE' ? 'RECLAIMABLE' : 'FIRM';
  const accepted = acceptedModels(task, shape, random);
  const units = task.gpus || task.cores;
  const dearest = Math.max(...accepted.map((model) => modelOf(model).fenPerHour)) * (tier === 'FIRM' ? 1 : 0.55);
  const limit = dearest * (0.75 + random.next() * 0.65);
  // A third of the LS tasks may wait for some hours; who may be reclaimed is patient as well; the others start at once or within the hour.
  const slack =
    tier === 'RECLAIMABLE' ? random.whole(4, 16) : task.qos === 'LS' && random.chance(1 / 3) ? random.whole(8, 32) : random.whole(0, 3);
  const constraints = constraintsOf(random);
  const dataGb = random.chance(0.2) ? random.whole(5, 200) : 0;
  const preference = random.pick(['CHEAPEST', 'CHEAPEST', 'CHEAPEST', 'GREENEST', 'NEAREST', 'EARLIEST']);
  const local = world.programmes.find(({ region, takesLarge }) => buyer.region === region && (takesLarge || buyer.size !== 'LARGE'));
  const programme = task.gpus > 0 && local && random.chance(0.5) ? local : undefined;
  const terms = {
    books: accepted.map((model) => bookOf(model, tier)),
    units,
    perNode: units,
    durationSlots: task.durationSlots,
    earliest: rfc(slot + 1),
    latest: rfc(slot + 1 + task.durationSlots + slack),
    limitPrice: yuan(limit),
    timeInForce: 'GTC',
    placement: 'ONE_POOL',
    preference,
    constraints,
    demandRegion: buyer.region,
    dataGb,
  };
  const body = { terms, clientOrderId: task.name, project: task.qos, ...(programme ? { programmeId: programme.id } : {}) };
  const worstCase = (limit * units * task.durationSlots) / 400;
  const { rateBp = 0, domesticExtraBp = 0 } = programme?.promises ?? {};
  const promisedBp = rateBp + ('domesticOnly' in constraints ? domesticExtraBp : 0);
  return { buyer, once: task.name, body, tier, subsidyMax: (worstCase * promisedBp) / 10_000, programme };
}
