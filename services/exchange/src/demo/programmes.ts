// Voucher programmes in the demo: the one that always plays, and with --programmes all the four that are shipped as documents, at a thousandth of their money.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, Json } from './client.js';
import type { BuyerCast } from './cast.js';
import { participant } from './registering.js';

/** A programme as those see it who bid under it. */
export interface PlayedProgramme {
  readonly id: number;
  /** Buyers who are registered exactly here name it. */
  readonly region: number;
  readonly takesLarge: boolean;
  /** Of a guarantee, in yuan and basis points: what it may come to promise. A reimbursement promises nothing. */
  readonly promises: { rateBp: number; domesticExtraBp: number; budget: number; perFirm: number } | undefined;
  /** Keys of two officers who look at claims; none where no claim waits. */
  readonly officers: readonly string[];
}

/** The programme's figures, in yuan and basis points. */
const voucher = { budget: 25_000, capPerBill: 6_000, capPerFirmYear: 8_000, rateBp: 2_000, domesticExtraBp: 500 };
const date = (time: Date): string => time.toISOString().slice(0, 10);

/** An authority with keys for its drafter and two officers. */
async function authority(api: Api, operator: string, name: string, region: number) {
  const first = await participant(api, operator, { name, roles: ['AUTHORITY'], region, industry: 'S', size: 'LARGE' });
  const keyOf = async (officer: string) =>
    String((await api.post(operator, '/v1/keys', { participantId: first.id, roles: ['AUTHORITY'], name: officer })).secret);
  return { drafter: first.key, officers: [await keyOf('second officer'), await keyOf('third officer')] };
}

async function approved(api: Api, { drafter, officers }: Awaited<ReturnType<typeof authority>>, terms: Json): Promise<number> {
  const { programmeId } = await api.post(drafter, '/v1/programmes', { terms });
  const path = `/v1/programmes/${Number(programmeId)}`;
  await api.post(drafter, `${path}/submit`, {});
  for (const officer of officers) await api.post(officer, `${path}/approve`, {});
  return Number(programmeId);
}

/** Two officers of a city approve a programme: 20 % of what small firms of the city pay for intelligent compute, 5 % more on domestic cards. */
export async function registerOwn(api: Api, operator: string, from: Date, to: Date): Promise<PlayedProgramme> {
  const office = await authority(api, operator, 'Chongqing Economy Office 重庆市经信', 500000);
  const id = await approved(api, office, {
    name: 'Intelligent compute voucher 2026 智算券',
    budget: voucher.budget.toFixed(2),
    firstDay: date(from),
    lastDay: date(to),
    kind: 'GUARANTEE',
    eligibility: { regions: [500000], sizes: ['MICRO', 'SMALL', 'MEDIUM'] },
    coverage: { classes: ['INTELLIGENT'] },
    tiers: [
      {
        rateBp: voucher.rateBp,
        domesticExtraBp: voucher.domesticExtraBp,
        capPerBill: voucher.capPerBill.toFixed(2),
        capPerFirmYear: voucher.capPerFirmYear.toFixed(2),
      },
    ],
  });
  const { rateBp, domesticExtraBp, budget } = voucher;
  const promises = { rateBp, domesticExtraBp, budget, perFirm: Math.min(voucher.capPerBill, voucher.capPerFirmYear) };
  return { id, region: 500000, takesLarge: false, promises, officers: [] };
}

interface Document {
  readonly file: string;
  readonly authority: string;
  readonly region: number;
  readonly buyers: readonly BuyerCast[];
}

const firm = (name: string, region: number, industry: string): BuyerCast => ({
  name,
  region,
  industry,
  size: 'SMALL',
  deposit: '300000.00',
});

/** Whose documents they are, and who bids under them beside those who are there anyway. */
const documents: readonly Document[] = [
  {
    file: 'hangzhou',
    authority: 'Hangzhou Economy Office 杭州市经信',
    region: 330100,
    buyers: [firm('Qiantang Models 钱塘模型', 330100, 'I'), firm('Longjing Design 龙井设计', 330100, 'C')],
  },
  {
    file: 'henan',
    authority: 'Henan Data Office 河南省数据局',
    region: 410100,
    buyers: [firm('Zhongyuan Weather 中原气象', 410100, 'M'), firm('Erqi Logistics 二七物流', 410100, 'G')],
  },
  {
    file: 'yangzhou',
    authority: 'Yangzhou Data Office 扬州市数据局',
    region: 321000,
    buyers: [firm('Slender Lake Games 瘦西湖游戏', 321000, 'R')],
  },
  {
    file: 'chengdu',
    authority: 'Chengdu Economy Office 成都市经信',
    region: 510100,
    buyers: [firm('Jincheng University 锦城大学', 510100, 'P')],
  },
];

const folder = join(import.meta.dirname.replace(/([/\\])dist([/\\])/, '$1'), '../../../voucher/programmes');
const moneyFields = /^(budget|budgetPerYear|officersFrom|cap\w+)$/;

/** The shipped document with a thousandth of its money, so that a small market meets its caps. */
const documentOf = (file: string): Json =>
  JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'), (name, value: unknown) =>
    moneyFields.test(name) ? (Number(value) / 1_000).toFixed(2) : value,
  ) as Json;

export const buyersOfAll: readonly BuyerCast[] = documents.flatMap(({ buyers }) => buyers);
export const regionsOfAll: readonly number[] = documents.map(({ region }) => region);

/** Registers the four, each with an authority of its own, for a period that holds the play. */
export async function registerAll(api: Api, operator: string, from: Date, to: Date): Promise<PlayedProgramme[]> {
  const made: PlayedProgramme[] = [];
  for (const { file, authority: name, region } of documents) {
    const terms: Json = { ...documentOf(file), firstDay: date(from), lastDay: date(to) };
    const office = await authority(api, operator, name, region);
    const id = await approved(api, office, terms);
    const tiers = terms.tiers as { rateBp: number; capPerFirm?: string }[];
    const promises = {
      rateBp: tiers[0]!.rateBp,
      domesticExtraBp: 0,
      budget: Number(terms.budgetPerYear),
      perFirm: Math.min(...tiers.map(({ capPerFirm }) => Number(capPerFirm))),
    };
    made.push({ id, region, takesLarge: true, promises: terms.kind === 'GUARANTEE' ? promises : undefined, officers: office.officers });
  }
  return made;
}

/** The officers look at what waits for them: they refuse what has a finding that names money in a circle or claimed twice, and approve the rest. */
export async function decideWaiting(api: Api, programmes: readonly PlayedProgramme[]): Promise<void> {
  const refused = ['usage_must_be_claimed_once', 'trades_must_not_run_in_a_circle'];
  for (const { id, officers } of programmes) {
    const [first, second] = officers;
    if (!first || !second) continue;
    const waiting: Json[] = [];
    for await (const claim of api.list(first, `/v1/claims?programmeId=${id}&state=WAITING`, 'claims')) waiting.push(claim);
    for (const claim of waiting.reverse()) {
      const path = `/v1/claims/${Number(claim.claimId)}`;
      const bad = (claim.findings as Json[]).find((finding) => refused.includes(String(finding.rule)));
      if (bad) await api.post(first, `${path}/refuse`, { reason: String(bad.detail) });
      else for (const officer of [first, second]) await api.post(officer, `${path}/approve`, {});
    }
  }
}
