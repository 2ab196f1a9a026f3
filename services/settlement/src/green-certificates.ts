import { Injectable } from '@nestjs/common';
import { GreenCertificate } from '#contracts';
import type { ListCertificatesRequest, ListCertificatesResponse, RegisterCertificateRequest } from '#contracts';
import { Clock, conflict, Database, invalid, nextPage, pageOf } from '#platform';
import type { Call } from '#platform';
import { before, participantAsked } from './list.js';
import { Participants } from './participants.js';

interface Row {
  readonly certificate_id: bigint;
  readonly participant_id: number;
  readonly issuer: string;
  readonly serial: string;
  readonly wh: bigint;
  readonly used_wh: string;
  readonly first_day: number;
  readonly last_day: number;
  readonly registered_at: bigint;
}

/** green certificates as the operator saw them at their issuers. One is registered once, whoever brings it. */
@Injectable()
export class GreenCertificates {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly participants: Participants,
  ) {}

  async register(request: RegisterCertificateRequest, call: Call): Promise<GreenCertificate> {
    const { participantId, issuer, serial, kwh, firstDay, lastDay } = request;
    if (lastDay < firstDay) throw invalid('lastDay', 'certificate_must_end_after_it_begins', 'its last day is before its first');
    return this.db.once(call, GreenCertificate, async (tx) => {
      await this.participants.mustExist(tx, participantId);
      const [row] = await tx.query<Row>(
        `INSERT INTO green_certificates (participant_id, issuer, serial, wh, first_day, last_day, registered_at, registered_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (issuer, serial) DO NOTHING RETURNING *, '0' AS used_wh`,
        [participantId, named(issuer), named(serial), BigInt(kwh) * 1000n, firstDay, lastDay, this.clock.now(), call.caller.name],
      );
      if (!row) throw conflict('certificate_must_be_registered_once', `${issuer} ${serial} was registered before`, 'serial');
      return certificateOf(row);
    });
  }

  async list(request: ListCertificatesRequest, call: Call): Promise<ListCertificatesResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT c.*, coalesce((SELECT sum(wh) FROM certificate_uses u WHERE u.certificate_id = c.certificate_id), 0) AS used_wh FROM green_certificates c
       WHERE ($1::int4 = 0 OR participant_id = $1) AND certificate_id < $2 ORDER BY certificate_id DESC LIMIT $3`,
      [participantAsked(call, request.participantId), before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.certificate_id]);
    return { certificates: rows.map(certificateOf), page };
  }
}

/** One certificate is one, however it was typed. */
const named = (text: string): string => text.trim().toUpperCase().normalize('NFKC');

const certificateOf = (row: Row): GreenCertificate => ({
  certificateId: Number(row.certificate_id),
  participantId: row.participant_id,
  issuer: row.issuer,
  serial: row.serial,
  kwh: Number(row.wh / 1000n),
  usedWh: Number(row.used_wh),
  firstDay: row.first_day,
  lastDay: row.last_day,
  registeredAt: Number(row.registered_at),
});
