// Definitions of what the exchange counts itself, or sums over what is registered and verified. Aims are those of the plans' own texts, by clause.
import type { IndicatorDefinition } from './indicator.js';
import { type Asked, aimsOf, beijing, chengdu, hub, network, yuzhong } from './indicator-plans.js';

interface Parts extends Pick<
  IndicatorDefinition,
  'id' | 'name' | 'nameZh' | 'formula' | 'formulaZh' | 'source' | 'unit' | 'decimals' | 'numeratorUnit'
> {
  readonly denominatorUnit?: string;
  readonly lessIsBetter?: boolean;
  readonly span?: IndicatorDefinition['span'];
  readonly asked: readonly Asked[];
}

const define = ({ asked, ...parts }: Parts): IndicatorDefinition => ({
  span: 'INSTANT',
  lessIsBetter: false,
  denominatorUnit: '',
  ...parts,
  form: parts.denominatorUnit ? 'RATIO' : 'SUM',
  aims: aimsOf(asked, parts.decimals),
});

const precisions = ['FP16', 'FP32'] as const;
const perMille = 'TFLOPS/1000';

/** The plans name no precision for these, so each is counted at both, and the two are never added. */
const computeAt = precisions.map((precision): Parts[] => {
  const suffix = precision.toLowerCase();
  const counted = { source: 'MEASURED', numeratorUnit: perMille } as const;
  return [
    {
      ...counted,
      id: `intelligent-compute-${suffix}`,
      name: `Dispatchable intelligent compute, ${precision}`,
      nameZh: `调度智算规模（${precision}）`,
      formula: `Sum over verified pools of intelligent compute in verified sites, LOST pools and nodes left out, of nodes × units a node × measured TFLOPS of a unit at ${precision}`,
      formulaZh: `已核验算力中心内已核验智算资源池之和（失联的资源池和节点除外）：节点数 × 单节点卡数 × 单卡实测${precision}算力（TFLOPS）`,
      ...{ unit: 'PFLOPS', decimals: 6 },
      asked: [hub(1, '30000', '50000', '110000'), beijing('二（一）智算供给规模45EFLOPS', { 2025: '45000' })],
    },
    {
      ...counted,
      id: `compute-${suffix}`,
      name: `Dispatchable compute, ${precision}`,
      nameZh: `算力规模（${precision}）`,
      formula: `Sum over verified pools of every class in verified sites, LOST pools and nodes left out, of nodes × units a node × measured TFLOPS of a unit at ${precision}`,
      formulaZh: `已核验算力中心内各类已核验资源池之和（失联的资源池和节点除外）：节点数 × 单节点卡数 × 单卡实测${precision}算力（TFLOPS）`,
      ...{ unit: 'PFLOPS', decimals: 6 },
      asked: [network(1, '6000', '8000', '10000'), yuzhong('14000')],
    },
    {
      ...counted,
      id: `intelligent-share-${suffix}`,
      name: `Share of intelligent compute, ${precision}`,
      nameZh: `智能算力占比（${precision}）`,
      formula: `Dispatchable intelligent compute over dispatchable compute, both at ${precision}`,
      formulaZh: `可调度智算算力 ÷ 可调度算力，均按${precision}计`,
      ...{ unit: '%', decimals: 2, denominatorUnit: perMille },
      asked: [network(3, '20', '30', '40'), yuzhong('50', true)],
    },
    {
      id: `green-compute-share-${suffix}`,
      name: `Share of green compute, ${precision}`,
      nameZh: `绿色算力占比（${precision}）`,
      formula: `Sum over the pools of dispatchable compute × the site's registered green share, over the sum of dispatchable compute, both at ${precision}`,
      formulaZh: `各资源池可调度算力 × 所在算力中心登记的绿电占比之和 ÷ 可调度算力之和，均按${precision}计`,
      source: 'REGISTERED',
      ...{ unit: '%', decimals: 2, numeratorUnit: 'TFLOPS/10000000', denominatorUnit: 'TFLOPS/10000000' },
      asked: [hub(9, '50', '60', '70'), yuzhong('55', true)],
    },
  ];
});
const compute = computeAt[0]!.flatMap((_indicator, at) => computeAt.map((of) => of[at]!));

