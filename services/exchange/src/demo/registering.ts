// The steps by which something registered becomes something that trades.
import type { Api, Json } from './client.js';

/** Submits and verifies what stands at the path. */
export async function verified(api: Api, operator: string, path: string): Promise<void> {
  await api.post(operator, `${path}/state`, { state: 'SUBMITTED', reason: 'to be verified' });
  await api.post(operator, `${path}/state`, { state: 'VERIFIED', reason: 'papers seen' });
}

/** A verified participant and a key with all its roles. */
export async function participant(api: Api, operator: string, details: Json): Promise<{ id: number; key: string }> {
  const { participantId } = await api.post(operator, '/v1/participants', { details });
  await verified(api, operator, `/v1/participants/${Number(participantId)}`);
  const { secret } = await api.post(operator, '/v1/keys', { participantId, roles: details.roles, name: String(details.name).slice(0, 40) });
  return { id: Number(participantId), key: String(secret) };
}
