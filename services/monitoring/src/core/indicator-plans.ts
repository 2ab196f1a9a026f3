// The public plans whose aims the indicators know, and how an aim is written down: in the unit of the plan's own table.
import { type Aim, type PlanName, amountOf } from './indicator.js';

export interface PlanTitle {
  readonly name: string;
  readonly title: string;
  /** Years in which something is to be met. */
  readonly years: readonly number[];
}

export const plans: Readonly<Record<PlanName, PlanTitle>> = {
  CHONGQING_2025_2027: {
    name: 'Chongqing 2025–2027',
    title: '重庆市建设新型能源算力枢纽实施方案（2025—2027年）',
    years: [2025, 2026, 2027],
  },
  CHONGQING_2023_2025: {
    name: 'Chongqing 2023–2025',
    title: '重庆市算力网络发展“算力山城 强算赋能”行动计划（2023-2025年）',
    years: [2023, 2024, 2025],
  },
  CHENGDU_2025: { name: 'Chengdu, by 2025', title: '全国一体化算力网络成渝国家枢纽节点（成都）推进方案', years: [2025] },
  YUZHONG_2025_2027: { name: 'Yuzhong 2025–2027', title: '渝中区算力经济发展三年行动计划（2025年—2027年）', years: [2027] },
  BEIJING_2024_2027: { name: 'Beijing 2024–2027', title: '北京市算力基础设施建设实施方案（2024-2027年）', years: [2025, 2027] },
};

/** What a clause asks by the end of each year, in the indicator's unit. */
export interface Asked {
  readonly plan: PlanName;
  readonly clause: string;
  readonly by: Readonly<Record<number, string>>;
  readonly isStrict?: boolean;
}

export const aimsOf = (asked: readonly Asked[], decimals: number): Aim[] =>
  asked.flatMap(({ plan, clause, by, isStrict = false }) =>
    Object.entries(by).map(([year, text]) => ({ plan, clause, year: Number(year), amount: amountOf(text, decimals), isStrict })),
  );

const row = (plan: PlanName, table: string, number: number, by: Asked['by']): Asked => ({ plan, clause: `${table} 序号${number}`, by });

/** A row of table 1 of Chongqing's plan of 2025–2027. */
export const hub = (number: number, first: string, second: string, third: string): Asked =>
  row('CHONGQING_2025_2027', '一、表1', number, { 2025: first, 2026: second, 2027: third });

/** A row of the table of Chongqing's plan of 2023–2025. */
export const network = (number: number, first: string, second: string, third: string): Asked =>
  row('CHONGQING_2023_2025', '一（三）目标指标表', number, { 2023: first, 2024: second, 2025: third });

export const chengdu = (clause: string, text: string): Asked => ({ plan: 'CHENGDU_2025', clause, by: { 2025: text } });

/** The plan itself is not public: its official reading 文字解读 is. */
export const yuzhong = (text: string, isStrict = false): Asked => ({
  plan: 'YUZHONG_2025_2027',
  clause: '文字解读 三、六（2）',
  by: { 2027: text },
  isStrict,
});

export const beijing = (clause: string, by: Asked['by']): Asked => ({ plan: 'BEIJING_2024_2027', clause, by });
