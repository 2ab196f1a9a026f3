import { OrganisationSize, RegistryDefinition, Role } from '#contracts';
import type { TestExchange } from '#testing';

/** A provider of the registry with a key of its own. */
export async function newProvider(exchange: TestExchange, name: string): Promise<{ participantId: number; key: string }> {
  const details = { name, roles: [Role.PROVIDER], region: 500_000, industry: 'I', size: OrganisationSize.SMALL };
  const { participantId } = await exchange.call(RegistryDefinition).registerParticipant({ details });
  return { participantId, key: await exchange.key({ participantId, roles: ['provider'] }) };
}
