import { Health } from '#domain';
import { gapMs, isDeaf } from '../src/core/hearing.js';
import { type PoolFacts, judgeNode, judgePool } from '../src/core/health.js';

const seconds = 1_000;
const quiet: PoolFacts = {
  lastSeenAt: 1_000_000_000,
  deadlineSeconds: 600,
  contradiction: '',
  operatorHealth: Health.OK,
  operatorReason: '',
};

describe('R-24: how a pool is judged', () => {
  const contradiction = 'units_up_must_not_exceed_registration: node 3 reports 9 of 8';
  const table: [name: string, facts: Partial<PoolFacts>, silentSeconds: number, health: Health, reason: RegExp][] = [
    ['just seen', {}, 0, Health.OK, /^$/],
    ['exactly at its deadline', {}, 600, Health.OK, /^$/],
    ['past its deadline', {}, 601, Health.SUSPECT, /^heartbeat_must_come_before_its_deadline: silent for more than 600 s$/],
    ['four deadlines, but less than an hour', {}, 2_401, Health.SUSPECT, /^heartbeat/],
    ['an hour', {}, 3_600, Health.SUSPECT, /^heartbeat/],
    ['more than an hour', {}, 3_601, Health.LOST, /counts as lost$/],
    ['a long deadline counts four times', { deadlineSeconds: 3_600 }, 14_400, Health.SUSPECT, /^heartbeat/],
    ['and then is lost', { deadlineSeconds: 3_600 }, 14_401, Health.LOST, /counts as lost$/],
    ['seen, but against its registration', { contradiction }, 0, Health.SUSPECT, /^units_up_must_not_exceed_registration/],
    ['against its registration before it is silent', { contradiction }, 601, Health.SUSPECT, /^units_up/],
    ['silence that is a loss is worse', { contradiction }, 3_601, Health.LOST, /counts as lost$/],
    ['by hand', { operatorHealth: Health.SUSPECT, operatorReason: 'fire drill' }, 0, Health.SUSPECT, /^operator: fire drill$/],
    ['lost by hand', { operatorHealth: Health.LOST, operatorReason: 'flood', contradiction }, 601, Health.LOST, /^operator: flood$/],
  ];
  it.each(table)('%s', (_name, facts, silent, health, reason) => {
    const verdict = judgePool({ ...quiet, ...facts }, quiet.lastSeenAt + silent * seconds);
    expect(verdict.health).toBe(health);
    expect(verdict.reason).toMatch(reason);
  });
});

describe('R-24: how a node is judged', () => {
  it.each([
    [8, Health.OK, ''],
    [9, Health.OK, ''],
    [7, Health.SUSPECT, 'units_of_a_node_must_all_be_up'],
    [1, Health.SUSPECT, 'units_of_a_node_must_all_be_up'],
    [0, Health.LOST, 'node_must_have_a_unit_up'],
  ])('%i of 8 units up', (unitsUp, health, reason) => {
    expect(judgeNode(unitsUp, 8)).toEqual({ health, reason });
  });
});

describe('R-24: nobody hears pools', () => {
  const heard = { unattendedMs: 0, closedMs: 0, silentAtOnce: 0 };
  it.each([
    ['all is well', {}, false],
    ['monitoring was away for less than the gap', { unattendedMs: gapMs }, false],
    ['monitoring was away for longer', { unattendedMs: gapMs + 1 }, true],
    ['the gateways were closed for less than the gap', { closedMs: gapMs }, false],
    ['the gateways were closed for longer', { closedMs: gapMs + 1 }, true],
    ['no gateway ever said that it is open', { closedMs: null }, false],
    ['pools of two providers fell silent at once', { silentAtOnce: 2 }, false],
    ['pools of three providers fell silent at once', { silentAtOnce: 3 }, true],
  ])('where %s: %j is %s', (_name, part, deaf) => {
    expect(isDeaf({ ...heard, ...part })).toBe(deaf);
  });
});
