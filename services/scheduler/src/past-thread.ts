import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Past, type AnswerTo, type Asked, type Told } from './past.js';

const file = fileURLToPath(new URL('./past-worker.js', import.meta.url));

/** A market of the past in a thread of its own; in this one where the thread's file is not compiled. */
export interface PastThread {
  /** Resolves when it was taken. One at a time, as questions are. */
  tell(told: Told): Promise<void>;
  ask<A extends Asked>(asked: A): Promise<AnswerTo<A>>;
  end(): Promise<void>;
}

export const openPast = (): PastThread => (existsSync(file) ? beside() : here());

function beside(): PastThread {
  const thread = new Worker(file);
  const say = <T>(said: Told | Asked): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = (): void => void thread.off('message', taken).off('error', failed);
      const taken = (answer: T): void => (done(), resolve(answer));
      const failed = (cause: unknown): void => (done(), reject(cause instanceof Error ? cause : new Error(String(cause))));
      thread.on('message', taken).on('error', failed);
      thread.postMessage(said);
    });
  return {
    tell: (told) => say(told),
    ask: (asked) => say(asked),
    end: async () => void (await thread.terminate()),
  };
}

function here(): PastThread {
  const past = new Past();
  const say = async <T>(said: Told | Asked): Promise<T> => {
    await setImmediate();
    return past.take(said) as T;
  };
  return {
    tell: (told) => say(told),
    ask: (asked) => say(asked),
    end: async () => undefined,
  };
}
