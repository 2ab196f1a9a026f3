import { stringify } from 'csv-stringify/sync';
import { Injectable } from '@nestjs/common';
import { BilledService, type Claim, ClaimState, type ExportClaimsRequest, type FileChunk, OrganisationSize } from '#contracts';
import { formatYuan } from '#domain';
import { type Call, Database, ownsOrAbsent, writeOrderId } from '#platform';
import { type ClaimRow, selectClaims, toClaim } from './claim.row.js';
import { readProgramme } from './programme.row.js';

interface Row extends ClaimRow {
  readonly region: number;
  readonly industry: string;
  readonly size: OrganisationSize;
}

const rowsOfAChunk = 1_000;

const columns: readonly (readonly [header: string, text: (claim: Claim, row: Row) => string | number])[] = [
  ['claim 申领编号', ({ claimId }) => claimId],
  ['month 账期', ({ month }) => month],
  ['state 状态', ({ state }) => ClaimState[state]],
  ['buyer 企业编号', ({ buyerId }) => buyerId],
  ['firm 企业名称', ({ firm }) => firm?.name ?? ''],
  ['credit code 统一社会信用代码', ({ firm }) => firm?.creditCode ?? ''],
  ['region 行政区划代码', (_claim, { region }) => region],
  ['industry 行业门类', (_claim, { industry }) => industry],
  ['size 企业规模', (_claim, { size }) => (size ? OrganisationSize[size] : '')],
  ['bill 账单', ({ billId, platformBill }) => billId || platformBill],
  ['bid 合同', ({ bidId }) => (bidId ? writeOrderId(bidId) : '')],
  ['platform 平台', ({ platformId }) => platformId || ''],
  ['service 服务', ({ service }) => BilledService[service]],
  ['billed yuan 账单金额', ({ base }) => formatYuan(base)],
  ['granted yuan 补贴金额', ({ amount }) => formatYuan(amount)],
  ['taken back yuan 追回金额', ({ clawedBack }) => formatYuan(clawedBack)],
  ['funders 出资方', ({ funded }) => funded.map(({ name, amount }) => `${name} ${formatYuan(amount)}`).join('; ')],
  ['decided 决定时间', ({ decidedAt }) => new Date(decidedAt).toISOString()],
  ['officers 审批人', ({ approvedBy }) => approvedBy.join('; ')],
  ['findings 疑点', ({ findings }) => findings.map(({ rule, detail }) => `${rule}: ${detail}`).join('; ')],
  ['why 理由', ({ clauses }) => clauses.map(({ rule, passed, detail }) => `${passed ? 'kept' : 'broken'}: ${rule}: ${detail}`).join('; ')],
];

/** A programme's claims for its authority: UTF-8 without a byte order mark. What a spreadsheet would take for a formula is written as text. */
@Injectable()
export class ClaimFile {
  constructor(private readonly database: Database) {}

  async *file({ programmeId }: ExportClaimsRequest, call: Call): AsyncGenerator<FileChunk> {
    const { authority_id: authorityId } = await readProgramme(this.database, programmeId);
    ownsOrAbsent(call, authorityId, `programme ${programmeId}`);
    yield chunk([columns.map(([header]) => header)]);
    for (let after = 0n, isMore = true; isMore;) {
      const rows = await this.database.query<Row>(
        `${selectClaims} where programme_id = $1 and claim_id > $2 order by claim_id limit ${rowsOfAChunk}`,
        [programmeId, after],
      );
      if (rows.length) yield chunk(rows.map((row) => lineOf(toClaim(row), row)));
      after = rows.at(-1)?.claim_id ?? after;
      isMore = rows.length === rowsOfAChunk;
    }
  }
}

const lineOf = (claim: Claim, row: Row): string[] => columns.map(([, text]) => String(text(claim, row)));

const chunk = (rows: readonly string[][]): FileChunk => ({ data: Buffer.from(stringify([...rows], { escape_formulas: true })) });
