// Who plays: providers with their sites, buyers, an authority; and what each model of the trace is taken for. Regions are GB/T 2260 codes.

export interface SiteCast {
  readonly name: string;
  readonly region: number;
  readonly racks: number;
  readonly occupancyBp: number;
  readonly pueMilli: number;
  readonly greenShareBp: number;
  readonly securityGrade: number;
}

export interface ProviderCast {
  readonly name: string;
  readonly region: number;
  /** Its asks over the usual price of a model. */
  readonly factor: number;
  /** Its leases need no confirmation. */
  readonly confirmsAtOnce: boolean;
  readonly sites: readonly SiteCast[];
}

export const providers: readonly ProviderCast[] = [
  {
    name: 'Liangjiang Intelligent Computing 两江智算',
    region: 500000,
    factor: 1,
    confirmsAtOnce: true,
    sites: [
      { name: 'Shuitu 水土', region: 500000, racks: 9000, occupancyBp: 7600, pueMilli: 1250, greenShareBp: 6200, securityGrade: 3 },
      { name: 'Yuzhong edge 渝中边缘', region: 500000, racks: 80, occupancyBp: 8200, pueMilli: 1400, greenShareBp: 5000, securityGrade: 3 },
    ],
  },
  {
    name: 'Tianfu Supercomputing 天府超算',
    region: 510100,
    factor: 1.04,
    confirmsAtOnce: true,
    sites: [
      {
        name: 'Xinglong Lake 兴隆湖',
        region: 510100,
        racks: 3200,
        occupancyBp: 7100,
        pueMilli: 1200,
        greenShareBp: 8100,
        securityGrade: 4,
      },
    ],
  },
  {
    name: 'Hami Green Compute 哈密绿算',
    region: 650500,
    factor: 0.82,
    confirmsAtOnce: false,
    sites: [{ name: 'Yizhou 伊州', region: 650500, racks: 12000, occupancyBp: 5400, pueMilli: 1150, greenShareBp: 9600, securityGrade: 3 }],
  },
  {
    name: 'Horinger Cloud 和林格尔云',
    region: 150100,
    factor: 0.9,
    confirmsAtOnce: true,
    sites: [
      { name: 'Horinger 和林格尔', region: 150100, racks: 10500, occupancyBp: 6600, pueMilli: 1180, greenShareBp: 8800, securityGrade: 3 },
    ],
  },
];

export interface BuyerCast {
  readonly name: string;
  readonly region: number;
  readonly industry: string;
  readonly size: 'MICRO' | 'SMALL' | 'MEDIUM' | 'LARGE';
  /** Yuan paid in before the first bid. */
  readonly deposit: string;
}

export const buyers: readonly BuyerCast[] = [
  { name: 'Jialing Robotics 嘉陵机器人', region: 500000, industry: 'C', size: 'SMALL', deposit: '400000.00' },
  { name: 'Mountain City Vision 山城视觉', region: 500000, industry: 'I', size: 'MICRO', deposit: '250000.00' },
  { name: 'Chaotianmen Games 朝天门游戏', region: 500000, industry: 'R', size: 'SMALL', deposit: '300000.00' },
  { name: 'Wulong Genomics 武隆基因', region: 500000, industry: 'M', size: 'MEDIUM', deposit: '500000.00' },
  { name: 'Changan Simulation 长安仿真', region: 500000, industry: 'C', size: 'LARGE', deposit: '1500000.00' },
  { name: 'Jinjiang Language 锦江语言', region: 510100, industry: 'I', size: 'SMALL', deposit: '400000.00' },
  { name: 'Qingcheng Film 青城影视', region: 510100, industry: 'R', size: 'MEDIUM', deposit: '500000.00' },
  { name: 'Zhongguancun Models 中关村模型', region: 110000, industry: 'I', size: 'LARGE', deposit: '2000000.00' },
  { name: 'Haidian Search 海淀搜索', region: 110000, industry: 'I', size: 'MEDIUM', deposit: '800000.00' },
  // Ends its money before its wishes, so that a guard is seen at work.
  { name: 'Ciqikou Studio 磁器口工作室', region: 500000, industry: 'L', size: 'MICRO', deposit: '600.00' },
];

export interface LinkCast {
  readonly from: number;
  readonly to: number;
  readonly roundTripUs: number;
  readonly gigabits: number;
  readonly pricePerGb: string;
}

