import type { Command } from '#matching-engine';

/** Fewest commands of these that still fail, found by leaving out ever smaller parts. */
export function shrink(commands: readonly Command[], fails: (commands: readonly Command[]) => boolean): readonly Command[] {
  let left = commands;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length;) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      if (fails(without)) left = without;
      else from += size;
    }
  }
  return left;
}
