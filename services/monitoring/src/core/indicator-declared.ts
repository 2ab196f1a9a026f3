// Definitions of what the exchange cannot count: the operator declares it, with evidence.
import type { IndicatorDefinition } from './indicator.js';
import { type Asked, aimsOf, beijing, hub, network, yuzhong } from './indicator-plans.js';

type Words = readonly [id: string, name: string, nameZh: string, unit: string, formula: string, formulaZh: string];

const base = { source: 'DECLARED', span: 'INSTANT', lessIsBetter: false } as const;

/** So many of something. */
const count = ([id, name, nameZh, unit, formula, formulaZh]: Words, asked: Asked, decimals = 0): IndicatorDefinition => ({
  ...base,
  ...{ id, name, nameZh, unit, formula, formulaZh, decimals },
  form: 'SUM',
  numeratorUnit: unit,
  denominatorUnit: '',
  aims: aimsOf([asked], decimals),
});

/** So many of all; the unit is what is counted. */
const share = ([id, name, nameZh, unit, formula, formulaZh]: Words, asked: Asked): IndicatorDefinition => ({
  ...base,
  ...{ id, name, nameZh, formula, formulaZh, decimals: 2 },
  form: 'RATIO',
  unit: '%',
  numeratorUnit: unit,
  denominatorUnit: unit,
  aims: aimsOf([asked], 2),
});

const dedicated = { plan: 'CHONGQING_2023_2025', clause: '一（三）存力方面' } as const;

