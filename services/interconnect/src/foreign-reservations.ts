import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  bytesOf,
  type CommitDone,
  LeaseState,
  MessageDirection,
  PartnerMessage,
  type RemoteTerms,
  ReservationRequested,
  type ReservationMade,
  SignedMessage,
} from '#contracts';
import { type Call, Clock, Database, Refusal, absent, conflict, sha256, sha256Hex, type Tx } from '#platform';
import type { Body } from './body.js';
import { kindOfRule } from './core/foreign.js';
import { taken } from './core/rate.js';
import type { LeaseBecame } from './core/rear.js';
import { ReservationState } from './core/reservation.js';
import { Side } from './core/statement.js';
import type { ForeignPartner } from './foreign-partners.js';
import { Hearing, tooMany } from './hearing.js';
import { OwnPlatform } from './own-platform.js';
import { lockTalk } from './talk.js';

/** A document, by which and by its name a reservation is known again. */
export interface Said {
  /** 'rear', 'ewbi' */
  readonly edge: string;
  /** What the partner calls it, where its protocol has names: never used for another. */
  readonly name?: string;
  /** As it came. */
  readonly document: Uint8Array;
}

/** What it means, once it is new. */
export interface Meant {
  /** What was offered, in the edge's words. */
  readonly offered: unknown;
  readonly terms: RemoteTerms;
  readonly holdMs: number;
  readonly image: string;
  readonly publicKey: string;
}

/** A reservation as it was asked for. */
export interface Known {
  readonly reservationId: string;
  readonly document: Buffer;
  /** JSON. */
  readonly offered: string;
  readonly at: number;
  readonly request: ReservationRequested;
}

export interface Answered<T> {
  readonly known: Known;
  readonly answer: T;
  /** As it is kept in the journal. */
  readonly signed: SignedMessage;
}

export interface Became {
  readonly leases: readonly LeaseBecame[];
  readonly owed: bigint;
}

interface LeaseRow {
  readonly lease_id: bigint;
  readonly state: LeaseState;
  readonly unit_slots: bigint;
  readonly due: bigint | null;
  readonly up: bigint | null;
}

interface Row {
  readonly reservation_id: string;
  readonly document: Buffer;
  readonly digest: Buffer;
  readonly offered: string;
  readonly at: bigint;
  readonly request: Buffer;
}

const minute = 60_000;
/** As long as a commit of this protocol is good for. */
const commitMs = 10 * minute;
/** What is no lease may be given back at any time. */
const cancelMs = 3_650 * 86_400_000;
const madeMax = 1_000;

/**
 * Reservations that partners ask for in other protocols: each call is one of this protocol's messages, heard by the same rules and kept in the same journal.
 * A message's id and bytes follow from the reservation, so that a call which comes again is the same message, and has the recorded answer.
 */
