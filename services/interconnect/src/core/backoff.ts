const second = 1_000;
const minute = 60 * second;

/** Who hears too many in a second hears more in the next. */
const rateRule = 'messages_must_keep_the_rate';

/**
 * Milliseconds until what had no answer is asked again: 1 s, 2 s, 4 s … 60 s, and then each 60 s for ever.
 * @param failure why there was none
 */
export const pauseMs = (attempts: number, failure = ''): number =>
  failure.startsWith(rateRule) ? second : Math.min(minute, second * 2 ** Math.min(attempts - 1, 6));
