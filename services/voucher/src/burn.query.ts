import { Injectable } from '@nestjs/common';
import { type BudgetBurn, BurnBy, type BurnGroup, ClaimState, type GetBudgetBurnRequest } from '#contracts';
import { type Call, Database, invalid, nextPage, ownsOrAbsent, pageOf } from '#platform';
import { type FirmRow, firmOf } from './firm.js';
import { readProgramme, termsOf } from './programme.row.js';

interface GroupRow extends FirmRow {
  readonly region: number;
  readonly industry: string;
  readonly size: number;
  readonly month: string;
  readonly buyer_id: number;
  readonly firms: bigint;
  readonly claims: bigint;
  readonly base: bigint;
  readonly paid: bigint;
  readonly waiting: bigint;
  readonly refused: bigint;
  readonly all_paid: bigint;
  readonly all_waiting: bigint;
}

/** What a programme's budget went to 预算执行, by who its firms were when they claimed. */
@Injectable()
export class BurnQuery {
  constructor(private readonly database: Database) {}

  async get({ programmeId, by, year, page: asked }: GetBudgetBurnRequest, call: Call): Promise<BudgetBurn> {
    const row = await readProgramme(this.database, programmeId);
    ownsOrAbsent(call, row.authority_id, `programme ${programmeId}`);
    const repeated = by.findIndex((one, at) => by.indexOf(one) < at);
    if (repeated !== -1) throw invalid(`by[${repeated}]`, 'group_must_be_named_once', 'stands in the list before');
    const { limit, after } = pageOf(asked);
    if (after && !isGroup(after)) throw invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');
    const isBy = [BurnBy.DISTRICT, BurnBy.INDUSTRY, BurnBy.SIZE, BurnBy.MONTH, BurnBy.FIRM].map((one) => by.includes(one));
    const found = await this.database.query<GroupRow>(groupsOf, [programmeId, year, ...isBy, JSON.stringify(after ?? []), limit + 1]);
    const { rows, page } = nextPage(found, limit, (group) => [group.region, group.industry, group.size, group.month, group.buyer_id]);
    const [first] = rows;
    return {
      programmeId,
      budget: termsOf(row).budget,
      paid: first?.all_paid ?? 0n,
      waiting: first?.all_waiting ?? 0n,
      groups: rows.map(toGroup),
      page,
    };
  }
}

const isGroup = ({ length, 0: region, 2: size, 4: buyerId }: readonly string[]): boolean =>
  length === 5 && /^\d{1,9}$/.test(region!) && /^\d$/.test(size!) && /^\d{1,9}$/.test(buyerId!);

const toGroup = ({ region, industry, size, month, base, paid, waiting, ...row }: GroupRow): BurnGroup => ({
  ...{ region, industry, size, month, base, paid, waiting },
  firms: Number(row.firms),
  claims: Number(row.claims),
  refused: Number(row.refused),
  buyerId: row.buyer_id,
  firm: firmOf(row),
});

/** Sums over all groups stand in each row, so that a page tells them as well. */
const groupsOf = `with told as (
    select case when $3 then region else 0 end as region, case when $4 then industry else '' end collate "C" as industry,
      case when $5 then size else 0 end as size, case when $6 then month else '' end collate "C" as month,
      case when $7 then buyer_id else 0 end as firm_id, claim_id, firm_name, credit_code, buyer_id, base, amount - clawed_back as net, state
    from claims where programme_id = $1 and ($2::int4 = 0 or month between $2::text || '-01' and $2::text || '-12')),
  groups as (
    select region, industry, size, month, firm_id as buyer_id, case when firm_id > 0 then (array_agg(firm_name order by claim_id desc))[1] end as firm_name,
      case when firm_id > 0 then (array_agg(credit_code order by claim_id desc))[1] end as credit_code, count(distinct buyer_id) as firms, count(*) as claims, sum(base)::int8 as base,
      coalesce(sum(net) filter (where state = ${ClaimState.GRANTED}), 0)::int8 as paid,
      coalesce(sum(net) filter (where state in (${ClaimState.WAITING}, ${ClaimState.COLLECTED})), 0)::int8 as waiting,
      count(*) filter (where state = ${ClaimState.REFUSED}) as refused
    from told group by region, industry, size, month, firm_id)
  select groups.*, (select sum(paid) from groups)::int8 as all_paid, (select sum(waiting) from groups)::int8 as all_waiting from groups
  where $8::text = '[]'
    or (region, industry, size, month, buyer_id) > ((($8::jsonb)->>0)::int4, ($8::jsonb)->>1, (($8::jsonb)->>2)::int4, ($8::jsonb)->>3, (($8::jsonb)->>4)::int4)
  order by region, industry, size, month, buyer_id limit $9`;
