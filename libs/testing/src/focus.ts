// Reads a file by the rules of FOCUS 1.2 (Cost and Usage).
import { parse } from 'csv-parse/sync';
import { focusColumnRules, subcategories } from './focus-columns.js';
import type { FocusRow, Type } from './focus-columns.js';

const forms: Record<Type, RegExp> = {
  String: /^\S(?:[^]*\S)?$/,
  Decimal: /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  Currency: /^[A-Z]{3}$/,
  Json: /^\{.*\}$/s,
};

function isOf(type: Type, value: string): boolean {
  if (!forms[type].test(value)) return false;
  if (type === 'DateTime') return !Number.isNaN(Date.parse(value));
  if (type !== 'Json') return true;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** Micro-units, exactly. */
const exact = (text: string): bigint => {
  const [, sign, whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  return BigInt(`${sign}${whole}${decimals.padEnd(6, '0').slice(0, 6)}`);
};

function brokenInRow(row: FocusRow): string[] {
  const broken: string[] = [];
  for (const { name, type, nulls, allowed } of focusColumnRules) {
    const value = row[name];
    if (value === undefined) continue;
    const may = typeof nulls === 'function' ? nulls(row) : nulls;
    if (value === '' && may === 'never') broken.push(`${name} must not be null`);
    if (value !== '' && may === 'must') broken.push(`${name} must be null`);
    if (value === '') continue;
    if (!isOf(type, value)) broken.push(`${name} is no ${type}: ${value}`);
    if (allowed && !allowed.includes(value)) broken.push(`${name} must be one of its values: ${value}`);
  }
  if (broken.length) return broken;
  if (!subcategories[row.ServiceCategory!]?.includes(row.ServiceSubcategory!))
    broken.push(`ServiceSubcategory must be one of ${row.ServiceCategory}: ${row.ServiceSubcategory}`);
  for (const period of ['Billing', 'Charge'])
    if (row[`${period}PeriodStart`]! >= row[`${period}PeriodEnd`]!) broken.push(`${period}PeriodEnd must be after its start`);
  if (row.ChargeCategory === 'Purchase' && row.ChargeFrequency === 'Usage-Based') broken.push('a purchase is not usage-based');
  if (row.PricingUnit && !/^(?:[A-Z][A-Za-z]*-(?:Hours|Days|Months|Years)|[A-Z][a-z]+s)$/.test(row.PricingUnit))
    broken.push(`PricingUnit is no unit: ${row.PricingUnit}`);
  if (row.ListUnitPrice && exact(row.ListUnitPrice) < 0n) broken.push('ListUnitPrice must not be negative');
  if (row.ListUnitPrice && row.ChargeClass !== 'Correction') {
    const product = exact(row.ListUnitPrice) * exact(row.PricingQuantity!);
    if (product !== exact(row.ListCost!) * 1_000_000n) broken.push(`ListCost must be ListUnitPrice × PricingQuantity: ${row.ListCost}`);
  }
  return broken;
}

/** The file's rows, and every rule of the specification that it breaks, with the row's number. */
export function readFocus(csv: string): { rows: FocusRow[]; broken: string[] } {
  const table: string[][] = parse(csv, { relax_column_count: true });
  const [head = [], ...lines] = table;
  const broken: string[] = [];
  for (const { name, level } of focusColumnRules)
    if (level !== 'left out' && !head.includes(name)) broken.push(`${level} column ${name} must be there`);
  const known = new Set(focusColumnRules.map(({ name }) => name));
  for (const name of head)
    if (!known.has(name) && !/^x_[A-Z][A-Za-z0-9]*$/.test(name)) broken.push(`column ${name} must be known or begin with x_`);
  if (new Set(head).size < head.length) broken.push('a column must be there once');
  const rows = lines.map((line, at) => {
    if (line.length !== head.length) broken.push(`row ${at + 1} must have all columns`);
    return Object.fromEntries(head.map((name, column) => [name, line[column] ?? '']));
  });
  if (!broken.length) rows.forEach((row, at) => broken.push(...brokenInRow(row).map((rule) => `row ${at + 1}: ${rule}`)));
  return { rows, broken };
}
