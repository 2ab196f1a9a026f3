// How many messages of a partner are heard: a bucket of one second's messages, which fills in a second.
import type { Time } from '#domain';

export interface Bucket {
  /** Thousandths of a message. */
  readonly tokens: number;
  readonly filledAt: Time;
}

const perMessage = 1_000;

/** What is left when one more message is heard; undefined where the bucket has none. */
export function taken({ tokens, filledAt }: Bucket, perSecond: number, now: Time): Bucket | undefined {
  // Per millisecond flow so many thousandths as whole messages in a second.
  const filled = Math.min(perSecond * perMessage, tokens + Math.max(0, now - filledAt) * perSecond);
  return filled < perMessage ? undefined : { tokens: filled - perMessage, filledAt: now };
}