export const declaredIndicators: readonly IndicatorDefinition[] = [
  count(
    [
      'filed-models',
      'Filed large models',
      '备案大模型数量',
      'models',
      'Large models filed with the Cyberspace Administration',
      '通过国家网信部门备案的大模型数',
    ],
    hub(4, '7', '10', '16'),
  ),
  count(
    [
      'high-quality-data-sets',
      'High-quality data sets',
      '高质量数据集数量',
      'data sets',
      'Data sets collected and processed so that models can be trained on them as they are',
      '经采集、加工等处理，可直接用于模型训练的数据集数',
    ],
    hub(5, '100', '200', '400'),
  ),
  count(
    [
      'trusted-data-spaces',
      'Trusted data spaces',
      '可信数据空间数量',
      'data spaces',
      'Data spaces that several parties join by common rules',
      '由多方按共同规则建设和使用的数据空间数',
    ],
    hub(6, '10', '20', '30'),
  ),
  count(
    [
      'ai-scenarios',
      'AI+ scenarios',
      'AI+综合场景',
      'scenarios',
      'Comprehensive scenarios whose agents passed the security assessment',
      '智能体通过安全评估的综合场景数',
    ],
    hub(7, '100', '150', '200'),
  ),
  share(
    [
      'park-edge-coverage',
      'Industrial parks with edge compute',
      '产业园区边缘算力覆盖率',
      'park',
      'Parks and development zones of note 2 of the table with edge compute over all of them',
      '表注2所列产业园区、开发区中部署边缘算力的数量 ÷ 其总数',
    ],
    network(4, '40', '70', '100'),
  ),
  share(
    [
      'all-optical-nodes',
      'All-optical switching nodes',
      '全光调度节点占比',
      'node',
      'Nodes of data centres and of the network’s core with OXC or ROADM over all of them (note 3)',
      '数据中心节点和网络核心节点中具备OXC或ROADM的数量 ÷ 其总数（表注3）',
    ],
    network(5, '60', '70', '80'),
  ),
  share(
    [
      'srv6-nodes',
      'Nodes with SRv6',
      '算力灵活调度的网络传输过程SRv6使用占比',
      'node',
      'Nodes of data centres and of the network’s core with SRv6 over all of them (note 4)',
      '数据中心节点和网络核心节点中使用SRv6的数量 ÷ 其总数（表注4）',
    ],
    network(6, '60', '70', '80'),
  ),
  share(
    [
      'otn-coverage',
      'Key places with an optical transport network',
      '重点应用场所光传送网（OTN）覆盖率',
      'place',
      'Places of note 5 of the table with OTN over all of them',
      '表注5所列重点应用场所中已覆盖OTN的数量 ÷ 其总数',
    ],
    network(7, '50', '65', '100'),
  ),
  share(
    [
      'osu-nodes',
      'Flexible access nodes',
      '算力灵活接入节点占比',
      'node',
      'OTN nodes with OSU over all OTN nodes (note 6)',
      '具备OSU的OTN节点数 ÷ OTN节点总数（表注6）',
    ],
    network(8, '30', '50', '70'),
  ),
  count(
    [
      'network-applications',
      'Applications of the compute network',
      '算力网络应用创新数',
      'applications',
      'Innovative applications, cumulated',
      '算力网络创新应用累计数',
    ],
    network(12, '20', '40', '60'),
  ),
  share(
    [
      'disaster-recovery-coverage',
      'Core and important data with disaster recovery',
      '核心数据、重要数据灾备覆盖率',
      'system',
      'Systems of core and important data with disaster recovery over all of them',
      '已建灾备的核心数据、重要数据系统数 ÷ 此类系统总数',
    ],
    { ...dedicated, by: { 2025: '100' } },
  ),
  count(
    [
      'core-industry',
      'Core compute industry',
      '算力核心产业规模',
      '100 million yuan',
      'Output of the district’s core compute industry',
      '全区算力核心产业产值',
    ],
    yuzhong('260', true),
  ),
  count(
    [
      'compute-enterprises',
      'Quality compute enterprises',
      '优质算力相关企业',
      'enterprises',
      'Enterprises brought in or raised',
      '引进和培育的优质算力相关企业数',
    ],
    yuzhong('50'),
  ),
  count(
    [
      'city-agents',
      'Agents of city government',
      'AI+城市治理智能体',
      'agents',
      'AI+ agents of city government, cumulated',
      'AI+城市治理智能体累计数',
    ],
    yuzhong('20'),
  ),
  count(
    [
      'benchmark-cases',
      'Benchmark cases',
      '产业赋能标杆案例',
      'cases',
      'Benchmark cases of industries, cumulated',
      '产业赋能标杆案例累计数',
    ],
    yuzhong('15'),
  ),
  count(
    [
      'industry-data-sets',
      'Industry data sets',
      '高质量行业数据集',
      'data sets',
      'High-quality data sets of industries, cumulated',
      '高质量行业数据集累计数',
    ],
    yuzhong('15'),
  ),
  count(
    [
      'professionals',
      'Professionals of the compute industry',
      '算力产业专业人才',
      'people',
      'Professionals gathered in the district',
      '全区集聚的算力产业专业人才数',
    ],
    yuzhong('20000', true),
  ),
  share(
    [
      'cost-reduction',
      'Fall of what compute costs enterprises',
      '企业算力使用成本降低',
      'yuan',
      'What the same compute costs less than at the plan’s beginning, over what it cost then',
      '相同算力比规划初期减少的费用 ÷ 规划初期的费用',
    ],
    yuzhong('50'),
  ),
  share(
    [
      'self-reliant-capability',
      'Self-reliant intelligent computing centres',
      '自主可控智算中心建设能力',
      'component',
      'Components of the stack that are self-reliant over all of them',
      '自主可控的软硬件组件数 ÷ 全部组件数',
    ],
    beijing('二（二）', { 2027: '100' }),
  ),
  count(
    [
      'industry-benchmarks',
      'Benchmark cases driven by intelligent compute',
      '行业标杆案例',
      'cases',
      'Benchmark cases, cumulated',
      '智能算力驱动的行业标杆案例累计数',
    ],
    {
      ...beijing('二（三）', { 2027: '200' }),
      isStrict: true,
    },
  ),
];
