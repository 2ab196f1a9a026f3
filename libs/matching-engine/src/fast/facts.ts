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
} from '../command.js';
import type { Rejection } from '../rejection.js';
import type { Fact } from '../snapshot.js';
import { loseNodes } from './losses.js';
import { isOfProduct } from './market.js';
import type { Pool } from './market.js';
import { cancelWhere } from './orders.js';
import type { Run } from './run.js';

const isId = (id: number): boolean => isWithin(id, 1, Number.MAX_SAFE_INTEGER);
const isShare = (basisPoints: number): boolean => isWithin(basisPoints, 0, 10_000);

/** The command without its stamp: what is kept of a fact. */
function factOf<C extends Command>(command: C): Fact<C> {
  const { kind: _kind, sequence: _sequence, time: _time, ...fact } = command;
  return fact;
}

/** Says yes or no. */
function answer({ market }: Run, { kind }: Command, rejection: Rejection | null): boolean {
  if (rejection) market.events.commandRefused(kind, rejection);
  else market.events.applied(kind);
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
  const { market } = run;
  const { participants } = market;
  const place = participants.add(participantId);
  const known = participants.facts[place];
  // Of somebody of whom only money was known orders counted against no rate.
  if (!known) participants.seconds[place] = participants.orders[place] = 0;
  participants.setFact(place, { ...factOf(command), ...(known?.overdue && { overdue: true }) });
  if (!command.active) cancelWhere(market, (owner) => owner === place, 2);
  market.freed.everything = true;
}

/** of resting orders nothing changes. */
export function overdueChanged(run: Run, command: OverdueChanged): void {
  const { participants } = run.market;
  const place = participants.placeOf(command.participantId);
  const fact = participants.facts[place];
  if (!answer(run, command, fact ? null : 'participant_must_be_known') || !fact) return;
  if (command.overdue) fact.overdue = true;
  else delete fact.overdue;
  participants.setFact(place, fact);
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
  market.columns.regions.columnOf(region);
  market.columns.greenShares.columnOf(greenShareBp);
  market.columns.expire();
  market.bidColumns.expire();
  for (const pool of market.pools) {
    if (pool.fact.siteId !== siteId) continue;
    pool.site = site;
    pool.setTrades();
  }
  market.freed.everything = true;
}

export function setPool(run: Run, command: SetPool): void {
  const { market } = run;
  const known = market.poolOf.get(command.poolId);
  const site = market.sites.get(command.siteId);
  const broken: Rejection | null = !isPool(command)
    ? 'fact_must_be_within_its_range'
    : !site
      ? 'site_must_be_known'
      : known && !keepsShape(known, command)
        ? 'pool_must_keep_its_shape'
        : null;
  if (!answer(run, command, broken) || !site) return;
  if (known) {
    known.fact = factOf(command);
    known.setTrades();
    known.capacity.grow(command.nodes);
    market.columns.expire();
    market.bidColumns.expire();
  } else market.newPool(factOf(command), site);
  market.freed.everything = true;
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
  isOfProduct(fact, pool) &&
  fact.unitsPerNode === pool.unitsPerNode &&
  fact.nodes <= pool.nodes;

export function setLink(run: Run, command: SetLink): void {
  const { linkId, ownerId, fromRegion, toRegion, toSiteId, roundTripUs, pricePerGb } = command;
  const ids = isId(linkId) && isId(ownerId) && isId(fromRegion) && isId(toRegion) && isWithin(toSiteId, 0, Number.MAX_SAFE_INTEGER);
  if (!answer(run, command, outOfRange(ids && isWithin(roundTripUs, 0, 1_000_000_000) && isWithin(pricePerGb, 0, maxPrice)))) return;
  run.market.links.set(factOf(command));
  run.market.bidColumns.expire();
  run.market.freed.everything = true;
}

export function defineBook(run: Run, command: DefineBook): void {
  const { market } = run;
  const { bookId, referencePrice, collarBp, bandBp } = command;
  const known = market.bookOf.get(bookId);
  const ok =
    isId(bookId) &&
    isId(command.modelId) &&
    (referencePrice === 0 || isPrice(referencePrice)) &&
    isWithin(collarBp, 0, 1_000_000) &&
    isWithin(bandBp, 0, 1_000_000) &&
    isOneOf(ComputeClass, command.computeClass) &&
    isOneOf(Unit, command.unit) &&
    isOneOf(Tier, command.tier);
  const broken: Rejection | null = !ok
    ? 'fact_must_be_within_its_range'
    : known && !isSameProduct(known.fact, command)
      ? 'book_must_keep_its_product'
      : market.books.some(({ fact }) => fact.bookId !== bookId && isSameProduct(fact, command))
        ? 'product_must_have_one_book'
        : null;
  if (!answer(run, command, broken)) return;
  if (known) known.fact = factOf(command);
  else market.newBook(factOf(command));
  market.freed.everything = true;
}

const isSameProduct = (a: Fact<DefineBook>, b: Fact<DefineBook>): boolean => isOfProduct(a, b) && a.tier === b.tier;

export function rulesVersion(run: Run, command: RulesVersion): void {
  const known = command.version === 1 && command.version >= run.market.rulesVersion;
  if (answer(run, command, known ? null : 'rules_version_must_be_known_and_grow')) run.market.rulesVersion = command.version;
}

// ---- health

const isHealth = (health: number): boolean => health === Health.OK || health === Health.SUSPECT || health === Health.LOST;

export function poolHealthChanged(run: Run, command: PoolHealthChanged): void {
  const pool = run.market.poolOf.get(command.poolId);
  const rejection: Rejection | null = isHealth(command.health) ? (pool ? null : 'pool_must_be_known') : 'fact_must_be_within_its_range';
  if (!answer(run, command, rejection) || !pool) return;
  const wasLost = pool.health === Health.LOST;
  pool.health = command.health;
  pool.setTrades();
  if (command.health === Health.OK) run.market.freed.pool(pool);
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
    pool.capacity.setUsable(node, pool.isUsable(node));
  }
  if (command.health === Health.OK) run.market.freed.pool(pool);
  if (command.health === Health.LOST) loseNodes(run, pool, (node) => nodes.has(node));
}

export function drainChanged(run: Run, command: DrainChanged): void {
  const pool = poolOfNodes(run, command);
  if (!pool) return;
  if (command.nodes.length === 0) pool.draining = command.draining;
  pool.setTrades();
  for (const node of command.nodes) {
    if (command.draining) pool.drainingNodes.add(node);
    else pool.drainingNodes.delete(node);
    pool.capacity.setUsable(node, pool.isUsable(node));
  }
  if (!command.draining) run.market.freed.pool(pool);
}

/** Answers a command about nodes; null where it was refused. */
function poolOfNodes(run: Run, command: NodeHealthChanged | DrainChanged): Pool | null {
  const pool = run.market.poolOf.get(command.poolId);
  const rejection: Rejection | null = !pool
    ? 'pool_must_be_known'
    : command.nodes.every((node) => isWithin(node, 0, pool.fact.nodes - 1))
      ? null
      : 'node_must_be_of_the_pool';
  return answer(run, command, rejection) && pool ? pool : null;
}
