// Who calls, and what travels with a call.
import type { RoleName } from '#contracts';
import { absent } from './refusal.js';

export interface Caller {
  /** 0: a service of the exchange itself. */
  readonly participantId: number;
  readonly roles: readonly RoleName[];
  /** Id of the key, or the service's name. */
  readonly name: string;
}

/** What a connection has shown. */
export interface ShownCertificate {
  /** Of its DER, in lower-case hexadecimal digits; empty: none was shown. */
  readonly sha256: string;
  /** Valid by the system's clock, when the call came. */
  readonly isCurrent: boolean;
}

export interface Call {
  readonly caller: Caller;
  /** Name of the method, 'exchange.registry.v1.Registry/CreateSite'. */
  readonly method: string;
  readonly idempotencyKey?: string;
  /** SHA-256 of the encoded request, hex; told by the edge where there is an idempotency key. */
  readonly requestHash?: string;
  readonly signal?: AbortSignal;
  /** Told by the port that asks callers for their certificates, and by no other. */
  readonly certificate?: ShownCertificate;
}

/** A call by a service of the exchange. The method's name is filled in by the pipeline that every call passes. */
export const serviceCall = (name: string, idempotencyKey?: string): Call => ({
  caller: { participantId: 0, roles: ['service'], name },
  method: '',
  idempotencyKey,
});

export const has = (call: Call, ...roles: RoleName[]): boolean => roles.some((role) => call.caller.roles.includes(role));

/** May the caller act for this participant: the operator, a service, or the participant itself. */
export const mayAct = (call: Call, participantId: number): boolean =>
  has(call, 'operator', 'service') || (participantId !== 0 && call.caller.participantId === participantId);

/** Answers ids of others as absent, so that nobody learns which ids exist; the operator, the regulator and services see all. */
export function ownsOrAbsent(call: Call, participantId: number, what: string): void {
  if (!mayAct(call, participantId) && !has(call, 'regulator')) throw absent(what);
}
