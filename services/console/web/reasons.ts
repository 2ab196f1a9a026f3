// Rules by which pools are judged, as people say them. What a rule does not know stands as the API tells it.
import { said } from './session.js';

const rules: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  units_up_must_not_exceed_registration: ['more units are told of than are registered', '上报可用卡数超过登记数'],
  power_must_not_exceed_nameplate_by_half: ['power is over half more than the nameplate', '功率超过额定值一半以上'],
  load_must_take_power: ['load without power', '有负载而无相应功率'],
  power_must_come_with_load: ['power without load', '有功率而无相应负载'],
  power_must_come_with_heat: ['power without heat', '有功率而无相应温度'],
  heartbeat_must_come_before_its_deadline: ['nothing was heard of it in time', '逾期未收到心跳或遥测'],
  units_of_a_node_must_all_be_up: ['a part of its units is down', '部分卡不可用'],
  node_must_have_a_unit_up: ['no unit is up', '全部卡不可用'],
  values_must_move: ['values that do not move', '数值长时间不变'],
  values_must_not_be_those_of_another_node: ['values of another node', '与其他节点数值相同'],
  values_must_not_be_those_of_before: ['values of a time before', '与以前时段数值相同'],
};

/** "more units are told of than are registered (units_up_must_not_exceed_registration: node 0 reports 9 of 8)". */
export function reasonText(reason: string): string {
  const byHand = 'operator: ';
  if (reason.startsWith(byHand)) return said(byHand, '运营方：') + reason.slice(byHand.length);
  const [rule = ''] = reason.split(':');
  const words = rules[rule];
  return words ? `${said(...words)}${said(' (', '（')}${reason}${said(')', '）')}` : reason;
}
