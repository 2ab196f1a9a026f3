import {
  ComputeClass,
  Health,
  Interconnect,
  isOneOf,
  isPrice,
  isWithin,
  maxNodes,
  maxOrderValue,
  maxPrice,
  maxTflopsMilli,
  maxUnitsPerNode,
  ResidencyZone,
  Tier,
  Unit,
} from '#domain';
import type {
  Command,
  DefineBook,
  DrainChanged,
  NodeHealthChanged,
  OverdueChanged,
  PoolHealthChanged,
  RulesVersion,
  SetLink,
  SetParticipant,
  SetPool,
  SetSite,
} from '../src/command.js';
import type { Rejection } from '../src/rejection.js';
import type { Fact } from '../src/snapshot.js';
import { loseNodes } from './losses.js';
import { isOfProduct, Pool } from './market.js';
import type { Market, Site } from './market.js';
import { cancelWhere } from './orders.js';
import type { Run } from './run.js';

const isId = (id: number): boolean => isWithin(id, 1, Number.MAX_SAFE_INTEGER);
const isShare = (basisPoints: number): boolean => isWithin(basisPoints, 0, 10_000);

/** The command without its stamp: what is kept of a fact. */
function factOf<C extends Command>(command: C): Fact<C> {
  const { kind: _kind, sequence: _sequence, time: _time, ...fact } = command;
  return fact;
}

/** Says yes or no; a fact that was taken lets any bid pass that it may. */
function answer(run: Run, { kind }: Command, rejection: Rejection | null): boolean {
  if (rejection) run.emit({ kind: 'CommandRefused', command: kind, rejection });
  else run.emit({ kind: 'Applied', command: kind });
  return !rejection;
}

const outOfRange = (ok: boolean): Rejection | null => (ok ? null : 'fact_must_be_within_its_range');

export function setParticipant(run: Run, command: SetParticipant): void {
  const { participantId, group, ordersPerSecond, orderValueCap } = command;
  const ok =
    isId(participantId) &&
    isId(group) &&
    isWithin(ordersPerSecond, 0, maxPrice) &&
    isWithin(orderValueCap, 0, maxOrderValue) &&
    command.tradableClasses.every((each) => isOneOf(ComputeClass, each));
  if (!answer(run, command, outOfRange(ok))) return;
  const known = run.market.participants.get(participantId) ?? { second: 0, orders: 0 };
  run.market.participants.set(participantId, { ...known, ...factOf(command) });
  if (!command.active) cancelWhere(run, (order) => order.participantId === participantId, 'suspended');
  run.freed.everything = true;
}

/** of resting orders nothing changes. */
export function overdueChanged(run: Run, command: OverdueChanged): void {
  const participant = run.market.participants.get(command.participantId);
  if (!answer(run, command, participant ? null : 'participant_must_be_known') || !participant) return;
  if (command.overdue) participant.overdue = true;
  else delete participant.overdue;
}

export function setSite(run: Run, command: SetSite): void {
  const { siteId, region, zone, securityGrade, greenShareBp, pueMilli } = command;
  const ok =
    isId(siteId) &&
    isId(region) &&
    isOneOf(ResidencyZone, zone) &&
    isWithin(securityGrade, 0, 5) &&
    isShare(greenShareBp) &&
    isWithin(pueMilli, 0, 1_000_000) &&
    (command.platform === undefined || isId(command.platform));
  const { market } = run;
  const known = market.sites.get(siteId);
  const moves = known !== undefined && known.platform !== command.platform;
  if (!answer(run, command, outOfRange(ok) ?? (moves ? 'site_must_keep_its_platform' : null))) return;
  const site = factOf(command);
  market.sites.set(siteId, site);
  for (const pool of market.pools.values()) if (pool.fact.siteId === siteId) pool.site = site;
  run.freed.everything = true;
}

export function setPool(run: Run, command: SetPool): void {
  const { market } = run;
  const { poolId, siteId } = command;
  const known = market.pools.get(poolId);
  const site = market.sites.get(siteId);
  const broken: [boolean, Rejection][] = [
    [!isPool(command), 'fact_must_be_within_its_range'],
    [!site, 'site_must_be_known'],
    [known !== undefined && !keepsShape(known, command), 'pool_must_keep_its_shape'],
  ];
  if (!answer(run, command, broken.find(([is]) => is)?.[1] ?? null) || !site) return;
  if (known) known.fact = factOf(command);
  else market.pools.set(poolId, newPool(market, factOf(command), site));
  run.freed.everything = true;
}

function newPool(market: Market, fact: Fact<SetPool>, site: Site): Pool {
  const pool = new Pool(fact, site);
  pool.curtailment = market.curtailments.get(fact.siteId) ?? null;
  return pool;
}

const isPool = (pool: SetPool): boolean =>
  isId(pool.poolId) &&
  isId(pool.providerId) &&
  isId(pool.modelId) &&
  isWithin(pool.nodes, 0, maxNodes) &&
  isWithin(pool.unitsPerNode, 1, maxUnitsPerNode) &&
  [pool.memoryGib, pool.tflopsFp16Milli, pool.tflopsFp32Milli].every((value) => isWithin(value, 0, maxTflopsMilli)) &&
  isShare(pool.reliabilityBp) &&
  isOneOf(ComputeClass, pool.computeClass) &&
  isOneOf(Unit, pool.unit) &&
  isOneOf(Interconnect, pool.interconnect);

