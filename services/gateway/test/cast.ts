// The whole exchange in a test, and a participant with a key for each role.
import type { Type } from '@nestjs/common';
import { modules } from '#exchange';
import { OrganisationSize, RegistryDefinition, Role } from '#contracts';
import type { RoleName } from '#contracts';
import type { Config } from '#platform';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';

export const roles: readonly RoleName[] = ['provider', 'buyer', 'authority', 'operator', 'regulator', 'partner'];

export interface Cast {
  readonly exchange: TestExchange;
  readonly participants: Readonly<Record<RoleName, number>>;
  readonly keys: Readonly<Record<RoleName, string>>;
}

export async function openCast(config: Partial<Config> = {}, some: Type[] = modules): Promise<Cast> {
  const exchange = await testExchange({ modules: some, config });
  try {
    return { exchange, ...(await register(exchange)) };
  } catch (error) {
    await exchange.stop();
    throw error;
  }
}

async function register(exchange: TestExchange): Promise<Omit<Cast, 'exchange'>> {
  const registry = exchange.call(RegistryDefinition);
  const participants = { operator: 1, service: 0 } as Record<RoleName, number>;
  const keys = { service: '' } as Record<RoleName, string>;
  for (const role of roles) {
    const held = [Role[role.toUpperCase() as keyof typeof Role]];
    const details = { name: role, roles: held, region: 500_000, industry: 'I', size: OrganisationSize.SMALL };
    if (role !== 'operator') participants[role] = (await registry.registerParticipant({ details })).participantId;
    keys[role] = await exchange.key({ participantId: participants[role], roles: [role] });
  }
  return { participants, keys };
}
