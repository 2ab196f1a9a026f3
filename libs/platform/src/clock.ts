// The exchange's time: the system's, or a virtual one that the operator moves.
import { Injectable } from '@nestjs/common';

export class Clock {
  private time = 0;

  /** `start` in milliseconds makes it virtual. */
  constructor(start?: number) {
    this.isVirtual = start !== undefined;
    this.time = start ?? 0;
  }

  readonly isVirtual: boolean;

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.isVirtual ? this.time : Date.now();
  }

  /** Only whoever advances a virtual clock calls this; time never goes back. */
  moveTo(time: number): void {
    if (!this.isVirtual || time < this.time) throw new Error(`clock_must_not_go_back: ${this.time} to ${time}`);
    this.time = time;
  }
}

export interface JobMark {
  readonly name: string;
  readonly everyMs: number;
  readonly method: string;
}

const jobsKey = Symbol('jobs');

/**
 * Marks a provider's method as a job, called at multiples of `everyMs` of the exchange's clock with that multiple as `now`. Multiples that
 * passed together (a stop, a long advance) are one call with the newest, so a job does all that is due by `now`. One replica runs it at a
 * time; a call that was cut off is made again with a `now` that is not earlier. The name is unique in its service.
 */
export const At =
  (name: string, everyMs: number) =>
  (target: object, method: string, _descriptor: TypedPropertyDescriptor<(now: number) => Promise<void>>): void => {
    Reflect.defineMetadata(jobsKey, [...jobsOf(target), { name, everyMs, method }], target);
  };

export const jobsOf = (prototype: object): readonly JobMark[] => (Reflect.getMetadata(jobsKey, prototype) as JobMark[] | undefined) ?? [];

/** A part with work of its own to wait for when a virtual clock moves. */
export interface Quiet {
  isQuiet(): Promise<boolean> | boolean;
}

const quietKey = Symbol('quiescent');

/** Marks a provider that implements Quiet. */
export const Quiescent =
  () =>
  (target: new (...args: never[]) => Quiet): void => {
    Injectable()(target);
    Reflect.defineMetadata(quietKey, true, target);
  };

export const isQuiescent = (target: object): boolean => Reflect.getMetadata(quietKey, target) === true;
