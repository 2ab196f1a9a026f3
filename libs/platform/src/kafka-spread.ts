import { setTimeout as sleep } from 'node:timers/promises';

const spreadMsMax = 30_000;
/** By kafkajs's names. */
const notSpread = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/** What is asked about topics that may have been made just now: not each broker knows them and who leads them at once. */
export async function onceSpread<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + spreadMsMax; ;)
    try {
      return await ask();
    } catch (error) {
      const isYoung = error instanceof Error && 'type' in error && notSpread.has(String(error.type));
      if (!isYoung || Date.now() > deadline) throw error;
      await sleep(100);
    }
}
