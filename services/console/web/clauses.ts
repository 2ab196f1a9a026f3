// Clauses of programmes and signs of abuse, as people say them. What a rule does not know stands as the API tells it.
import { perCent } from './format.js';
import { language, said } from './session.js';
import { regionText } from './words.js';

const rules: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  programme_must_be_approved_and_open: ['the programme is approved and open', '方案已批准且在执行中'],
  bid_must_come_in_the_period: ['the bid came in the period', '下单在可用期间内'],
  bill_must_be_of_the_period: ['the bill is of the period', '账单在可用期间内'],
  buyer_must_be_registered_in_the_region: ['the buyer is registered in the region', '需求方登记于适用区域'],
  buyer_must_be_of_the_industry: ['the buyer is of the industry', '需求方属于适用行业'],
  buyer_must_be_of_the_size: ['the buyer is of the size', '需求方属于适用规模'],
  buyer_must_be_new: ['the buyer was granted nothing before', '需求方为首次申领'],
  programme_must_have_a_tier_for_the_buyer: ['a tier names its size and industry', '有适用于该需求方的档次'],
  programme_must_cover_compute: ['the programme pays for compute', '方案支持算力'],
  bid_must_keep_to_covered_classes: ['the bid keeps to covered classes', '买单限于支持的算力类型'],
  bid_must_keep_to_covered_providers: ['the bid keeps to covered providers', '买单限于支持的供给方'],
  bid_must_keep_to_domestic_units: ['the bid keeps to domestic units', '买单限于国产算力'],
  bid_must_have_named_the_programme: ['the bid named the programme', '下单时已选择该方案'],
  contract_must_be_subsidised_once_a_period: ['the contract is subsidised once a period', '同一合同同一期间仅补贴一次'],
  contract_must_be_subsidised_once: ['the contract is subsidised once', '同一合同仅补贴一次'],
  fee_must_have_been_paid: ['the fee was paid', '费用已支付'],
  contract_must_be_shown: ['the contract is shown', '已提供合同'],
  contract_must_not_be_subsidised_elsewhere: ['nobody else subsidised the contract', '合同未获其他补贴'],
  trade_must_be_covered: ['what was traded is covered', '交易在支持范围内'],
  buyer_and_provider_must_not_be_related: ['buyer and provider are not related', '供需双方无关联关系'],
  usage_must_have_been_measured: ['usage was measured', '用量经实测'],
  rate: ['the rate', '补贴比例'],
  something_must_have_been_paid: ['something was paid of what it covers', '支持范围内有实际支付'],
  rate_must_come_to_something: ['the rate comes to something', '按比例计算金额大于零'],
  extras_must_fit_the_ceiling: ['extras fit the ceiling', '加成不超过合计上限'],
  subsidy_must_fit_the_reservation: ['fits what the bid reserved', '不超过下单时预留额'],
  subsidy_must_fit_the_budget: ['fits the budget', '不超过预算'],
  subsidy_must_fit_the_budget_a_year: ['fits the budget of the year', '不超过年度预算'],
  subsidy_must_fit_the_budget_pro_rata: ['its part of a budget that all share', '按比例分配预算'],
  subsidy_must_fit_the_cap_a_bill: ['fits the cap a bill', '不超过单笔上限'],
  subsidy_must_fit_the_cap_a_firm: ['fits the cap a firm', '不超过单户累计上限'],
  subsidy_must_fit_the_cap_a_firm_a_year: ['fits the cap a firm a year', '不超过单户年度上限'],
  funders_pay_by_their_parts: ['who pays which part', '出资方按份额承担'],
  claim_must_be_free_of_findings: ['nothing was found that officers should look at', '没有须复核的疑点'],
  two_officers_must_approve: ['two officers approve', '两名复核人同意'],
  parties_must_not_share_an_owner: ['buyer and provider may share an owner', '供需双方疑似有共同股东'],
  contracts_must_not_be_split: ['contracts may have been split', '疑似拆分合同'],
  usage_must_have_telemetry: ['nothing measured what was billed', '计费用量无遥测佐证'],
  usage_must_be_claimed_once: ['usage stands on another bill too', '用量疑似重复申领'],
  redeemed_bills_must_not_be_cancelled: ['earlier subsidised bills were cancelled', '曾有已补贴账单被取消'],
  trades_must_not_run_in_a_circle: ['trades may run in a circle', '疑似循环交易'],
};

/** As people say it; the rule itself where nothing is known of it. */
export const clauseText = (rule: string): string => (rules[rule] ? said(...rules[rule]) : rule);

/** What was compared: regions by name and shares as people write them; in Chinese as far as its phrases are known. */
export function comparedText(rule: string, detail: string): string {
  const named =
    rule === 'buyer_must_be_registered_in_the_region' ? detail.replace(/\b\d{6}\b/g, (code) => regionText(Number(code))) : detail;
  const told = named.replace(/\b(\d+) bp\b/g, (_all, basisPoints: string) => perCent(Number(basisPoints)));
  return language() === 'zh' ? inChinese(told) : told;
}

/** Phrases of the API's explanations. What is not among them stands as it is. */
const phrases: readonly (readonly [english: RegExp, chinese: string])[] = [
  [/^all are$/, '全部符合'],
  [/^whatever the programme and bill$/, '不论方案与账单'],
  [/^for good, whatever the programme and bill$/, '不论方案与账单，仅一次'],
  [/^before it entered the market$/, '在进入市场之前'],
  [/^nothing of it is owed$/, '无欠费'],
  [/^its bid or its hash is known$/, '买单或合同哈希已知'],
  [/^(\S+) to (\S+) of (\S+) to (\S+)$/, '$1 至 $2，方案期间 $3 至 $4'],
  [/^(\S+) of (\S+) to (\S+)$/, '$1，方案期间 $2 至 $3'],
  [/^size (.+), industry (.+)$/, '规模：$1，行业：$2'],
  [/^(\S+) of (\S+) yuan used before$/, '$2 元中此前已用 $1 元'],
  [/^(.+), of (\S+) yuan paid$/, '$1，实付 $2 元'],
  [/^(\S+) yuan left$/, '剩余 $1 元'],
  [/^rate and extras are at most (.+)$/, '比例与加成合计不超过 $1'],
  [/^others paid (\S+) yuan$/, '其他补贴 $1 元'],
  [/^(\S+): officers decide$/, '$1：由复核人决定'],
  [/^buyer (\d+) and provider (\d+) by (\S+)$/, '需求方 $1 与供给方 $2，共同股东 $3'],
  [/^(\S+) holds (.+) of (\S+) \((.+)\)$/, '$1 持有 $3 的 $2（$4）'],
  [/^(.+) of any$/, '$1（不限）'],
  [/^(.+) of (.+)$/, '$1（适用：$2）'],
  [/(\d) yuan\b/g, '$1 元'],
];

function inChinese(text: string): string {
  const [english, chinese] = phrases.find(([of]) => text.search(of) >= 0) ?? [];
  return english && chinese ? text.replace(english, chinese) : text;
}
