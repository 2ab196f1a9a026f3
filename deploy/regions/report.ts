// The summary that a person reads.
import type { Shape } from '#demo';
import type { Fills, RegionsResult } from './result.js';

const right = (text: unknown, width: number) => String(text).padStart(width);
const left = (text: unknown, width: number) => String(text).padEnd(width);
const percent = (part: number, whole: number) => `${whole ? ((100 * part) / whole).toFixed(1) : '0.0'} %`;
const money = (yuan: string) => yuan.replace(/\B(?=(\d{3})+(?=\.))/g, ',');
const listed = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, many]) => `${many} ${name.toLowerCase()}`)
    .join(', ') || 'none';

const filled = (fills: Fills) =>
  `${right(fills.filled, 7)} (${right(percent(fills.filled, fills.placed), 7)})${right(fills.unitSlots, 10)}`;

export function report({ input, regions, remote, statements, netting, kill, isWhole, ...both }: RegionsResult, shape: Shape): string {
  return [
    `${input.tasks} tasks on ${input.nodes} nodes in three regions; demand at its peak ${shape.peak.gpus} cards and ${shape.peak.cores} cores. Of each six nodes the regions have one, two and three, of each six tasks three, two and one.`,
    '',
    `  ${left('region', 12)}${right('nodes', 7)}${right('cards', 7)}${right('cores', 7)}${right('tasks', 7)}   ${left('filled alone, unit-slots', 28)} filled as partners, unit-slots`,
    ...regions.map(
      (region) =>
        `  ${left(region.platform, 12)}${right(region.nodes, 7)}${right(region.cards, 7)}${right(region.cores, 7)}${right(region.tasks, 7)}   ${filled(region.without)}   ${filled(region.with)}`,
    ),
    `  ${left('all', 40)}   ${filled(both.without)}   ${filled(both.with)}`,
    '',
    `Bought of partners: ${remote.pieces} pieces, ${remote.unitSlots} unit-slots, ${money(remote.amount)} yuan`,
    ...remote.between
      .filter(({ messages }) => Object.keys(messages).length > 0)
      .flatMap((one) => [
        `  ${left(`${one.buyer} of ${one.seller}`, 24)}${right(one.pieces, 6)}${right(one.unitSlots, 9)}${right(money(one.amount), 18)}   items that differ ${one.differing.length}, units lost ${one.lost}, doubled ${one.doubled}, messages that differ ${one.messagesDiffering.length}`,
        ...Object.entries(one.messages).map(([kind, outcomes]) => `    ${left(kind.toLowerCase(), 10)}${listed(outcomes)}`),
      ]),
    '',
    kill
      ? `${kill.platform} was killed at ${kill.at} with ${listed(kill.unknown)} unanswered; begun again it answered: ${listed(kill.resolved)}`
      : 'No partner was killed: no commit was under way in the second half of the tasks.',
    `Statements: ${statements.said} said and heard, ${statements.refused} not; ${statements.items} items, ${statements.notStated} not stated, ${statements.differing.length} differ${statements.differing.map((item) => `\n  ${item}`).join('')}`,
    `Nettings: ${netting.nettings}, both sides’; ${netting.open} items are in none`,
    `  ${left('platform', 12)}${left('', 5)}${right('receivable', 18)}${right('payable', 18)}${right('net', 18)}`,
    ...netting.positions.map(
      ({ platform, currency, receivable, payable, net }) =>
        `  ${left(platform, 12)}${left(currency, 5)}${right(money(receivable), 18)}${right(money(payable), 18)}${right(money(net), 18)}`,
    ),
    ...Object.entries(netting.sum).map(([currency, sum]) => `  ${left('sum', 12)}${left(currency, 5)}${right(sum, 54)}`),
    '',
    ...regions.map(({ platform, stateHash }) => `State hash of ${left(platform, 12)} ${stateHash}`),
    isWhole ? 'Nothing is lost, doubled, unknown or between two platforms.' : 'SOMETHING OF THE ABOVE DOES NOT AGREE.',
  ].join('\n');
}
