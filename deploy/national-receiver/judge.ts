// Judges items one by one as docs/national-node.md says, and keeps what it takes.
import { contents, itemHead } from './contract.js';
import type { Faults } from './faults.js';
import { kindOfIdentifier } from './identifier.js';
import { Broken, fields, type Json, mustFit } from './shape.js';
import { type Acknowledgement, digestOf, type Item, type Store } from './store.js';

const hourMs = 3_600_000;
const contentsOfKind: Readonly<Record<string, readonly string[]>> = {
  IDENTIFIER: ['registration'],
  RESOURCE: ['resource', 'fullReport'],
  MONITORING: ['monitoring'],
  INDICATOR: ['indicator'],
};

export interface Judging {
  readonly store: Store;
  readonly sender: string;
  readonly now: number;
  readonly faults: Faults;
}

/** Undefined where it says nothing of the item. */
export function judge(judging: Judging, given: Json): Acknowledgement | undefined {
  const { store, sender, faults } = judging;
  const { kind, itemId, serial } = given as { kind: string; itemId: string; serial: number };
  const fault = faults.ofItem(itemId);
  if (fault?.mode === 'leave-out') return undefined;
  try {
    if (fault?.mode === 'refuse') throw new Broken(fault.rule ?? 'refused_for_a_test', 'the receiver was told to refuse it');
    const item = itemOf(given);
    const known = store.item(sender, kind, itemId);
    if (known && serial === known.serial && digestOf(item) !== known.digest)
      throw new Broken('serial_must_not_be_used_again', `${serial} came with other content`);
    // Said again, or overtaken by a newer one.
    if (known && serial <= known.serial) return { ...known.acknowledgement, serial };
    return take(judging, item);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { kind, itemId, serial, receipt: 0, rule: error.rule, detail: error.detail };
  }
}

function itemOf(given: Json): Item {
  const { kind, itemId, serial, identifier = '' } = given as unknown as Item;
  const name = contentsOfKind[kind]!.find((one) => given[one] !== undefined);
  if (name === undefined) throw new Broken('content_must_be_of_its_kind', `an item of ${kind} has ${contentsOfKind[kind]!.join(' or ')}`);
  mustFit(given, fields({ ...itemHead, [name]: contents[name]! }), 'item_must_obey_the_contract');
  return { kind, itemId, serial, identifier, content: { [name]: given[name] } };
}

function take(judging: Judging, item: Item): Acknowledgement {
  const { registration, resource, monitoring, indicator, fullReport } = item.content as Record<string, Json | undefined>;
  const { store, sender, now } = judging;
  if (fullReport) {
    const { fromSerial } = fullReport as { fromSerial: number };
    if (fromSerial > item.serial) throw new Broken('full_report_must_begin_before_it_ends', `${fromSerial} is behind ${item.serial}`);
    const acknowledgement = store.take(sender, item, now, '');
    store.endFullReport(sender, fromSerial);
    return acknowledgement;
  }
  if (registration) return store.take(sender, item, now, identified(judging, item, registration));
  if (resource) mustBeOfItsKind(judging, item, resource);
  if (monitoring) mustBeAPeriod(judging, item, monitoring);
  if (indicator) mustBeAMonth(item, indicator);
  return store.take(sender, item, now, '');
}

function identified({ store, sender }: Judging, { itemId, identifier }: Item, registration: Json): string {
  const { kind, owner = '', assigned = '' } = registration as Record<string, string>;
  if (identifier !== itemId || kindOfIdentifier(identifier) === undefined)
    throw new Broken('identifier_must_be_well_formed', `${identifier} is none of a region's, or its check character is wrong`);
  if (kindOfIdentifier(identifier) !== kind) throw new Broken('identifier_must_be_of_its_kind', `${identifier} names no ${kind}`);
  const owners: Readonly<Record<string, string | undefined>> = { PARTICIPANT: undefined, SITE: 'PARTICIPANT', POOL: 'SITE' };
  if ((owner === '' ? undefined : kindOfIdentifier(owner)) !== owners[kind!])
    throw new Broken('owner_must_be_of_its_kind', `a ${kind} belongs to ${owners[kind!] ?? 'nothing'}`);
  if (owner !== '' && !store.isRegistered(sender, owner)) throw new Broken('owner_must_be_registered', `${owner} is not`);
  return store.nationalIdentifier(sender, identifier, assigned);
}

function mustBeRegistered({ store, sender }: Judging, identifier: string): void {
  if (!store.isRegistered(sender, identifier)) throw new Broken('identifier_must_be_registered', `${identifier} is not`);
}

function mustBeOfItsKind(judging: Judging, { itemId, identifier }: Item, resource: Json): void {
  const names: Readonly<Record<string, string>> = { PARTICIPANT: 'provider', SITE: 'site', POOL: 'pool' };
  const kind = kindOfIdentifier(identifier);
  const told = Object.values(names).filter((name) => resource[name] !== undefined);
  if (identifier !== itemId || kind === undefined || told.join() !== names[kind])
    throw new Broken('resource_must_be_what_its_identifier_names', `${identifier} with ${told.join() || 'nothing'}`);
  mustBeRegistered(judging, identifier);
}

function mustBeAPeriod(judging: Judging, { itemId, identifier }: Item, monitoring: Json): void {
  const { from, to, pools = [] } = monitoring as { from: string; to: string; pools?: Readonly<Record<string, number>>[] };
  const begins = Date.parse(from);
  if (begins % hourMs !== 0 || Date.parse(to) - begins !== hourMs) throw new Broken('period_must_be_a_whole_hour', `${from} to ${to}`);
  if (itemId !== `${identifier}/${from}`) throw new Broken('item_id_must_name_site_and_period', itemId);
  if (Date.parse(to) > judging.now) throw new Broken('period_must_be_over', `it ends at ${to}`);
  mustBeRegistered(judging, identifier);
  for (const { identifier: pool, unitSlotsUp = 0, unitSlotsDue = 0, nodeSlotsReported = 0, nodeSlotsDue = 0 } of pools)
    if (unitSlotsUp > unitSlotsDue || nodeSlotsReported > nodeSlotsDue)
      throw new Broken('pool_must_not_have_more_than_was_due', `${String(pool)} has`);
}

function mustBeAMonth({ itemId }: Item, { code, month }: Json): void {
  if (itemId !== `${String(code)}/${String(month)}`) throw new Broken('item_id_must_name_indicator_and_month', itemId);
}
