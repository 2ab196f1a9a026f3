import { Injectable } from '@nestjs/common';
import type { Claim, ListClaimsRequest, ListClaimsResponse } from '#contracts';
import { type Call, Database, absent, has, mayAct, nextPage, numberAfter, pageOf } from '#platform';
import { linesOf } from './claim.lines.js';
import { type ClaimRow, claimFor, isForAuthority, readClaim, selectClaims } from './claim.row.js';

/** Claims, to their buyer, to their programme's authority, and to the platform whose bill it is. */
@Injectable()
export class ClaimQuery {
  constructor(private readonly database: Database) {}

  async get(claimId: number, call: Call): Promise<Claim> {
    const row = await readClaim(this.database, claimId);
    const isTheirs = [row.buyer_id, row.authority_id, row.platform_id ?? 0].some((id) => mayAct(call, id));
    if (!isTheirs && !has(call, 'regulator')) throw absent(`claim ${claimId}`);
    const claim = claimFor(call, row);
    return isForAuthority(call, row) ? { ...claim, lines: await linesOf(this.database, row) } : claim;
  }

  async list(request: ListClaimsRequest, call: Call): Promise<ListClaimsResponse> {
    const asked = pageOf(request.page);
    const found = await this.database.query<ClaimRow>(
      `${selectClaims}
       where ($1 = 0 or programme_id = $1) and ($2 = 0 or buyer_id = $2) and ($3::int8 = 0 or bill_id = $3) and ($4 = 0 or claims.state = $4)
         and ($5 or buyer_id = $6 or authority_id = $6 or platform_id = $6) and claim_id < $7
       order by claim_id desc limit $8`,
      [
        request.programmeId,
        request.buyerId,
        request.billId,
        request.state,
        has(call, 'operator', 'regulator', 'service'),
        call.caller.participantId,
        numberAfter(asked, Number.MAX_SAFE_INTEGER),
        asked.limit + 1,
      ],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.claim_id]);
    return { claims: rows.map((row) => claimFor(call, row)), page };
  }
}
