// Handlers of events.
import type { Message } from '#contracts';
import type { Tx } from './database.js';

/** An event's envelope: (source, sequence) is its identity. */
export interface EventMeta {
  readonly source: string;
  readonly sequence: number;
  /** Milliseconds, by the exchange's clock. */
  readonly time: number;
  readonly subject: string;
}

export type EventHandler<T> = (event: T, tx: Tx, meta: EventMeta) => Promise<void>;

export interface HandlerMark {
  readonly message: Message<unknown>;
  readonly method: string;
}

const handlersKey = Symbol('event handlers');

/**
 * Marks a provider's method as a handler of an event. Its writes through `tx`, the record that the event was seen and what it publishes
 * commit together; events of a topic come in their order. A handler that keeps throwing sends its event to the dead letters.
 * It may run again after a rollback: effects outside `tx` must bear repetition.
 */
export const On =
  <T>(message: Message<T>) =>
  (target: object, method: string, _descriptor: TypedPropertyDescriptor<EventHandler<T>>): void => {
    Reflect.defineMetadata(handlersKey, [...handlersOf(target), { message, method }], target);
  };

/** Handlers marked on a class, by its prototype. */
export const handlersOf = (prototype: object): readonly HandlerMark[] =>
  (Reflect.getMetadata(handlersKey, prototype) as HandlerMark[] | undefined) ?? [];
