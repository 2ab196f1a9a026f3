// Who reads Chinese finds each definition and note in it.
import { indicatorDefinitions } from '../src/core/indicator-definitions.js';
import { delay, energyIsNotRegistered, nodesLost, ofThousandths, poolIsLost, tflopsAreNotMeasured } from '../src/core/indicator-notes.js';

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

it('every formula is told in Chinese, and stands alone in both languages', () => {
  const amiss = indicatorDefinitions.filter(
    ({ formula, formulaZh }) => !isChinese(formulaZh) || isChinese(formula.replaceAll(/（.*?）|二/g, '')),
  );
  expect(amiss.map(({ id }) => id)).toEqual([]);
  expect(indicatorDefinitions.filter(({ formula }) => formula.startsWith('The same')).map(({ id }) => id)).toEqual([]);
});

it.each([
  [poolIsLost, 'pool_is_lost', '资源池失联，不计入'],
  [tflopsAreNotMeasured, 'tflops_are_not_measured', '该精度算力未实测，不计入'],
  [energyIsNotRegistered, 'energy_is_not_registered', '未登记年用电量，不计入'],
  [nodesLost(3), 'nodes_lost: 3', '失联节点3个，不计入'],
  [delay(950, 1_000, true), '950 µs of 1000, measured', '时延950微秒，上限1000微秒，实测'],
  [delay(900, 1_000, false), '900 µs of 1000, registered', '时延900微秒，上限1000微秒，登记'],
  [ofThousandths(1_220, 1_200), '1220 of 1200 thousandths', 'PUE 1.220，限值1.200'],
])('a note is told in both languages: %#', (told, note, noteZh) => expect(told).toEqual({ note, noteZh }));
