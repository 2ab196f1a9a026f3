import { Injectable } from '@nestjs/common';
import { type DeclareOwnershipRequest, type ListOwnershipsRequest, type ListOwnershipsResponse, Ownership } from '#contracts';
import { type Call, Clock, Database, invalid, nextPage, pageOf } from '#platform';

interface OwnershipRow {
  readonly owner: string;
  readonly owned: string;
  readonly share_bp: number;
  readonly source: string;
  readonly key: string;
  readonly at: bigint;
}

/** Who owns a part of whom 受益所有人, as officers read it in a register. */
@Injectable()
export class Ownerships {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async declare(request: DeclareOwnershipRequest, call: Call): Promise<Ownership> {
    const { owner, owned, shareBp, source } = request;
    if (owner === owned) throw invalid('owner', 'owner_must_be_another', 'nobody owns itself');
    return this.database.once(call, Ownership, async (tx) => {
      const said = { owner, owned, shareBp, source, key: call.caller.name, at: this.clock.now() };
      if (shareBp === 0) await tx.query('delete from ownerships where owned = $1 and owner = $2', [owned, owner]);
      else
        await tx.query(
          `insert into ownerships (owner, owned, share_bp, source, key, at) values ($1, $2, $3, $4, $5, $6)
           on conflict (owned, owner) do update set share_bp = excluded.share_bp, source = excluded.source, key = excluded.key, at = excluded.at`,
          [owner, owned, shareBp, source, said.key, said.at],
        );
      return said;
    });
  }

  async list(request: ListOwnershipsRequest): Promise<ListOwnershipsResponse> {
    const { limit, after = ['', ''] } = pageOf(request.page);
    const found = await this.database.query<OwnershipRow>(
      `select * from ownerships where ($1 = '' or owned = $1) and (owned, owner) > ($2, $3) order by owned, owner limit $4`,
      [request.owned, after[0] ?? '', after[1] ?? '', limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.owned, row.owner]);
    const ownerships = rows.map(({ share_bp: shareBp, at, ...row }) => ({ ...row, shareBp, at: Number(at) }));
    return { ownerships, page };
  }
}
