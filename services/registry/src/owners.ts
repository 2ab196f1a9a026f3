// Who shall own what is registered: the caller, or whom the operator names.
import type { Role } from '#contracts';
import { RegistrationState } from '#contracts';
import { absent, conflict, mayAct } from '#platform';
import type { Call, Tx } from '#platform';

/**
 * @param requested 0 for the caller
 * @param roles of which the owner must hold one
 * @throws absent where the caller may not act for it
 */
export async function ownerFor(tx: Tx, requested: number, roles: readonly Role[], call: Call): Promise<number> {
  const ownerId = requested || call.caller.participantId;
  if (!mayAct(call, ownerId)) throw absent(`participant ${ownerId}`);
  const [owner] = await tx.query<{ able: boolean }>(
    'select roles && $2 as able from participants where id = $1 and state <> $3 for share',
    [ownerId, roles, RegistrationState.RETIRED],
  );
  if (!owner) throw absent(`participant ${ownerId}`);
  if (!owner.able) throw conflict('owner_must_hold_the_role', `participant ${ownerId} may not own this kind of thing`);
  return ownerId;
}

/** A pool's owner is its site's. */
export async function ownerOfSite(tx: Tx, siteId: number, call: Call): Promise<number> {
  const [site] = await tx.query<{ owner_id: number }>('select owner_id from sites where id = $1', [siteId]);
  if (!site || !mayAct(call, site.owner_id)) throw absent(`site ${siteId}`);
  return site.owner_id;
}
