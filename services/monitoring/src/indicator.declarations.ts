import { Injectable } from '@nestjs/common';
import {
  type DeclareIndicatorRequest,
  IndicatorDeclaration,
  type ListIndicatorDeclarationsRequest,
  type ListIndicatorDeclarationsResponse,
} from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { type Call, Clock, Database, absent, invalid, nextPage, numberAfter, pageOf } from '#platform';
import { brokenDeclaration } from './core/indicator-declaration.js';
import { indicatorOf } from './core/indicator-definitions.js';
import type { Share } from './core/indicator.js';

interface DeclarationRow {
  readonly declaration_id: bigint;
  readonly indicator_id: string;
  readonly subject: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly day: number;
  readonly evidence_hash: string;
  readonly note: string;
  readonly by_participant_id: number;
  readonly by_name: string;
  readonly at: bigint;
  readonly superseded_by: bigint | null;
}

const withSuccessors = `
  select d.*, (select min(next.declaration_id) from indicator_declarations next
    where next.indicator_id = d.indicator_id and next.subject = d.subject and next.declaration_id > d.declaration_id) as superseded_by
  from indicator_declarations d`;

/** What the operator declares. Nothing is overwritten: of an indicator and subject the newest stands. */
@Injectable()
export class IndicatorDeclarations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async declare(request: DeclareIndicatorRequest, call: Call): Promise<IndicatorDeclaration> {
    const { indicatorId, subject, numerator, denominator, day, evidenceHash, note } = request;
    const definition = indicatorOf(indicatorId);
    if (!definition) throw absent(`indicator ${indicatorId}`);
    const now = this.clock.now();
    const broken = brokenDeclaration(definition, request, shanghaiDay(slotAt(now)));
    if (broken) throw invalid(...broken);
    return this.database.once(call, IndicatorDeclaration, async (tx) => {
      const { participantId, name } = call.caller;
      const [row] = await tx.query<DeclarationRow>(
        `insert into indicator_declarations (indicator_id, subject, numerator, denominator, day, evidence_hash, note, by_participant_id, by_name, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *, null as superseded_by`,
        [indicatorId, subject, numerator, denominator, day, evidenceHash, note, participantId, name, now],
      );
      return declarationOf(row!);
    });
  }

  async list(request: ListIndicatorDeclarationsRequest): Promise<ListIndicatorDeclarationsResponse> {
    const asked = pageOf(request.page);
    const found = await this.database.query<DeclarationRow>(
      `select * from (${withSuccessors}) declared
       where ($1 = '' or indicator_id = $1) and (not $2 or superseded_by is null) and declaration_id < $3 order by declaration_id desc limit $4`,
      [request.indicatorId, request.standing, numberAfter(asked, Number.MAX_SAFE_INTEGER), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.declaration_id]);
    return { declarations: rows.map(declarationOf), page };
  }

  /** Parts by indicator: the newest of each subject that held on the day. */
  async standing(day: number): Promise<Map<string, Share[]>> {
    const rows = await this.database.query<DeclarationRow>(
      `select distinct on (indicator_id, subject) * from indicator_declarations where day <= $1
       order by indicator_id, subject, declaration_id desc`,
      [day],
    );
    const shares = rows.map(({ indicator_id: indicatorId, declaration_id: id, subject, numerator, denominator, note }) => ({
      indicatorId,
      share: { kind: 'DECLARATION', id: Number(id), name: subject, numerator, denominator, note, noteZh: '' } satisfies Share,
    }));
    return new Map(
      [...Map.groupBy(shares, ({ indicatorId }) => indicatorId)].map(([indicatorId, of]) => [
        indicatorId,
        of.map(({ share }) => share).sort((a, b) => a.id - b.id),
      ]),
    );
  }
}

const declarationOf = (row: DeclarationRow): IndicatorDeclaration => ({
  declarationId: Number(row.declaration_id),
  indicatorId: row.indicator_id,
  subject: row.subject,
  numerator: Number(row.numerator),
  denominator: Number(row.denominator),
  day: row.day,
  evidenceHash: row.evidence_hash,
  note: row.note,
  byParticipantId: row.by_participant_id,
  by: row.by_name,
  at: Number(row.at),
  supersededBy: Number(row.superseded_by ?? 0),
});