const keepsShape = ({ fact }: Pool, pool: SetPool): boolean =>
  fact.siteId === pool.siteId &&
  fact.providerId === pool.providerId &&
  fact.computeClass === pool.computeClass &&
  fact.modelId === pool.modelId &&
  fact.unit === pool.unit &&
  fact.unitsPerNode === pool.unitsPerNode &&
  fact.nodes <= pool.nodes;

export function setLink(run: Run, command: SetLink): void {
  const { linkId, ownerId, fromRegion, toRegion, toSiteId, roundTripUs, pricePerGb } = command;
  const ids = isId(linkId) && isId(ownerId) && isId(fromRegion) && isId(toRegion) && isWithin(toSiteId, 0, Number.MAX_SAFE_INTEGER);
  if (!answer(run, command, outOfRange(ids && isWithin(roundTripUs, 0, 1_000_000_000) && isWithin(pricePerGb, 0, maxPrice)))) return;
  run.market.setLink(factOf(command));
  run.freed.everything = true;
}

export function defineBook(run: Run, command: DefineBook): void {
  const { market } = run;
  const { bookId, referencePrice, collarBp, bandBp } = command;
  const known = market.books.get(bookId);
  const twin = [...market.books.values()].find((book) => book.bookId !== bookId && isSameProduct(book, command));
  const ok =
    isId(bookId) &&
    isId(command.modelId) &&
    (referencePrice === 0 || isPrice(referencePrice)) &&
    isWithin(collarBp, 0, 1_000_000) &&
    isWithin(bandBp, 0, 1_000_000) &&
    isOneOf(ComputeClass, command.computeClass) &&
    isOneOf(Unit, command.unit) &&
    isOneOf(Tier, command.tier);
  const broken: [boolean, Rejection][] = [
    [!ok, 'fact_must_be_within_its_range'],
    [known !== undefined && !isSameProduct(known, command), 'book_must_keep_its_product'],
    [twin !== undefined, 'product_must_have_one_book'],
  ];
  if (!answer(run, command, broken.find(([is]) => is)?.[1] ?? null)) return;
  if (known) Object.assign(known, factOf(command));
  else market.books.set(bookId, factOf(command));
  run.freed.everything = true;
}

const isSameProduct = (a: Fact<DefineBook>, b: Fact<DefineBook>): boolean => isOfProduct(b, a) && a.tier === b.tier;

export function rulesVersion(run: Run, command: RulesVersion): void {
  const known = command.version === 1 && command.version >= run.market.rulesVersion;
  if (answer(run, command, known ? null : 'rules_version_must_be_known_and_grow')) run.market.rulesVersion = command.version;
}

// ---- health

const isHealth = (health: number): boolean => health === Health.OK || health === Health.SUSPECT || health === Health.LOST;

export function poolHealthChanged(run: Run, command: PoolHealthChanged): void {
  const pool = run.market.pools.get(command.poolId);
  const rejection: Rejection | null = isHealth(command.health) ? (pool ? null : 'pool_must_be_known') : 'fact_must_be_within_its_range';
  if (!answer(run, command, rejection) || !pool) return;
  const wasLost = pool.health === Health.LOST;
  pool.health = command.health;
  if (command.health === Health.OK) run.freed.pools.add(pool);
  if (command.health === Health.LOST && !wasLost) loseNodes(run, pool, () => true);
}

export function nodeHealthChanged(run: Run, command: NodeHealthChanged): void {
  if (!isHealth(command.health)) return void answer(run, command, 'fact_must_be_within_its_range');
  const pool = poolOfNodes(run, command);
  if (!pool) return;
  const nodes = new Set(command.nodes);
  for (const node of nodes) {
    if (command.health === Health.OK) pool.nodeHealth.delete(node);
    else pool.nodeHealth.set(node, command.health);
  }
  if (command.health === Health.OK) run.freed.pools.add(pool);
  if (command.health === Health.LOST) loseNodes(run, pool, (node) => nodes.has(node));
}

export function drainChanged(run: Run, command: DrainChanged): void {
  const pool = poolOfNodes(run, command);
  if (!pool) return;
  if (command.nodes.length === 0) pool.draining = command.draining;
  for (const node of command.nodes) {
    if (command.draining) pool.drainingNodes.add(node);
    else pool.drainingNodes.delete(node);
  }
  if (!command.draining) run.freed.pools.add(pool);
}

/** Answers a command about nodes; null where it was refused. */
function poolOfNodes(run: Run, command: NodeHealthChanged | DrainChanged): Pool | null {
  const pool = run.market.pools.get(command.poolId);
  const rejection: Rejection | null = !pool
    ? 'pool_must_be_known'
    : command.nodes.every((node) => isWithin(node, 0, pool.fact.nodes - 1))
      ? null
      : 'node_must_be_of_the_pool';
  return answer(run, command, rejection) && pool ? pool : null;
}
