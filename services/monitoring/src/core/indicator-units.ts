// Units of figures in Chinese, as the plans write them.

const inChinese: Readonly<Record<string, string>> = {
  '': '',
  '%': '%',
  PFLOPS: 'PFLOPS',
  EB: 'EB',
  kWh: '千瓦时',
  'unit-hours': '卡时',
  racks: '架',
  sites: '个',
  servers: '台',
  platforms: '个',
  operators: '家',
  enterprises: '家',
  users: '个',
  models: '个',
  'data sets': '个',
  'data spaces': '个',
  scenarios: '个',
  applications: '个',
  agents: '个',
  cases: '个',
  people: '人',
  '100 million yuan': '亿元',
  // Of numerators and denominators.
  'TFLOPS/1000': '千分之一TFLOPS',
  'TFLOPS/10000000': '千万分之一TFLOPS',
  Wh: '瓦时',
  TB: 'TB',
  rack: '架',
  'rack/10000': '万分之一架',
  site: '个',
  server: '台',
  link: '条',
  platform: '个',
  operator: '家',
  enterprise: '家',
  user: '个',
  'unit-slot': '卡时隙',
  'unit-hour/100': '百分之一卡时',
  park: '个',
  node: '个',
  place: '处',
  system: '个',
  yuan: '元',
  component: '个',
};

/** Throws where no Chinese is known for the unit. */
export function unitZhOf(unit: string): string {
  const found = inChinese[unit];
  if (found === undefined) throw new RangeError(`unit_must_have_a_chinese_name: ${unit}`);
  return found;
}
