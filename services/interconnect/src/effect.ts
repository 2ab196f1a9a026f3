// What a message does.
import type { Tx } from '#platform';
import type { Body } from './body.js';

/** What is left to be done with what was found out, in the transaction that keeps message and answer. */
export type Rest = (tx: Tx) => Promise<Body>;

/**
 * What this database alone cannot answer, asked outside of any transaction. It may be asked again, by another process too: what it does bears repetition.
 * @throws Error where there is no answer: the partner then has none either, and comes again
 */
export type Question = () => Promise<Rest>;

/** Done, or to be asked for. */
export type Effect = Body | Question;
