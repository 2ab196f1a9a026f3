import { Injectable } from '@nestjs/common';
import type { ListPartnerAuditRequest, ListPartnerAuditResponse, ListPartnersRequest, ListPartnersResponse, Partner } from '#contracts';
import { Database, nextPage, numberAfter, pageOf } from '#platform';
import { type PartnerRow, readPartner, selectPartners, toPartner } from './partner.row.js';

interface StepRow {
  readonly number: bigint;
  readonly platform: string;
  readonly step: string;
  readonly participant_id: number;
  readonly key: string;
  readonly at: bigint;
  readonly reason: string;
  readonly detail: string;
}

/** Partners as the operator reads them. */
@Injectable()
export class PartnerQuery {
  constructor(private readonly database: Database) {}

  get(platform: string): Promise<Partner> {
    return readPartner(this.database, platform);
  }

  async list({ state, page: asked }: ListPartnersRequest): Promise<ListPartnersResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.database.query<PartnerRow>(
      `${selectPartners} where ($1 = 0 or p.state = $1) and p.platform > $2 order by p.platform limit $3`,
      [state, after?.[0] ?? '', limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.platform]);
    return { partners: rows.map(toPartner), page };
  }

  async audit({ platform, page: asked }: ListPartnerAuditRequest): Promise<ListPartnerAuditResponse> {
    await readPartner(this.database, platform);
    const place = pageOf(asked);
    const found = await this.database.query<StepRow>('select * from audit where platform = $1 and number > $2 order by number limit $3', [
      ...[platform, numberAfter(place, 0), place.limit + 1],
    ]);
    const { rows, page } = nextPage(found, place.limit, (row) => [row.number]);
    const steps = rows.map((row) => ({
      number: Number(row.number),
      platform: row.platform,
      step: row.step,
      participantId: row.participant_id,
      key: row.key,
      at: Number(row.at),
      reason: row.reason,
      detail: row.detail,
    }));
    return { steps, page };
  }
}
