// What stands between a partner's message and its effect, in the order in which it is asked.
import type { Time } from '#domain';
import { PartnerState } from './partner-state.js';

/** Two clocks may differ by so much, and a signature may be so old. */
export const clockMsMax = 300_000;
/** What proves nothing about money is good for so long at most: it is kept until then, whoever says it. */
export const passingValidMsMax = 31 * 86_400_000;

export interface Said {
  /** By the sender's clock, when it was signed. */
  readonly saidAt: Time;
  readonly validUntil: Time;
  /** The same id came before, with these bytes or with others. */
  readonly isKnownId: boolean;
  /** Of a kind that is not kept for good. */
  readonly isPassing: boolean;
  readonly state: PartnerState;
}

export interface Broken {
  readonly rule: string;
  readonly detail: string;
  /** Nothing is kept of the message: it may be said again. */
  readonly again: boolean;
}

/** The first rule that the message breaks; undefined where it is to be heard. One that was answered before is not judged: it has its answer. */
export function brokenBy({ saidAt, validUntil, isKnownId, isPassing, state }: Said, now: Time): Broken | undefined {
  if (Math.abs(saidAt - now) > clockMsMax) {
    const detail = `it was signed ${Math.abs(saidAt - now)} ms ${saidAt > now ? 'ahead of' : 'behind'} this platform's time`;
    return { rule: 'clocks_must_agree', detail, again: true };
  }
  if (isKnownId) return final('message_id_must_not_be_reused', 'another message came under this id before');
  if (!validUntil) return final('message_must_be_said_in_time', 'it does not say until when it is valid (valid_until)');
  if (now > validUntil) return final('message_must_be_said_in_time', `it was valid until ${now - validUntil} ms ago`);
  if (isPassing && validUntil > now + passingValidMsMax)
    return final('message_must_expire_within_31_days', 'of its kind a message is good for 31 days at most (valid_until)');
  if (state === PartnerState.SUSPENDED)
    return final('partner_must_not_be_suspended', 'the operator of this platform has suspended the partner');
  if (state === PartnerState.LEFT) return final('partner_must_not_have_left', 'the interconnection with the partner has ended');
  return undefined;
}

const final = (rule: string, detail: string): Broken => ({ rule, detail, again: false });
