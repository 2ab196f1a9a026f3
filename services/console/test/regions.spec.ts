import { regionName } from '../web/regions.js';

it.each([
  [500000, 'Chongqing', '重庆市'],
  [500109, 'Beibei, Chongqing', '重庆市北碚区'],
  [510100, 'Chengdu, Sichuan', '四川省成都市'],
  [510104, 'Jinjiang, Chengdu, Sichuan', '四川省成都市锦江区'],
  [510199, 'Chengdu, Sichuan, 510199', '四川省成都市 510199'],
  [512000, 'Sichuan, 512000', '四川省 512000'],
  [500112, 'Chongqing, 500112', '重庆市 500112'],
  [990000, '990000', '990000'],
])('%i is told as %s, %s', (code, english, chinese) => {
  expect(regionName(code)).toEqual([english, chinese]);
});
