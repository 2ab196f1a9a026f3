// How much is on its way to a partner at once.
import { MessageKind } from '#contracts';
import { Lines, togetherMax } from '../src/lines.js';

const { RESERVE, COMMIT, ADVERTISE } = MessageKind;

it('pieces go side by side as far as there is room; all else when what was said before has its end', () => {
  const lines = new Lines();
  lines.took('Tianfu', RESERVE, 20);
  lines.took('Tianfu', COMMIT, 2);
  lines.took('Tianfu', ADVERTISE, 2);
  expect(lines.rooms()).toEqual({ platforms: ['Tianfu'], beside: [togetherMax - 22], inOrder: [0] });
  expect([RESERVE, ADVERTISE].map((kind) => lines.width('Tianfu', kind))).toEqual([togetherMax, 1]);
  lines.ended('Tianfu', ADVERTISE, true);
  expect(lines.rooms().inOrder).toEqual([0]);
  lines.dropped('Tianfu', ADVERTISE, 1);
  expect(lines.rooms().inOrder).toEqual([togetherMax]);
});

it('who does not answer is asked by fewer, one at last, and none is taken up meanwhile; who answers by more again', () => {
  const lines = new Lines();
  const widths: number[] = [];
  const tell = (hasAnswer: boolean) => {
    lines.took('Tianfu', RESERVE, 1);
    lines.ended('Tianfu', RESERVE, hasAnswer);
    widths.push(lines.width('Tianfu', RESERVE));
  };
  for (const hasAnswer of [false, false, false, false, false, false, true, true]) tell(hasAnswer);
  expect(widths).toEqual([16, 8, 4, 2, 1, 1, 2, 4]);
  expect(lines.rooms().beside).toEqual([togetherMax]);
  lines.took('Tianfu', RESERVE, 3);
  expect(lines.rooms().beside).toEqual([0]);
});
