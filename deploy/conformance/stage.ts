// One run against a platform: both roles, what either has learned, and how a clause says that something is not as the document has it.
import { status } from '@grpc/grpc-js';
import { PartnerMessage, type RemoteSupply, type SignedMessage } from '#contracts';
import { type PartnerKey } from '#testing';
import { Books } from './books.js';
import { type Content, Hearer, type Known, refusal } from './hearer.js';
import { type Came, Listener } from './listener.js';
import { Seller } from './seller.js';
import { type Answer, type Kind, Speaker } from './speaker.js';
import { CallError, type Line } from './wire.js';

export interface Clause {
  /** "hear.repeated": what --only names. */
  readonly clause: string;
  /** What the document demands. */
  readonly name: string;
  /** @throws Error that says what is not so; NotTried */
  readonly run: (stage: Stage) => Promise<void>;
}

/** Neither shown nor refuted here. */
export class NotTried extends Error {
  override readonly name = 'NotTried';
}

export interface Surroundings {
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  /** Tells who runs the other platform what is to be done there now. */
  readonly ask: (text: string) => void;
}

export interface Parties {
  readonly name: string;
  readonly key: PartnerKey;
  readonly partner: Known;
  readonly line: Line;
}

/** What this program offers to the other platform. */
export interface Offer {
  readonly model: string;
  readonly region: number;
  /** Micro-yuan a unit-hour. */
  readonly price: number;
}

/** What became of a reservation on either side. */
export interface Deal {
  readonly reservationId: string;
  readonly leaseId: number;
  readonly units: number;
  readonly window: { readonly from: number; readonly to: number };
  readonly amount: bigint;
}

export class Stage {
  readonly speaker: Speaker;
  readonly listener: Listener;
  readonly seller: Seller;
  readonly books: Books;
  /** The other's, as it advertised them. */
  readonly theirs = new Map<string, RemoteSupply>();
  heardSerial = 0;
  saidSerial = 0;
  isAdvertised = false;
  /** The next advertisement is answered by `wants_full`, whatever it is. */
  wantsFull = false;
  /** Bought of the other; sold to it. */
  bought: Deal | undefined;
  sold: Deal | undefined;
  /** Reservations of this program that are not over. */
  readonly open = new Set<string>();

  constructor(
    parties: Parties,
    readonly around: Surroundings,
    readonly offer: Offer,
    /** How long it waits for what the other side is to say or do by itself. */
    readonly waitMs: number,
  ) {
    const { name, key, partner, line } = parties;
    this.speaker = new Speaker(name, key, partner, line, around);
    this.seller = new Seller(around.now);
    this.books = new Books(around.now);
    this.listener = new Listener(new Hearer(name, key, partner, around.now, (message) => this.does(message)));
  }

  get now(): number {
    return this.around.now();
  }

  /** What the other side owes. @throws Error `what` is not so, where it is not found in the time */
  async until<T>(what: string, find: () => T | undefined): Promise<T> {
    const found = await this.found(find, this.waitMs);
    must(found !== undefined, `${what}, in ${seconds(this.waitMs)}`);
    return found;
  }

  /** What hangs on people, or comes at a time of its own. @throws NotTried where it is not found in the time */
  async untilThere<T>(what: string, find: () => T | undefined, ms = this.waitMs): Promise<T> {
    if (ms > this.waitMs) throw new NotTried(`${what}: that takes ${seconds(ms)}, and --wait is ${seconds(this.waitMs)}`);
    const found = await this.found(find, ms);
    if (found === undefined) throw new NotTried(`${what}: waited ${seconds(ms)}`);
    return found;
  }

  private async found<T>(find: () => T | undefined, ms: number): Promise<T | undefined> {
    for (const [begun, end] = [this.now, this.now + ms]; ;) {
      const found = find();
      if (found !== undefined || this.now >= end) return found;
      await this.around.pass(Math.min(600_000, Math.max(250, Math.floor((this.now - begun) / 10))));
    }
  }

  /** What came of a kind from the `after`th message on. */
  came(kind: Kind, after = 0): Came[] {
    return this.listener.came.slice(after).filter((one) => one.kind === kind);
  }

