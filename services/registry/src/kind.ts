// What the one life of everything registered needs to know of each kind.
import type { Message, RegisteredKind, RegistrationState, Role } from '#contracts';
import type { Outbox, Tx } from '#platform';
import type { DetailRule } from './core/details.js';
import type { Codec } from './contents.js';

/** A registered thing as it is stored. `row` has the columns beyond those that all kinds have. */
export interface Registered<D> {
  readonly id: number;
  readonly ownerId: number;
  readonly state: RegistrationState;
  /** Empty until first verified. */
  readonly identifier: string;
  readonly details: D;
  readonly amendment?: D;
  readonly changedAt: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Empty where the national node has assigned none. */
export const nationalIdentifierOf = ({ row }: Registered<unknown>): string => (row.national_identifier as string | null) ?? '';

export interface Kind<D extends object, T> {
  readonly kind: RegisteredKind;
  readonly noun: 'participant' | 'site' | 'pool' | 'link' | 'need';
  readonly table: string;
  readonly details: Codec<D>;
  readonly message: Message<T>;
  readonly rules: readonly DetailRule<D>[];
  /** Fields that stay once verified. */
  readonly keeps: readonly (keyof D & string)[];
  /** Roles of which the owner must hold one; empty: any. */
  readonly ownerRoles: readonly Role[];
  /** Puts the defaults in place of zeros. `id` is the thing's. */
  complete?(details: D, id: number): D;
  /** Throws where the details name what is not there, or not the owner's to name. */
  checkReferences?(tx: Tx, details: D, ownerId: number, id: number): Promise<void>;
  /** Throws where it may not be submitted or verified yet. */
  checkReady?(tx: Tx, thing: Registered<D>): Promise<void>;
  /** Throws where it may not be retired yet. */
  checkRetirable?(tx: Tx, thing: Registered<D>): Promise<void>;
  /** Administrative code that its identifier names. */
  region(tx: Tx, details: D): Promise<number>;
  /** Something beyond details that waits with an amendment: is there any, and what the operator's decision does to it. */
  readonly waiting?: {
    any(thing: Registered<D>): boolean;
    decide(tx: Tx, thing: Registered<D>, accepted: boolean): Promise<void>;
  };
  /** What else changes with its state. */
  moved?(tx: Tx, thing: Registered<D>, to: RegistrationState): Promise<void>;
  view(thing: Registered<D>): T;
  /** Tells the other services; only what was verified once is told. */
  tell?(outbox: Outbox, tx: Tx, thing: Registered<D>): Promise<void>;
}
