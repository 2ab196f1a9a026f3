// Long work in pieces, for who has other things to do in between.

/** What is made in pieces. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Items that one step takes. */
export const itemsOfStep = 1_000;

/** What comes of it, at once. */
export function ended<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

export function* mapped<T, R>(items: readonly T[], of: (item: T) => R): Steps<R[]> {
  const results: R[] = [];
  for (const [nth, item] of items.entries()) {
    if (nth % itemsOfStep === 0) yield;
    results.push(of(item));
  }
  return results;
}

/** Short runs are sorted, and then merged two by two. */
export function* inOrder<T>(items: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += itemsOfStep) {
    runs.push(items.slice(from, from + itemsOfStep).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) longer.push(yield* merged(runs[i]!, runs[i + 1] ?? [], compare));
    runs = longer;
  }
  return runs[0] ?? [];
}

/** Of equal ones those of the first come first. */
function* merged<T>(first: readonly T[], second: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  const items: T[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    if (items.length % itemsOfStep === 0) yield;
    const isFirst = j === second.length || (i < first.length && compare(first[i]!, second[j]!) <= 0);
    items.push(isFirst ? first[i++]! : second[j++]!);
  }
  return items;
}