@Injectable()
export class ForeignReservations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
    private readonly hearing: Hearing,
  ) {}

  /** @param meant asked for where the document is new: what was said before is said again as it was, though the supply be gone */
  async reserve(call: Call, partner: ForeignPartner, said: Said, meant: () => Promise<Meant>): Promise<Answered<ReservationMade>> {
    const known = (await this.before(this.database, call, partner, said)) ?? (await this.begin(call, partner, said, await meant()));
    const { answer, signed } = await this.tell(partner, known, 'reserve', minute, { reserve: known.request });
    return { known, answer: answer.reserveAnswer!, signed };
  }

  async commit(partner: ForeignPartner, edge: string, reservationId: string): Promise<Answered<CommitDone>> {
    const known = await this.get(partner, edge, reservationId);
    const { terms, holdMs } = known.request;
    const { answer, signed } = await this.tell(partner, known, 'commit', holdMs + commitMs, { commit: { reservationId, terms } });
    return { known, answer: answer.commitAnswer!, signed };
  }

  async cancel(partner: ForeignPartner, known: Known): Promise<void> {
    await this.tell(partner, known, 'cancel', cancelMs, { cancel: { reservationId: known.reservationId } });
  }

  /** Undefined where the partner has asked for none of the name. */
  async named({ platform }: ForeignPartner, edge: string, name: string): Promise<Known | undefined> {
    const row = await byId(this.database, platform, idOf(edge, platform, name));
    return row && knownOf(row);
  }

  /** What became of its leases, those that place lost units anew among them, and what is owed for it by now. */
  async becameOf({ platform }: ForeignPartner, reservationId: string): Promise<Became> {
    const leases = await this.database.query<LeaseRow>(
      `select s.lease_id, s.state, s.unit_slots, s.due, s.up from sold_leases s join reservation_leases r on r.lease_id = s.root_id
       where r.platform = $1 and r.reservation_id = $2 and s.serial > 0 order by s.lease_id`,
      [platform, reservationId],
    );
    const [item] = await this.database.query<{ ours: bigint }>(
      `select sum(ours)::int8 as ours from statement_items where platform = $1 and side = $2 and split_part(reservation_id, '~', 1) = $3`,
      [platform, Side.SOLD, reservationId],
    );
    const of = leases.map((row) => ({
      ...{ leaseId: Number(row.lease_id), state: LeaseState[row.state], unitSlots: Number(row.unit_slots) },
      measured: row.due === null ? undefined : { due: Number(row.due), up: Number(row.up) },
    }));
    return { leases: of, owed: item?.ours ?? 0n };
  }

  /** Those that became leases and are not over, newest first. */
  async made({ platform }: ForeignPartner, edge: string): Promise<Known[]> {
    const rows = await this.database.query<Row>(
      `select f.* from foreign_reservations f join reservations r using (platform, reservation_id)
       where platform = $1 and f.edge = $2 and r.state = $3 and not coalesce((select bool_and(s.state >= ${LeaseState.ENDED}) from reservation_leases l
         join sold_leases s on s.root_id = l.lease_id where l.platform = r.platform and l.reservation_id = r.reservation_id), false)
       order by f.at desc limit $4`,
      [platform, edge, ReservationState.COMMITTED, madeMax],
    );
    return rows.map(knownOf);
  }

  /** @throws Refusal absent, for another partner's too */
  private async get({ platform }: ForeignPartner, edge: string, reservationId: string): Promise<Known> {
    const [row] = await this.database.query<Row>(
      'select * from foreign_reservations where platform = $1 and reservation_id = $2 and edge = $3',
      [...[platform, reservationId, edge]],
    );
    if (!row) throw absent(`transaction ${reservationId}`);
    return knownOf(row);
  }

  /** The one that is open for the same document, or that came by the same name or Idempotency-Key. */
  private async before(from: Pick<Tx, 'query'>, call: Call, { platform }: ForeignPartner, said: Said): Promise<Known | undefined> {
    const digest = digestOf(said);
    const id = nameOf(call, platform, said);
    const row = id === undefined ? await this.open(from, platform, digest) : await byId(from, platform, id);
    if (row && !row.digest.equals(digest)) throw usedFor(said.name);
    return row && knownOf(row);
  }

  private begin(call: Call, partner: ForeignPartner, said: Said, meant: Meant): Promise<Known> {
    const { platform } = partner;
    return this.database.transaction(async (tx) => {
      // Two that come at once are told apart by nothing but their order; and of what is not heard nothing is kept.
      const talk = (await lockTalk(tx, platform))!;
      if (!taken(talk, talk.ratePerSecond, this.clock.now())) throw tooMany(talk);
      const known = await this.before(tx, call, partner, said);
      if (known) return known;
      const reservationId = nameOf(call, platform, said) ?? randomUUID();
      const { terms, holdMs, image, publicKey } = meant;
      const request = ReservationRequested.create({ reservationId, terms, holdMs, image, publicKey });
      const [row] = await tx.query<Row>(
        `insert into foreign_reservations (platform, reservation_id, edge, participant_id, key, document, digest, request, offered, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *`,
        [
          ...[platform, reservationId, said.edge, call.caller.participantId, call.caller.name],
          ...[said.document, digestOf(said), bytesOf(ReservationRequested, request), JSON.stringify(meant.offered), this.clock.now()],
        ],
      );
      return knownOf(row!);
    });
  }

  /** Not answered yet, or held. What was refused, has lapsed or was bought may be asked for again. */
  private async open(from: Pick<Tx, 'query'>, platform: string, digest: Buffer): Promise<Row | undefined> {
    const now = this.clock.now();
    const [row] = await from.query<Row>(
      `select f.* from foreign_reservations f
         left join messages m on m.platform = f.platform and m.direction = $3 and m.message_id = f.reservation_id || '-reserve'
         left join answers a on a.number = m.number
         left join reservations r on r.platform = f.platform and r.reservation_id = f.reservation_id
       where f.platform = $1 and f.digest = $2
         and (a.number is null and f.at > $4 or a.rule = '' and r.state = $5 and r.until > $6)
       order by f.at desc limit 1`,
      [platform, digest, MessageDirection.HEARD, now - minute, ReservationState.RESERVED, now],
    );
    return row;
  }

  /** @throws Refusal by the rule by which the message is refused */
  private async tell(partner: ForeignPartner, known: Known, step: string, validMs: number, body: Body) {
    const message = PartnerMessage.create({
      ...{ id: `${known.reservationId}-${step}`, from: partner.platform, to: this.own.name },
      ...{ madeAt: known.at, validUntil: known.at + validMs },
      ...body,
    });
    const signed = await this.hearing.hearTranslated(message);
    const answer = PartnerMessage.decode(signed.message);
    if (answer.refused) throw new Refusal(kindOfRule(answer.refused.rule), answer.refused.rule, answer.refused.detail);
    return { answer, signed };
  }
}

const digestOf = ({ edge, document }: Said): Buffer => sha256(Buffer.concat([Buffer.from(`${edge}\n`), document]));

/** Undefined: it has no name but its document. */
function nameOf({ idempotencyKey }: Call, platform: string, { edge, name = idempotencyKey }: Said): string | undefined {
  return name === undefined ? undefined : idOf(edge, platform, name);
}

const idOf = (edge: string, platform: string, name: string): string => sha256Hex(`${edge}\n${platform}\n${name}`).slice(0, 32);

async function byId(from: Pick<Tx, 'query'>, platform: string, reservationId: string): Promise<Row | undefined> {
  const [row] = await from.query<Row>('select * from foreign_reservations where platform = $1 and reservation_id = $2', [
    ...[platform, reservationId],
  ]);
  return row;
}

const usedFor = (name: string | undefined): Refusal =>
  name === undefined
    ? conflict('idempotency_key_must_not_be_reused', 'another document came under this key before', 'Idempotency-Key')
    : conflict('reservation_name_must_not_be_reused', 'another document came under this name before');

const knownOf = (row: Row): Known => ({
  reservationId: row.reservation_id,
  document: row.document,
  offered: row.offered,
  at: Number(row.at),
  request: ReservationRequested.decode(row.request),
});
