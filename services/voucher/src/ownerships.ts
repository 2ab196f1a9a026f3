import { Injectable } from '@nestjs/common';
import { type DeclareOwnershipRequest, type ListOwnershipsRequest, type ListOwnershipsResponse, Ownership } from '#contracts';
import { type Call, Clock, Database, type Tx, forbidden, invalid, mayAct, nextPage, pageOf } from '#platform';
import type { Ownership as OwnershipEdge } from './core/findings.js';

interface OwnershipRow {
  readonly number: bigint;
  readonly owner: string;
  readonly owned: string;
  readonly share_bp: number;
  readonly source: string;
  readonly participant_id: number;
  readonly key: string;
  readonly at: bigint;
}

/** Who owns a part of whom 受益所有人, as officers read it in a register. Each participant's word stands until it says otherwise itself. */
@Injectable()
export class Ownerships {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async declare(request: DeclareOwnershipRequest, call: Call): Promise<Ownership> {
    const { owner, owned, shareBp, source } = request;
    if (owner === owned) throw invalid('owner', 'owner_must_be_another', 'nobody owns itself');
    const participantId = request.participantId || call.caller.participantId;
    if (!mayAct(call, participantId)) throw forbidden('ownership_must_be_said_by_oneself', 'another participant cannot be named');
    return this.database.once(call, Ownership, async (tx) => {
      const said = { owner, owned, shareBp, source, participantId, key: call.caller.name, at: this.clock.now() };
      await tx.query(
        'insert into ownerships (owner, owned, share_bp, source, participant_id, key, at) values ($1, $2, $3, $4, $5, $6, $7)',
        [owner, owned, shareBp, source, participantId, said.key, said.at],
      );
      return said;
    });
  }

  async list({ owned, history, page: asked }: ListOwnershipsRequest): Promise<ListOwnershipsResponse> {
    const { limit, after = ['', '', '0'] } = pageOf(asked);
    const found = await this.database.query<OwnershipRow>(
      `select * from ownerships said where ($1 = '' or owned = $1) and ($2 or ${stands}) and (owned, owner, number) > ($3, $4, $5::int8)
       order by owned, owner, number limit $6`,
      [owned, history, after[0] ?? '', after[1] ?? '', /^\d{1,18}$/.test(after[2] ?? '') ? after[2] : '0', limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.owned, row.owner, row.number]);
    return { ownerships: rows.map(toOwnership), page };
  }
}

const toOwnership = ({ owner, owned, share_bp: shareBp, source, participant_id: participantId, key, at }: OwnershipRow): Ownership => ({
  ...{ owner, owned, shareBp, source, participantId, key },
  at: Number(at),
});

/** `said` is the newest of its participant, and did not end it. */
const stands = `said.share_bp > 0 and not exists (select from ownerships newer where newer.owned = said.owned and newer.owner = said.owner
  and newer.number > said.number and (newer.participant_id = said.participant_id or said.participant_id = 0))`;

/** What stands of these, two steps up. */
export async function ownershipsOf(tx: Tx, entities: readonly string[]): Promise<OwnershipEdge[]> {
  const rows = await tx.query<OwnershipRow>(
    `with first as (select * from ownerships said where owned = any($1) and ${stands})
     select * from first
     union select * from ownerships said where owned in (select owner from first) and ${stands} order by owned, owner, number`,
    [entities],
  );
  return rows.map(({ owner, owned, share_bp: shareBp, source }) => ({ owner, owned, shareBp, source }));
}
