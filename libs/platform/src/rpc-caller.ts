// The caller behind an API key, asked of the identity service, the same for every edge.
import { Role } from '#contracts';
import type { IdentityDefinition, Method, RoleName } from '#contracts';
import { serviceCall } from './call.js';
import type { Caller } from './call.js';
import type { HotState } from './hot-state.js';
import { Refusal } from './refusal.js';
import type { Client } from './rpc-types.js';
import { authorise } from './rpc.js';

const edge = serviceCall('edge');
/** A stream outlives its key by so much at most where nobody tells of it. */
const askAgainMs = 5_000;

/** Who calls a method that asks for no key. */
export const anonymous: Caller = { participantId: 0, roles: [], name: 'anonymous' };

/**
 * @param authorization `Bearer cx_…`
 * @throws Refusal unauthenticated: key_must_be_given, and what the identity service refuses
 */
export async function callerOf(identity: Client<typeof IdentityDefinition>, authorization: string | undefined): Promise<Caller> {
  const secret = /^Bearer +(\S{1,200})$/i.exec(authorization ?? '')?.[1];
  if (!secret)
    throw new Refusal('unauthenticated', 'key_must_be_given', 'send an API key as `Authorization: Bearer cx_…`', 'Authorization');
  const { participantId, roles, keyId } = await identity.authenticate({ secret }, edge);
  return { participantId, roles: roles.map(roleName), name: `key/${keyId}` };
}

/**
 * Asks while a stream lasts whether its key still may, now and then and when something of its participant changed, and tells `end` the refusal once it may
 * not. The answer stops the asking.
 */
export function askAgain(
  identity: Client<typeof IdentityDefinition>,
  hot: HotState,
  method: Method,
  authorization: string | undefined,
  end: (refusal: Refusal) => void,
): () => void {
  /** Not known before it was asked for. */
  let participant: string | undefined;
  const ask = async (): Promise<void> => {
    try {
      const caller = await callerOf(identity, authorization);
      participant = String(caller.participantId);
      authorise(method, caller);
    } catch (error) {
      // Where it cannot be asked just now it is asked the next time.
      if (error instanceof Refusal && (error.kind === 'unauthenticated' || error.kind === 'forbidden')) end(error);
    }
  };
  if (method.rule.anonymous) return () => undefined;
  const timer = setInterval(() => void ask(), askAgainMs).unref();
  const line = hot.open('keys', (changed) => {
    if (changed === undefined || participant === undefined || changed === participant) void ask();
  });
  return () => {
    clearInterval(timer);
    line.close();
  };
}

const numbers = Object.values(Role).filter((value): value is Role => typeof value === 'number');
const names = new Map(numbers.map((role) => [role, Role[role].toLowerCase() as RoleName]));

/** 'buyer' for Role.BUYER. */
export const roleName = (role: Role): RoleName => names.get(role)!;
