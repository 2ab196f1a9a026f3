// What a form asks to be done is done once, however often it is sent.
import { Problem, newIdempotencyKey } from './api.js';

/** A refusal by a rule is an answer; that the exchange is away, or asks to come again, is none. */
const isAnswer = (refusal: unknown): boolean => refusal instanceof Problem && ![429, 503].includes(refusal.status);

/** Sends under one key until the exchange has answered: a second click, or a try after a lost answer, does nothing more. */
export function onceOnly(): <T>(send: (idempotencyKey: string) => Promise<T>) => Promise<T> {
  let key = newIdempotencyKey();
  const next = (): void => {
    key = newIdempotencyKey();
  };
  return (send) =>
    send(key).then(
      (answer) => {
        next();
        return answer;
      },
      (refusal: unknown) => {
        // A key whose order broke a rule answers that refusal, whatever comes under it.
        if (isAnswer(refusal)) next();
        throw refusal;
      },
    );
}
