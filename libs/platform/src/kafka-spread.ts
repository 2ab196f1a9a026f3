import { setTimeout as sleep } from 'node:timers/promises';

const spreadMsMax = 30_000;
/** By kafkajs's names. */
const notSpread = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/**
 * Of questions that are asked at the same time one may strike a topic off the client's notes that its broker does not know yet, while another is on its way from the
 * note to the answer; kafkajs then takes the answer apart where there is none.
 */
const isLost = (error: unknown): boolean => error instanceof TypeError && error.message.includes('high.pop(');

/** What is asked about topics that may have been made just now: not each broker knows them and who leads them at once. */
export async function onceSpread<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + spreadMsMax; ;)
    try {
      return await ask();
    } catch (error) {
      const isYoung = error instanceof Error && 'type' in error && notSpread.has(String(error.type));
      if (!(isYoung || isLost(error)) || Date.now() > deadline) throw error;
      await sleep(100);
    }
}
