// why a bid got what it got and lacks what it lacks, in the reader's language.
import { Problem, get } from './api.js';
import { type Child, el, facts, link } from './dom.js';
import { timeText } from './format.js';
import { isNothing, yuan } from './money.js';
import { twoLines } from './parts.js';
import { type Terms, countedText } from './products.js';
import { table } from './table.js';
import { t, valueText } from './words.js';

export interface Explanation {
  readonly time: string;
  readonly rest: number;
  readonly start?: string;
  readonly free: number;
  readonly removed: readonly { readonly obstacle: string; readonly counted: number }[];
  readonly left: number;
  readonly fillingLimit: string;
  readonly relaxations: readonly string[];
  readonly predictedStart?: string;
  readonly choices: readonly TradeChoice[];
}

interface TradeChoice {
  readonly tradeId: number;
  readonly start: string;
  readonly deliveredPrice: string;
  readonly runnerUpStart?: string;
  readonly runnerUpDeliveredPrice: string;
  readonly decidedBy: string;
}

/** @param path a bid's */
export async function explanationOf(path: string, terms: Pick<Terms, 'pflops'>): Promise<HTMLElement> {
  const explanation = await get<Explanation>(`${path}/explanation`).catch((problem: unknown) => {
    // What closed long ago, or whose id another bid has taken since, has none.
    if (problem instanceof Problem && problem.status === 404) return undefined;
    throw problem;
  });
  if (!explanation) return el('p', { class: 'empty' }, t('noExplanation'));
  const lacking = explanation.rest ? lackingOf(explanation, terms) : [el('p', {}, t('filledWhole'))];
  return el('div', {}, ...lacking, ...choicesOf(explanation.choices));
}

/**
 * What lacks, what stands in its way at the best start, and what would help.
 * @param named what the amount is that is explained
 */
export function lackingOf(
  { rest, start, free, removed, left, ...helps }: Explanation,
  terms: Pick<Terms, 'pflops'>,
  named = t('lacks'),
): Node[] {
  const counted = (amount: number) => countedText(amount, terms);
  const { fillingLimit, relaxations, predictedStart } = helps;
  const ways = [
    ...(isNothing(fillingLimit) ? [] : [`${t('limitOf')} ${yuan(fillingLimit)}`]),
    ...relaxations.map((one) => `${t('givingUp')} ${relaxationText(one)}`),
  ];
  return [
    facts([
      [named, counted(rest)],
      [t('bestStart'), start ? `${timeText(start)}: ${counted(free)} ${t('free')}` : t('noStart')],
      ...(ways.length ? [[t('wouldFill'), ways.join(t('or'))] as const] : []),
      ...(predictedStart ? [[t('predictedStart'), timeText(predictedStart)] as const] : []),
    ]),
    ...(removed.length
      ? [
          table(
            [
              { head: t('obstacle'), cell: ({ obstacle }) => obstacleText(obstacle) },
              { head: t('units'), isNumber: true, cell: ({ counted: taken }) => counted(taken) },
            ],
            removed,
            '',
          ),
          el('p', { class: 'soft' }, `${t('leftForIt')}: ${counted(left)}`),
        ]
      : []),
  ];
}

/** The contract's names of obstacles and of what may be given up are of one kind. */
const obstacleText = (obstacle: string): string => valueText(`obstacle_${obstacle}`);
const relaxationText = (relaxation: string): string => valueText(`giving_up_${relaxation}`);

function choicesOf(choices: readonly TradeChoice[]): Node[] {
  if (!choices.length) return [];
  const at = (start: string | undefined, price: string): Child => (start ? twoLines(yuan(price), timeText(start)) : '–');
  return [
    el('h2', {}, t('howChosen')),
    table<TradeChoice>(
      [
        { head: t('lease'), cell: ({ tradeId }) => link(`/leases/${tradeId}`, tradeId) },
        { head: t('chosen'), cell: ({ start, deliveredPrice }) => at(start, deliveredPrice) },
        { head: t('runnerUp'), cell: ({ runnerUpStart, runnerUpDeliveredPrice }) => at(runnerUpStart, runnerUpDeliveredPrice) },
        { head: t('decidedBy'), cell: ({ decidedBy }) => valueText(`by_${decidedBy}`) },
      ],
      choices,
      '',
    ),
  ];
}
