import { setImmediate } from 'node:timers/promises';

/** The market goes on in between. */
export async function inSteps<T>(steps: Generator<undefined, T, undefined>): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    await setImmediate();
    step = steps.next();
  }
  return step.value;
}
