import { type ClaimLine, ComputeClass, SubmitPlatformBillRequest } from '#contracts';
import type { Tx } from '#platform';
import type { ClaimRow } from './claim.row.js';
import { type FirmRow, firmOf } from './firm.js';

interface LineRow extends FirmRow {
  readonly trade_id: bigint;
  readonly provider_id: number;
  readonly compute_class: ComputeClass;
  readonly domestic: boolean;
  readonly green_share_bp: number;
  readonly base: bigint;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly clawed_back: bigint;
}

/** What of its bill a claim asks for. Of what the exchange billed before it kept bills by trade only the sums are known. */
export async function linesOf(tx: Pick<Tx, 'query'>, claim: ClaimRow): Promise<ClaimLine[]> {
  const brought = claim.platform_bill ? SubmitPlatformBillRequest.decode(claim.platform_bill).lines : [];
  const rows = await tx.query<LineRow>(
    `select part.*, provider.name as firm_name, provider.credit_code
     from (select part.trade_id, part.base, part.amount, part.refunded, part.clawed_back, coalesce(billed.provider_id, line.provider_id, 0) as provider_id,
         coalesce(billed.compute_class, line.compute_class, 0) as compute_class, coalesce(billed.domestic, line.domestic, false) as domestic,
         coalesce(billed.green_share_bp, line.green_share_bp, 0) as green_share_bp
       from claim_trades part left join billed_trades billed on billed.bill_id = $2 and billed.trade_id = part.trade_id
         left join unnest($3::int4[], $4::int4[], $5::bool[], $6::int4[]) with ordinality
           as line (provider_id, compute_class, domestic, green_share_bp, trade_id) on line.trade_id = part.trade_id
       where claim_id = $1) part left join participants provider on provider.participant_id = provider_id
     order by trade_id`,
    [
      ...[claim.claim_id, claim.bill_id],
      ...[brought.map((line) => line.providerId), brought.map((line) => line.computeClass)],
      ...[brought.map((line) => line.domestic), brought.map((line) => line.greenShareBp)],
    ],
  );
  return rows.map((row) => ({
    ...{ tradeId: Number(row.trade_id), providerId: row.provider_id, provider: firmOf(row) },
    ...{ computeClass: row.compute_class, domestic: row.domestic, greenShareBp: row.green_share_bp },
    ...{ base: row.base, amount: row.amount, refunded: row.refunded, clawedBack: row.clawed_back },
  }));
}