/** Round trip in µs and yuan a GB from where buyers are to where sites are. */
export const links: readonly LinkCast[] = [
  { from: 500000, to: 500000, roundTripUs: 2_000, gigabits: 400, pricePerGb: '0.00' },
  { from: 500000, to: 510100, roundTripUs: 9_000, gigabits: 200, pricePerGb: '0.01' },
  { from: 500000, to: 650500, roundTripUs: 35_000, gigabits: 100, pricePerGb: '0.02' },
  { from: 500000, to: 150100, roundTripUs: 28_000, gigabits: 100, pricePerGb: '0.02' },
  { from: 510100, to: 500000, roundTripUs: 9_000, gigabits: 200, pricePerGb: '0.01' },
  { from: 510100, to: 510100, roundTripUs: 2_000, gigabits: 400, pricePerGb: '0.00' },
  { from: 510100, to: 650500, roundTripUs: 38_000, gigabits: 100, pricePerGb: '0.02' },
  { from: 510100, to: 150100, roundTripUs: 30_000, gigabits: 100, pricePerGb: '0.02' },
  { from: 110000, to: 500000, roundTripUs: 30_000, gigabits: 100, pricePerGb: '0.02' },
  { from: 110000, to: 510100, roundTripUs: 32_000, gigabits: 100, pricePerGb: '0.02' },
  { from: 110000, to: 650500, roundTripUs: 45_000, gigabits: 100, pricePerGb: '0.025' },
  { from: 110000, to: 150100, roundTripUs: 5_000, gigabits: 400, pricePerGb: '0.005' },
];

/** From regions that are far from all, to wherever there are sites. */
export const linksFrom = (regions: readonly number[]): readonly LinkCast[] =>
  regions
    .filter((from) => links.every((link) => link.from !== from))
    .flatMap((from) =>
      [500000, 510100, 650500, 150100].map((to) => ({ from, to, roundTripUs: 30_000, gigabits: 100, pricePerGb: '0.02' })),
    );

export interface ModelCast {
  readonly tflopsFp16: number;
  readonly tflopsFp32: number;
  readonly memoryGib: number;
  readonly watts: number;
  /** Usual price of a unit-hour in fen. */
  readonly fenPerHour: number;
  readonly domestic: boolean;
}

/** Published figures; the trace does not say what G2 and G3 are, so theirs are assumed, as domestic cards. */
const models: Record<string, ModelCast> = {
  P100: { tflopsFp16: 21.2, tflopsFp32: 10.6, memoryGib: 16, watts: 250, fenPerHour: 320, domestic: false },
  T4: { tflopsFp16: 65, tflopsFp32: 8.1, memoryGib: 16, watts: 70, fenPerHour: 240, domestic: false },
  V100M16: { tflopsFp16: 125, tflopsFp32: 15.7, memoryGib: 16, watts: 300, fenPerHour: 560, domestic: false },
  V100M32: { tflopsFp16: 125, tflopsFp32: 15.7, memoryGib: 32, watts: 300, fenPerHour: 680, domestic: false },
  A10: { tflopsFp16: 125, tflopsFp32: 31.2, memoryGib: 24, watts: 150, fenPerHour: 520, domestic: false },
  G2: { tflopsFp16: 180, tflopsFp32: 45, memoryGib: 32, watts: 260, fenPerHour: 480, domestic: true },
  G3: { tflopsFp16: 280, tflopsFp32: 70, memoryGib: 64, watts: 310, fenPerHour: 760, domestic: true },
  CPU: { tflopsFp16: 0, tflopsFp32: 0.08, memoryGib: 4, watts: 5, fenPerHour: 12, domestic: false },
};

/** A model that another file brings is taken for a plain card. */
export function modelOf(name: string): ModelCast {
  return models[name] ?? { tflopsFp16: 100, tflopsFp32: 15, memoryGib: 24, watts: 250, fenPerHour: 500, domestic: false };
}

/** Regions of the demo by name, for people. */
export const regionNames: Record<number, string> = {
  110000: 'Beijing 北京',
  150100: 'Horinger 和林格尔',
  321000: 'Yangzhou 扬州',
  330100: 'Hangzhou 杭州',
  410100: 'Zhengzhou 郑州',
  500000: 'Chongqing 重庆',
  510100: 'Chengdu 成都',
  650500: 'Hami 哈密',
};
