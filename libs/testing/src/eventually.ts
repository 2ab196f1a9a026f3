import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 20;
const patienceMs = 60_000;

/**
 * Asks until the answer is there: for what comes by events, messages or another process. An error is thrown as it comes.
 * @throws Error it_must_come_to_that_in_time, with the last answer
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  isThere: (answer: T) => boolean = Boolean,
  patience: number = patienceMs,
): Promise<T> {
  for (const deadline = Date.now() + patience; ; await sleep(everyMs)) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`it_must_come_to_that_in_time: ${JSON.stringify(answer)}`);
  }
}
