import { countedPerPflops, tradeId } from '#domain';
import { Explanation } from '#contracts';
import type { Explanation as Explained, Obstacle } from '#matching-engine';

/** R-20 in the contract's words, with a sentence for people. */
export function explanationOf(bidId: number, time: number, explained: Explained, shard: number): Explanation {
  return {
    bidId,
    time,
    rest: explained.rest,
    start: explained.start,
    free: explained.free,
    removed: explained.removed.map(({ obstacle, counted }) => ({ obstacle, counted })),
    left: explained.left,
    fillingLimit: explained.fillingLimit,
    relaxations: [...explained.relaxations],
    predictedStart: explained.predictedStart,
    choices: explained.choices.map((choice) => ({
      tradeId: tradeId(shard, choice.tradeNumber),
      start: choice.start,
      deliveredPrice: choice.deliveredPrice,
      runnerUpStart: choice.runnerUpStart,
      runnerUpDeliveredPrice: choice.runnerUpDeliveredPrice,
      decidedBy: choice.decidedBy,
    })),
    summary: '',
  };
}

const words: Record<Obstacle, string> = {
  per_node: 'on nodes too small for a group',
  regions: 'in other regions',
  round_trip: 'too far away',
  zone: 'in another residency zone',
  security_grade: 'of too low a security grade',
  data_class: 'unfit for its class of data',
  domestic: 'not domestic',
  memory: 'with too little memory',
  interconnect: 'without its interconnect',
  green_share: 'not green enough',
  pue: 'of too high a PUE',
  providers: 'of providers that it leaves out',
  reliability: 'not reliable enough',
  link: 'without a link',
  remote: 'on other platforms',
  halted: 'in a book that is halted',
  self_trade: 'of its own group',
  limit: 'above its limit',
};

/** One or two sentences: what lacks, why, and what would help. */
export function summaryOf(explanation: Explanation, isPflops: boolean): string {
  const amount = (counted: number) =>
    isPflops ? `${counted / countedPerPflops} PFLOPS` : `${counted} ${counted === 1 ? 'unit' : 'units'}`;
  const { rest, free, removed, left, fillingLimit, relaxations } = explanation;
  if (rest === 0) return 'It was filled whole.';
  const reasons = removed.map(({ obstacle, counted }) => `${amount(counted)} ${words[obstacle as Obstacle]}`);
  const found =
    free === 0
      ? 'nothing that it accepts is free at any start'
      : `${amount(free)} free at the best start${reasons.length ? `; not for it: ${reasons.join(', ')}` : ''}; left for it: ${left ? amount(left) : 'none'}`;
  const helps = [
    ...(fillingLimit ? [`a limit of ${fillingLimit / 1e6} yuan`] : []),
    ...(relaxations.length ? [`giving up ${relaxations.join(' or ')}`] : []),
  ];
  return `It lacks ${amount(rest)}: ${found}.${helps.length ? ` This would fill it: ${helps.join(', or ')}.` : ''}`;
}
