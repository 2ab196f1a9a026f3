// The clauses one after the other, and what came of each.
import { WrongUse } from '#platform';
import { advertising, withdraw } from './clauses/advertising.js';
import { buying, giveBack } from './clauses/buying.js';
import { hearing } from './clauses/hearing.js';
import { leases, over } from './clauses/leases.js';
import { selling } from './clauses/selling.js';
import { netting, stating } from './clauses/stating.js';
import { type Clause, NotTried, type Stage } from './stage.js';

export interface Result {
  readonly clause: string;
  readonly name: string;
  /** Null: neither shown nor refuted. */
  readonly passed: boolean | null;
  /** Empty where it passed. */
  readonly why: string;
}

export const clauses: readonly Clause[] = [...hearing, ...advertising, ...buying, ...selling, ...leases, ...stating, ...over, ...netting];

/** Those whose name begins so; all where none is named. Hello comes first in any case, since all others build on it. */
export function chosen(only: readonly string[]): Clause[] {
  const unknown = only.find((part) => !clauses.some(({ clause }) => clause.startsWith(part)));
  if (unknown !== undefined) throw new WrongUse(`no clause begins with ${unknown}: --list names them`);
  return clauses.filter(({ clause }, at) => at === 0 || !only.length || only.some((part) => clause.startsWith(part)));
}

/** @param tell of each as it is done. @param isOver there is no time for another */
export async function runClauses(
  stage: Stage,
  wanted: readonly Clause[],
  tell: (result: Result) => void,
  isOver: () => boolean = () => false,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const clause of wanted) {
    const [hello] = results;
    const why = hello?.passed === false ? `${hello.clause} failed` : isOver() ? 'the time limit was reached' : undefined;
    const result = why === undefined ? await tried(stage, clause) : notTried(clause, why);
    results.push(result);
    tell(result);
  }
  return results;
}

/** Takes back what is reserved and advertised. @returns what could not be */
export async function cleanUp(stage: Stage): Promise<string[]> {
  const left: string[] = [];
  for (const undo of [giveBack, withdraw])
    try {
      await undo(stage);
    } catch (error) {
      left.push(messageOf(error));
    }
  return left;
}

async function tried(stage: Stage, clause: Clause): Promise<Result> {
  try {
    await clause.run(stage);
    return { clause: clause.clause, name: clause.name, passed: true, why: '' };
  } catch (error) {
    if (error instanceof NotTried) return notTried(clause, error.message);
    return { clause: clause.clause, name: clause.name, passed: false, why: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const notTried = ({ clause, name }: Clause, why: string): Result => ({ clause, name, passed: null, why });
