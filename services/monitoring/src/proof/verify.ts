// Holds a proof of telemetry against its signatures, line by line, with nothing but the file and the keys.
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AgentKey, ProofHead, ProvenRollup, SignedDay } from '#contracts';
import { ProofLine, SignedDayState } from '#contracts';
import type { Slot } from '#domain';
import { slotsPerDay, startOfShanghaiDay, startOfSlot } from '#domain';
import { type SuiteName, fromJson, isSigned, keyIdOf } from '#platform';
import { workedThrough } from '../core/rollup.js';
import { Metric } from '../core/metric.js';
import { digestOf } from '../digest.js';
import { areEqual, counterStatementOf, differentPlaces, joined, nodeText, slotText, statementOf } from '../core/signed-day.js';

/** What is wrong, and where. */
export interface ProofFinding {
  readonly day: string;
  readonly where: string;
  /** The rule that is broken. */
  readonly rule: string;
  readonly detail: string;
}

/** What stands proven by both. */
export interface Proven {
  days: number;
  nodeSlots: number;
  /** Sums over the node-slots as they are judged by (docs/monitoring.md). */
  unitSlots: number;
  wattHours: number;
  /** Of those days, some of which rows of the exchange's log were put aside unread: both have signed the same without them. */
  daysWithRowsAside: number;
}

/** Keys by their ids: those that who verifies was given. */
export interface GivenKeys {
  readonly exchange: readonly KeyObject[];
  /** Where none is given those in the file are believed. */
  readonly agent: readonly KeyObject[];
}

export class ProofVerifier {
  readonly findings: ProofFinding[] = [];
  readonly proven: Proven = { days: 0, nodeSlots: 0, unitSlots: 0, wattHours: 0, daysWithRowsAside: 0 };
  private head: ProofHead | undefined;
  private day: OpenDay | undefined;
  private readonly seen = new Set<number>();

  constructor(
    private readonly keys: GivenKeys,
    private readonly say: (finding: ProofFinding) => void,
  ) {}

  /** @throws Error where the line is none of a proof */
  take(text: string): void {
    const { head, day, rollup } = fromJson(ProofLine.$type, JSON.parse(text)) as ProofLine;
    if (head) this.head = head;
    else if (!this.head) throw new Error('proof_must_begin_with_its_head');
    if (day) this.begin(day);
    if (rollup) this.add(rollup);
  }

  /** @throws Error where there was no line */
  end(): void {
    this.close();
    if (!this.head) throw new Error('proof_must_begin_with_its_head');
    for (let day = this.head.from; day < this.head.to; day++)
      if (!this.seen.has(day)) this.found(day, '', 'day_must_be_signed', 'nothing was signed of it');
  }

  private begin(day: SignedDay): void {
    this.close();
    this.seen.add(day.day);
    if (day.poolId !== this.head!.poolId) this.found(day.day, '', 'day_must_be_of_the_pool', `it is of pool ${day.poolId}`);
    else if (day.state === SignedDayState.COUNTERSIGNED) this.day = new OpenDay(day, suiteOf(this.head!, day));
    else if (day.state === SignedDayState.DIFFERENT)
      this.found(day.day, `${day.differentSlots.length} slots`, 'day_must_be_countersigned', differing(day));
    else this.found(day.day, '', 'day_must_be_signed', 'nothing was signed of it within seven days');
  }

  private add(rollup: ProvenRollup): void {
    const { day } = this;
    if (!day) throw new Error('rollup_must_follow_its_day');
    const where = placeOf(rollup);
    if (!day.add(rollup)) {
      const told = rollup.metrics.map(({ metric, points, sum, least, most, minutes }) =>
        [metric, points, sum, least, most, minutes].join('/'),
      );
      this.found(day.signed.day, where, 'values_must_have_their_digest', `metric/points/sum/least/most/minutes ${told.join(' ')}`);
    }
    this.proven.nodeSlots++;
    const worked = (metric: number): number => {
      const of = rollup.metrics.find((one) => one.metric === (metric as typeof one.metric));
      return of ? workedThrough(of.sum, of.points, of.minutes) : 0;
    };
    this.proven.unitSlots += worked(Metric.UNITS_UP);
    this.proven.wattHours += worked(Metric.POWER) / 4;
  }