const sites: Parts[] = [
  {
    id: 'pue',
    name: 'PUE',
    nameZh: 'PUE值',
    formula:
      'Electricity of a year over that of the machines, summed over verified sites; the machines’ is the year’s over the site’s PUE. A site whose electricity is not registered does not count',
    formulaZh: '已核验算力中心年用电量之和 ÷ IT设备年用电量之和；IT设备年用电量为年用电量除以该中心PUE。未登记用电量的中心不计入',
    source: 'REGISTERED',
    ...{ unit: '', decimals: 3, numeratorUnit: 'Wh', denominatorUnit: 'Wh', lessIsBetter: true },
    asked: [hub(10, '1.50', '1.40', '1.35'), chengdu('一（二）全市', '1.3')],
  },
  {
    id: 'pue-large-sites',
    name: 'PUE of large and very large sites',
    nameZh: '大型、超大型数据中心PUE',
    formula:
      'Electricity of a year over that of the machines, summed over verified sites of 3,000 standard racks and more: what Chengdu’s cluster is made of (二（一）)',
    formulaZh: '3,000个标准机架及以上的已核验算力中心年用电量之和 ÷ IT设备年用电量之和；成都集群由此类中心组成（二（一））',
    source: 'REGISTERED',
    ...{ unit: '', decimals: 3, numeratorUnit: 'Wh', denominatorUnit: 'Wh', lessIsBetter: true },
    asked: [chengdu('一（二）天府数据中心集群起步区', '1.25')],
  },
  {
    id: 'occupancy',
    name: 'Rack occupancy',
    nameZh: '平均上架率',
    formula: 'Standard racks × occupancy over standard racks, over verified sites',
    formulaZh: '已核验算力中心标准机架数 × 上架率之和 ÷ 标准机架数之和',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'rack/10000', denominatorUnit: 'rack/10000' },
    asked: [chengdu('一（二）全市', '65')],
  },
  {
    id: 'occupancy-large-sites',
    name: 'Rack occupancy of large and very large sites',
    nameZh: '大型、超大型数据中心平均上架率',
    formula: 'Standard racks × occupancy over standard racks, over verified sites of 3,000 standard racks and more',
    formulaZh: '3,000个标准机架及以上的已核验算力中心标准机架数 × 上架率之和 ÷ 标准机架数之和',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'rack/10000', denominatorUnit: 'rack/10000' },
    asked: [chengdu('一（二）天府数据中心集群起步区', '70')],
  },
  {
    id: 'racks-large-sites',
    name: 'Standard racks of large and very large sites',
    nameZh: '集群机架规模',
    formula: 'Sum of standard racks of 2.5 kW over verified sites of 3,000 and more',
    formulaZh: '3,000个标准机架及以上的已核验算力中心标准机架（2.5千瓦）数之和',
    source: 'REGISTERED',
    ...{ unit: 'racks', decimals: 0, numeratorUnit: 'rack' },
    asked: [chengdu('一（二）天府数据中心集群起步区', '300000')],
  },
  {
    id: 'large-intelligent-centres',
    name: 'Large intelligent computing centres',
    nameZh: '大型智能计算中心',
    formula: 'Verified sites whose dispatchable intelligent compute at FP32 is 100 PFLOPS or more (note 1 of the table)',
    formulaZh: 'FP32可调度智算算力达到100 PFLOPS的已核验算力中心数（表注1）',
    source: 'MEASURED',
    ...{ unit: 'sites', decimals: 0, numeratorUnit: 'site' },
    asked: [network(2, '4', '6', '8')],
  },
  {
    id: 'sites-within-pue-limit',
    name: 'Sites within the PUE limit of their kind',
    nameZh: '数据中心PUE达标率',
    formula: 'Verified sites whose PUE is within the limit for their class, age and energy use, over those that have a limit',
    formulaZh: 'PUE不超过其规模、投产时间和能耗对应限值的已核验算力中心数 ÷ 有限值的已核验算力中心数',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'site', denominatorUnit: 'site' },
    asked: [beijing('二（四）', { 2027: '100' })],
  },
  {
    id: 'storage',
    name: 'Storage',
    nameZh: '存储总量',
    formula: 'Sum of registered storage over verified sites',
    formulaZh: '已核验算力中心登记存储容量之和',
    source: 'REGISTERED',
    ...{ unit: 'EB', decimals: 6, numeratorUnit: 'TB' },
    asked: [network(10, '20', '35', '50')],
  },
  {
    id: 'flash-share',
    name: 'Share of all-flash storage',
    nameZh: '先进存储占比',
    formula: 'Registered semiconductor flash storage over registered storage, over verified sites (note 8 of the table)',
    formulaZh: '已核验算力中心登记的半导体闪存容量之和 ÷ 登记存储容量之和（表注8）',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'TB', denominatorUnit: 'TB' },
    asked: [network(11, '25', '28', '30')],
  },
  {
    id: 'schedulable-servers',
    name: 'Schedulable servers',
    nameZh: '可调度服务器',
    formula: 'Sum of verified nodes over verified pools in verified sites, LOST pools and nodes left out',
    formulaZh: '已核验算力中心内已核验资源池的已核验节点数之和，失联的资源池和节点除外',
    source: 'MEASURED',
    ...{ unit: 'servers', decimals: 0, numeratorUnit: 'server' },
    asked: [chengdu('一（二）算力服务', '1000000')],
  },
  {
    id: 'domestic-share',
    name: 'Share of self-reliant servers',
    nameZh: '核心软硬件自主可控比例',
    formula: 'Verified nodes of pools registered as domestic over verified nodes. The plan asks it of new sites; it is counted over all',
    formulaZh: '登记为国产的资源池的已核验节点数 ÷ 全部已核验节点数。规划仅对新建中心提出要求，此处按全部中心统计',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'server', denominatorUnit: 'server' },
    asked: [chengdu('一（二）算力产业', '90')],
  },
];