  hello(change: Partial<{ versions: number[] }> = {}): Content {
    const { key } = this.speaker;
    const keys = [{ keyId: key.keyId, suite: key.suite, publicKey: key.publicKey }];
    const { heardSerial, saidSerial } = this;
    return { hello: { versions: [1], capabilities: [...capabilities], keys, time: this.now, saidSerial, heardSerial, ...change } };
  }

  /** Refused for good, by this rule, and by the same answer when it is said again. */
  async mustRefuse(content: Content | Uint8Array, rule: string): Promise<PartnerMessage> {
    const bytes = content instanceof Uint8Array ? content : this.speaker.message(content);
    const first = await this.speaker.ask(bytes);
    const { refused } = first.message;
    must(refused, `it was done, and not refused as ${rule}`);
    must(refused.rule === rule, `it was refused as ${refused.rule} (${refused.detail}), and not as ${rule}`);
    must(!refused.again, `the refusal ${rule} says that the message may be said again, and it is one for good`);
    mustBeSame(first, await this.speaker.ask(bytes));
    return first.message;
  }

  /** The call ends without an answer, by one of these. */
  async mustEndCall(signed: SignedMessage, ...ways: readonly (readonly [code: status, rule: string])[]): Promise<void> {
    const wanted = ways.map(([code, rule]) => `${status[code]} ${rule}`).join(', or ');
    const error = await this.speaker.tell(signed).then(() => undefined, callErrorOf);
    must(error, `the call was answered; it must end as ${wanted}`);
    must(
      ways.some(([code, rule]) => error.code === code && (rule === '' || error.rule === rule)),
      `the call ended as ${error.message}; it must end as ${wanted}`,
    );
  }

  private does(message: PartnerMessage): Content {
    const { hello, advertise, quote, reserve, commit, cancel, statement, netting } = message;
    if (hello) return { helloAnswer: this.hello().hello };
    if (advertise) return this.hearAdverts(advertise);
    if (quote) return this.seller.quote(quote);
    if (reserve) return this.seller.reserve(reserve);
    if (commit) return this.seller.commit(commit);
    if (cancel) return this.seller.cancel(cancel.reservationId);
    if (message.leaseState)
      return { leaseStateAnswer: { reservationId: message.leaseState.reservationId, heardSerial: message.leaseState.serial } };
    if (message.usage) return { usageAnswer: { recorded: message.usage.records.length, duplicates: 0 } };
    if (statement) return this.books.hear(statement);
    if (netting) return this.books.hearNetting(netting);
    return refusal('message_kind_must_be_known', 'of no kind of version 1', this.now);
  }

  private hearAdverts({ serial, full, supply, withdrawn }: NonNullable<PartnerMessage['advertise']>): Content {
    const isNext = full ? serial > this.heardSerial : serial === this.heardSerial + 1;
    if (this.wantsFull || !isNext) {
      const wantsFull = this.wantsFull || serial >= this.heardSerial;
      this.wantsFull = false;
      return { advertiseAnswer: { heardSerial: this.heardSerial, wantsFull, refused: [] } };
    }
    if (full) this.theirs.clear();
    for (const id of withdrawn) this.theirs.delete(id);
    for (const one of supply) this.theirs.set(one.advertId, one);
    this.heardSerial = serial;
    return { advertiseAnswer: { heardSerial: serial, wantsFull: false, refused: [] } };
  }
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;

const capabilities = ['advertise', 'quote', 'reserve', 'commit', 'cancel', 'lease_state', 'usage', 'statement', 'netting'];

function callErrorOf(error: unknown): CallError {
  if (error instanceof CallError) return error;
  throw error;
}

/** @throws Error why, where it is not so */
export function must(holds: unknown, why: string): asserts holds {
  if (!holds) throw new Error(why);
}

/** Byte for byte, with its time and signature. */
export function mustBeSame(one: Answer, other: Answer): void {
  const isSame =
    Buffer.from(one.signed.message).equals(other.signed.message) &&
    one.signed.saidAt === other.signed.saidAt &&
    Buffer.from(one.signed.signature).equals(other.signed.signature);
  must(isSame, 'the message was said twice, and the second answer is not the recorded one, byte for byte');
}
