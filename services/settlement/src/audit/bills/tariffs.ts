import { finding } from '#platform';
import type { AuditReader, Finding } from '#platform';
import { ScheduleKind } from '#contracts';
import { inForce } from '../../core/schedule.js';
import type { TaxSchedule } from '../../core/tax.js';
import { taxCredited, taxIn } from '../../core/tax.js';
import type { Tariff, Tariffs } from '../../core/recount/tariff.js';

interface Row {
  kind: ScheduleKind;
  version: number;
  effective_from: bigint;
  fee_bp: number;
  tax_bp: number;
  tiers: unknown;
}

/** Published versions, as the records have them, and as documents are made from them. */
export interface ReadTariffs {
  readonly tariffs: Tariffs;
  /** What a document issued then says of the tax in an amount. */
  readonly documentTax: (amount: bigint, issuedAt: number) => bigint;
  /** What a credit note over a line of a bill issued then says of the tax that it takes back; `credited` is what earlier notes took of the line. */
  readonly documentTaxCredited: (line: bigint, credited: bigint, amount: bigint, issuedAt: number) => bigint;
  readonly findings: readonly Finding[];
}

export async function readTariffs(read: AuditReader): Promise<ReadTariffs> {
  const rows = await read.query<Row>('SELECT kind, version, effective_from, fee_bp, tax_bp, tiers FROM schedules ORDER BY kind, version');
  const findings: Finding[] = [];
  const of = (kind: ScheduleKind): Tariff[] =>
    rows
      .filter((row) => row.kind === kind)
      .flatMap((row) => {
        const tiers = tiersOf(row.tiers);
        if (!tiers) findings.push(finding(read.service, 'schedules', `${row.kind}, ${row.version}`, 'changed', 'its tiers are no table'));
        const bp = BigInt(kind === ScheduleKind.TAX ? row.tax_bp : row.fee_bp);
        return tiers ? [{ version: row.version, effectiveFrom: Number(row.effective_from), bp, tiers }] : [];
      });
  const tariffs = { fees: of(ScheduleKind.FEE), levels: of(ScheduleKind.SLA), taxes: of(ScheduleKind.TAX) };
  const versions = tariffs.taxes.map(({ version, effectiveFrom, bp }): TaxSchedule => ({ version, effectiveFrom, taxBp: Number(bp) }));
  const by = (issuedAt: number, tax: (schedule: TaxSchedule) => bigint): bigint =>
    versions.some(({ effectiveFrom }) => effectiveFrom <= issuedAt) ? tax(inForce(versions, issuedAt)) : 0n;
  return {
    ...{ tariffs, findings },
    documentTax: (amount, issuedAt) => by(issuedAt, (schedule) => taxIn(amount, schedule)),
    documentTaxCredited: (line, credited, amount, issuedAt) => by(issuedAt, (schedule) => taxCredited(line, credited, amount, schedule)),
  };
}

function tiersOf(json: unknown): Tariff['tiers'] | undefined {
  const isTier = (one: unknown): one is [number, number] => Array.isArray(one) && one.length === 2 && one.every(Number.isSafeInteger);
  if (!Array.isArray(json) || !json.every(isTier)) return undefined;
  return json.map(([availabilityBp, creditBp]) => ({ availabilityBp: BigInt(availabilityBp), creditBp: BigInt(creditBp) }));
}