  private close(): void {
    const { day: open } = this;
    this.day = undefined;
    if (!open) return;
    const { signed, suite } = open;
    const before = this.findings.length;
    const first = startOfShanghaiDay(signed.day);
    for (const place of differentPlaces(open.slots(), signed.slots))
      this.found(signed.day, timeOf(first + place), 'slot_must_have_its_digest', 'its nodes are not those that were signed');
    const statement = statementOf(this.head!.platform, signed.poolId, signed.day, signed.slots, digestOf(suite));
    const agent = this.agentKey(signed);
    if (!agent || !isSigned(suite, statement, agent, signed.signature))
      this.found(
        signed.day,
        `key ${signed.keyId}`,
        'statement_must_be_signed_by_the_agent',
        agent ? 'the signature is of another text' : 'no such key was given',
      );
    const exchange = this.keys.exchange.find((key) => keyIdOf(key) === signed.exchangeKeyId);
    const counter = counterStatementOf(signed.signedAt, signed.signature, statement);
    if (!exchange || !isSigned(signed.exchangeSuite, counter, exchange, signed.countersignature))
      this.found(
        signed.day,
        `key ${signed.exchangeKeyId}`,
        'statement_must_be_signed_by_the_exchange',
        exchange ? 'the signature is of another text' : 'no such key was given',
      );
    if (this.findings.length > before) return;
    this.proven.days++;
    if (signed.rowsAside > 0) this.proven.daysWithRowsAside++;
  }

  private agentKey({ keyId }: SignedDay): KeyObject | undefined {
    if (this.keys.agent.length > 0) return this.keys.agent.find((key) => keyIdOf(key) === keyId);
    const told = keyOf(this.head!, keyId);
    const key = told && createPublicKey(told.publicKey);
    return key && keyIdOf(key) === keyId ? key : undefined;
  }

  private found(day: number, where: string, rule: string, detail: string): void {
    const finding = { day: dateOf(day), where, rule, detail };
    this.findings.push(finding);
    this.say(finding);
  }
}

/** The digests of a day whose roll-ups are being read. */
class OpenDay {
  private readonly nodes = Array.from({ length: slotsPerDay }, (): Uint8Array[] => []);

  constructor(
    readonly signed: SignedDay,
    readonly suite: SuiteName,
  ) {}

  /** False where the numbers have another digest than the line says; the line's counts on, so that each fault is told once. */
  add(rollup: ProvenRollup): boolean {
    const place = rollup.slot - startOfShanghaiDay(this.signed.day);
    const nodes = this.nodes[place];
    if (!nodes) throw new Error(`rollup_must_follow_its_day: ${placeOf(rollup)}`);
    nodes.push(rollup.digest);
    return areEqual(digestOf(this.suite)(nodeText(rollup.slot, rollup)), rollup.digest);
  }

  slots(): Uint8Array {
    const digest = digestOf(this.suite);
    const first = startOfShanghaiDay(this.signed.day);
    return joined(this.nodes.map((nodes, place) => digest(slotText(first + place, nodes))));
  }
}

const keyOf = ({ keys }: ProofHead, keyId: string): AgentKey | undefined => keys.find((key) => key.keyId === keyId);

function suiteOf(head: ProofHead, { keyId }: SignedDay): SuiteName {
  const suite = keyOf(head, keyId)?.suite;
  if (suite !== 'international' && suite !== 'national') throw new Error(`proof_must_tell_its_keys: ${keyId}`);
  return suite;
}

const timeOf = (slot: Slot): string => new Date(startOfSlot(slot)).toISOString();
const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
const placeOf = ({ slot, node }: ProvenRollup): string => `node ${node} at ${timeOf(slot)}`;
const differing = ({ rowsAside }: SignedDay): string =>
  `the exchange has other roll-ups${rowsAside > 0 ? `; ${rowsAside} rows of its log, which may hold points of the day, were put aside unread` : ''}`;
