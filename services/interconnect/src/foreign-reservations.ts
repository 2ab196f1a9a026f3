import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  bytesOf,
  type CommitDone,
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
import { ReservationState } from './core/reservation.js';
import type { ForeignPartner } from './foreign-partners.js';
import { Hearing } from './hearing.js';
import { OwnPlatform } from './own-platform.js';

/** What is asked, and in which words. */
export interface Asked {
  /** 'rear', 'ewbi' */
  readonly edge: string;
  /** What the partner calls it, where its protocol has names: never used for another. */
  readonly name?: string;
  /** As it came. */
  readonly document: Uint8Array;
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

  async reserve(call: Call, partner: ForeignPartner, asked: Asked): Promise<Answered<ReservationMade>> {
    const known = await this.database.transaction((tx) => this.note(tx, call, partner, asked));
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

  /** Those that became leases, newest first. */
  async made({ platform }: ForeignPartner, edge: string): Promise<Known[]> {
    const rows = await this.database.query<Row>(
      `select f.* from foreign_reservations f join reservations r using (platform, reservation_id)
       where platform = $1 and f.edge = $2 and r.state = $3 order by f.at desc limit $4`,
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

  /** The one that is open for the same document, or that came by the same name or Idempotency-Key, else a new one. */
  private async note(tx: Tx, call: Call, partner: ForeignPartner, asked: Asked): Promise<Known> {
    const { platform } = partner;
    // Two that come at once are told apart by nothing but their order.
    await tx.query('select 1 from partner_talk where platform = $1 for update', [platform]);
    const digest = sha256(Buffer.concat([Buffer.from(`${asked.edge}\n`), asked.document]));
    const name = asked.name ?? call.idempotencyKey;
    const id = name === undefined ? undefined : idOf(asked.edge, platform, name);
    const before = id === undefined ? await this.open(tx, platform, digest) : await byId(tx, platform, id);
    if (before && !before.digest.equals(digest)) throw usedFor(asked.name);
    if (before) return knownOf(before);
    const reservationId = id ?? randomUUID();
    const { terms, holdMs, image, publicKey } = asked;
    const request = ReservationRequested.create({ reservationId, terms, holdMs, image, publicKey });
    const [row] = await tx.query<Row>(
      `insert into foreign_reservations (platform, reservation_id, edge, participant_id, key, document, digest, request, offered, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *`,
      [
        ...[platform, reservationId, asked.edge, call.caller.participantId, call.caller.name],
        ...[asked.document, digest, bytesOf(ReservationRequested, request), JSON.stringify(asked.offered), this.clock.now()],
      ],
    );
    return knownOf(row!);
  }

  /** Not answered yet, or held. What was refused, has lapsed or was bought may be asked for again. */
  private async open(tx: Tx, platform: string, digest: Buffer): Promise<Row | undefined> {
    const now = this.clock.now();
    const [row] = await tx.query<Row>(
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