const links: Parts[] = [
  {
    id: 'low-delay-links',
    name: 'Links of low delay between sites',
    nameZh: '算力设施间网络低时延达标率',
    formula:
      'Verified links inside the hub’s province of at most 3,000 µs, and of at most 1,000 µs where both ends lie in the metropolitan districts, one way, over all of them (note 7 of the table); the delay is that of probes while they are young, else the registered one',
    formulaZh:
      '枢纽所在省（市）内单向时延不超过3,000微秒（两端均在主城都市区的不超过1,000微秒）的已核验链路数 ÷ 此类链路总数（表注7）；时延以15分钟内的探测值为准，无探测值时以登记值为准',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'link', denominatorUnit: 'link' },
    asked: [network(9, '65', '75', '80')],
  },
  {
    id: 'city-10ms-links',
    name: 'Links of at most 10 ms one way',
    nameZh: '端到端单向网络时延10ms达标率',
    formula: 'Verified links inside the hub’s province of at most 10,000 µs one way, over all of them',
    formulaZh: '枢纽所在省（市）内单向时延不超过10,000微秒的已核验链路数 ÷ 此类链路总数',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'link', denominatorUnit: 'link' },
    asked: [chengdu('一（二）基础保障', '100')],
  },
  {
    id: 'hami-35ms-links',
    name: 'Links Chongqing–Hami of at most 35 ms',
    nameZh: '渝中—哈密网络时延达标率',
    formula: 'Verified links from Chongqing (50) to Hami (6505) of at most 35,000 µs one way, over all of them',
    formulaZh: '重庆（50）至哈密（6505）单向时延不超过35,000微秒的已核验链路数 ÷ 此类链路总数',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'link', denominatorUnit: 'link' },
    asked: [yuzhong('100')],
  },
  {
    id: 'beijing-1ms-links',
    name: 'Links inside Beijing of at most 1 ms round trip',
    nameZh: '市内往返网络时延1毫秒达标率',
    formula: 'Verified links inside Beijing (11) of at most 1,000 µs round trip, over all of them',
    formulaZh: '北京（11）市内往返时延不超过1,000微秒的已核验链路数 ÷ 此类链路总数',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'link', denominatorUnit: 'link' },
    asked: [beijing('三（三）', { 2027: '100' })],
  },
  {
    id: 'horinger-5ms-links',
    name: 'Links Beijing–Horinger of at most 5 ms round trip',
    nameZh: '北京至和林格尔往返网络时延5毫秒达标率',
    formula: 'Verified links from Beijing (11) to Hohhot, where Horinger lies (1501), of at most 5,000 µs round trip, over all of them',
    formulaZh: '北京（11）至和林格尔所在的呼和浩特（1501）往返时延不超过5,000微秒的已核验链路数 ÷ 此类链路总数',
    source: 'REGISTERED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'link', denominatorUnit: 'link' },
    asked: [beijing('三（三）', { 2027: '100' })],
  },
];

