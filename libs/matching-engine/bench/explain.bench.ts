// What it costs to explain bids that rest, and to quote them as if they came anew; and what a naive engine made of the same state takes.
import { restoreNaiveEngine } from '#naive-engine';
import { open } from './market.bench.js';

const pools = Number(process.env.POOLS ?? 3_000);
const asked = Number(process.env.ASKED ?? 500);
/** Of those the naive engine is asked too. */
const compared = Number(process.env.COMPARED ?? 10);
const rounds = Number(process.env.ROUNDS ?? 5);

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Microseconds of this process's CPU for each item, and what came of the items. */
function measured<T, R>(items: readonly T[], ask: (item: T) => R): { us: number; answers: R[] } {
  const begun = cpuUs();
  const answers = items.map(ask);
  return { us: (cpuUs() - begun) / items.length, answers };
}

const median = (values: readonly number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

/** @param progress is told what runs */
export function run(progress: (text: string) => void) {
  const { engine, sold } = open(pools, progress);
  const { bids, offers, time } = engine.snapshot();
  const resting = bids.filter((bid) => bid.open);
  const some = Array.from({ length: Math.min(asked, resting.length) }, (_, i) => resting[Math.floor((i * resting.length) / asked)]!);
  progress(`${offers.length} offers and ${resting.length} bids rest`);
  const explain = () => measured(some, ({ orderId }) => JSON.stringify(engine.explain(orderId)));
  const quote = () => measured(some, ({ participantId, terms }) => JSON.stringify(engine.quote({ participantId, terms }, time)));
  const [explained, quoted] = [explain, quote].map((ask) => Array.from({ length: rounds + 1 }, ask).slice(1)) as [
    ReturnType<typeof explain>[],
    ReturnType<typeof quote>[],
  ];
  const few = some.filter((_, i) => i % Math.ceil(some.length / compared) === 0);
  const made = measured([engine.snapshot()], restoreNaiveEngine);
  const [naive] = made.answers;
  const plain = measured(few, ({ orderId }) => JSON.stringify(naive!.explain(orderId)));
  const alike = few.filter((bid, i) => explained[0]!.answers[some.indexOf(bid)] === plain.answers[i]).length;
  const how = `CPU of the process; ${pools} pools, ${Math.round(100 * sold)} % of the near days sold, ${offers.length} offers, ${resting.length} resting bids`;
  const result = (metric: string, value: number, unit: string, method: string) => ({ metric, value: Math.round(value), unit, method });
  return [
    result(
      'explanation_us',
      median(explained.map(({ us }) => us)),
      'µs',
      `each of ${some.length}; median of ${rounds} rounds after a warm-up; ${how}`,
    ),
    result(
      'quote_us',
      median(quoted.map(({ us }) => us)),
      'µs',
      `each of ${some.length}; median of ${rounds} rounds after a warm-up; ${how}`,
    ),
    result('naive_restore_us', made.us, 'µs', `a naive engine made of the snapshot; ${how}`),
    result('naive_explanation_us', plain.us, 'µs', `each of ${few.length}; ${how}`),
    {
      metric: 'agreement',
      value: alike / few.length,
      unit: 'share',
      method: `of ${few.length} explanations those that the naive engine makes too`,
    },
  ];
}
