import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Past, type Answer, type Told } from './past.js';

const file = fileURLToPath(new URL('./past-worker.js', import.meta.url));

/** A market of the past in a thread of its own; in this one where the thread's file is not compiled. */
export interface PastThread {
  /** Resolves when it was taken, to the answer to a question. One at a time. */
  tell(told: Told): Promise<Answer | undefined>;
  end(): Promise<void>;
}

export const openPast = (): PastThread => (existsSync(file) ? beside() : here());

function beside(): PastThread {
  const thread = new Worker(file);
  return {
    tell: (told) =>
      new Promise((resolve, reject) => {
        const done = (): void => void thread.off('message', taken).off('error', failed);
        const taken = (answer: Answer | undefined): void => (done(), resolve(answer));
        const failed = (cause: unknown): void => (done(), reject(cause instanceof Error ? cause : new Error(String(cause))));
        thread.on('message', taken).on('error', failed);
        thread.postMessage(told);
      }),
    end: async () => void (await thread.terminate()),
  };
}

function here(): PastThread {
  const past = new Past();
  return {
    tell: async (told) => {
      await setImmediate();
      return past.take(told);
    },
    end: async () => undefined,
  };
}
