// What clauses say to people where the contract has numbers and letters: English, and the Chinese term that its users know.
import { dayText } from '#domain';
import { type ComputeClassNumber, type Day, type Industry, Service, type Size } from './terms.js';

const sizes: Readonly<Record<Size, string>> = {
  1: 'individual 个人',
  2: 'micro 微型',
  3: 'small 小型',
  4: 'medium 中型',
  5: 'large 大型',
};

/** Sections of GB/T 4754-2017. */
const industries: Readonly<Record<Industry, string>> = {
  A: 'agriculture 农、林、牧、渔业',
  B: 'mining 采矿业',
  C: 'manufacturing 制造业',
  D: 'electricity, heat, gas and water 电力、热力、燃气及水生产和供应业',
  E: 'construction 建筑业',
  F: 'wholesale and retail 批发和零售业',
  G: 'transport, storage and post 交通运输、仓储和邮政业',
  H: 'accommodation and catering 住宿和餐饮业',
  I: 'information and software 信息传输、软件和信息技术服务业',
  J: 'finance 金融业',
  K: 'real estate 房地产业',
  L: 'leasing and business services 租赁和商务服务业',
  M: 'research and technical services 科学研究和技术服务业',
  N: 'water, environment and public facilities 水利、环境和公共设施管理业',
  O: 'resident services and repair 居民服务、修理和其他服务业',
  P: 'education 教育',
  Q: 'health and social work 卫生和社会工作',
  R: 'culture, sports and entertainment 文化、体育和娱乐业',
  S: 'public administration 公共管理、社会保障和社会组织',
  T: 'international organisations 国际组织',
};

const classes: Readonly<Record<ComputeClassNumber, string>> = { 1: 'general 通算', 2: 'intelligent 智算', 3: 'super 超算' };

const services: Readonly<Record<number, string>> = {
  [Service.COMPUTE]: 'compute 算力',
  [Service.MODEL]: 'model 模型',
  [Service.DATA]: 'data 数据',
};

/** An individual may have registered neither; what the table does not know yet is said as it came. */
export const sizeName = (size: Size): string => sizes[size] ?? (size === 0 ? 'not registered 未登记' : String(size));
export const industryName = (industry: Industry): string =>
  industries[industry] === undefined ? industry || 'not registered 未登记' : `${industry} ${industries[industry]}`;
export const className = (one: ComputeClassNumber): string => classes[one] ?? String(one);
export const serviceName = (one: number): string => services[one] ?? String(one);

/** For "… of …". */
export const listed = <T extends string | number>(values: readonly T[], name: (value: T) => string = String): string =>
  values.length ? values.map((value) => name(value)).join('; ') : 'any';

/** '2026-01-01 to 2026-12-31' */
export const daysInWords = (first: Day, last: Day): string => `${dayText(first)} to ${dayText(last)}`;