const takingPart: Parts[] = [
  {
    id: 'interconnected-platforms',
    name: 'Platforms of other provinces joined',
    nameZh: '平台互联互通数量',
    formula: 'Verified partner platforms registered outside the hub’s province',
    formulaZh: '登记地在枢纽所在省（市）以外的已核验互联平台数',
    source: 'MEASURED',
    ...{ unit: 'platforms', decimals: 0, numeratorUnit: 'platform' },
    asked: [hub(2, '1', '3', '5')],
  },
  {
    id: 'compute-network-operators',
    name: 'Compute network operators',
    nameZh: '算网运营商数量',
    formula: 'Verified providers with a verified pool or link',
    formulaZh: '拥有已核验资源池或链路的已核验供给方数',
    source: 'MEASURED',
    ...{ unit: 'operators', decimals: 0, numeratorUnit: 'operator' },
    asked: [hub(3, '5', '8', '10')],
  },
  {
    id: 'compute-users',
    name: 'Enterprises that use compute',
    nameZh: '“用算”企业数量',
    formula: 'Organisations of the hub’s province of whose leases one has begun',
    formulaZh: '枢纽所在省（市）内至少有一份租约已开始的单位数',
    source: 'MEASURED',
    ...{ unit: 'enterprises', decimals: 0, numeratorUnit: 'enterprise' },
    asked: [hub(8, '2000', '5000', '10000')],
  },
  {
    id: 'new-compute-users',
    name: 'New users of compute services',
    nameZh: '算力服务新增用户数',
    formula: 'Participants of the hub’s province whose first lease began in 2025 or later',
    formulaZh: '枢纽所在省（市）内首份租约于2025年及以后开始的参与方数',
    source: 'MEASURED',
    ...{ unit: 'users', decimals: 0, numeratorUnit: 'user' },
    asked: [yuzhong('120')],
  },
];

const delivery: Parts[] = [
  {
    id: 'delivered-availability',
    name: 'Availability of what was delivered',
    nameZh: '算力交付可用率',
    formula: 'Unit-slots up over unit-slots due, over leases that ended in the period and are measured (R-29)',
    formulaZh: '期间内结束且已计量的租约：可用的卡时隙数 ÷ 应交付的卡时隙数（R-29）',
    source: 'MEASURED',
    ...{ unit: '%', decimals: 2, numeratorUnit: 'unit-slot', denominatorUnit: 'unit-slot', span: 'PERIOD' },
    asked: [],
  },
  {
    id: 'delivered-unit-hours',
    name: 'Compute delivered',
    nameZh: '交付算力卡时',
    formula: 'Units up × hours of leases that ended in the period and are measured',
    formulaZh: '期间内结束且已计量的租约：可用卡数 × 小时数之和',
    source: 'MEASURED',
    ...{ unit: 'unit-hours', decimals: 2, numeratorUnit: 'unit-hour/100', span: 'PERIOD' },
    asked: [],
  },
  {
    id: 'delivered-energy',
    name: 'Energy of what was delivered',
    nameZh: '交付算力IT用电量',
    formula: 'Electricity at the nodes’ inlets, PUE not counted, of leases that ended in the period and are measured (R-30)',
    formulaZh: '期间内结束且已计量的租约在节点输入端的用电量，不计PUE（R-30）',
    source: 'MEASURED',
    ...{ unit: 'kWh', decimals: 3, numeratorUnit: 'Wh', span: 'PERIOD' },
    asked: [],
  },
];

export const measuredIndicators: readonly IndicatorDefinition[] = [...compute, ...sites, ...links, ...takingPart, ...delivery].map(define);
