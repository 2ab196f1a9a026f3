import { IdentityDefinition, Role } from '#contracts';
import type { ApiKey, AuthenticateRequest, AuthenticateResponse, CreateKeyRequest, CreateKeyResponse, Empty } from '#contracts';
import type { ListKeysRequest, ListKeysResponse, Me, RevokeKeyRequest, RoleName } from '#contracts';
import { roleName, Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { KeyRing, keyIdOf } from './key-ring.js';
import { Keys } from './keys.js';

@Rpc(IdentityDefinition)
export class IdentityRpc implements Implementation<typeof IdentityDefinition> {
  constructor(
    private readonly keys: Keys,
    private readonly ring: KeyRing,
  ) {}

  whoAmI(_request: Empty, call: Call): Promise<Me> {
    return this.keys.whoAmI(call);
  }

  createKey(request: CreateKeyRequest, call: Call): Promise<CreateKeyResponse> {
    return this.keys.create(request, call);
  }

  listKeys(request: ListKeysRequest, call: Call): Promise<ListKeysResponse> {
    return this.keys.list(request, call);
  }

  revokeKey({ keyId }: RevokeKeyRequest, call: Call): Promise<ApiKey> {
    return this.keys.revoke(keyId, call);
  }

  async authenticate({ secret }: AuthenticateRequest): Promise<AuthenticateResponse> {
    const caller = await this.ring.callerOf(secret);
    return { participantId: caller.participantId, roles: caller.roles.map(roleNumber), keyId: keyIdOf(caller) };
  }
}

const numbers = Object.values(Role).filter((value): value is Role => typeof value === 'number');
const byName = new Map(numbers.map((role) => [roleName(role), role]));
const roleNumber = (role: RoleName): Role => byName.get(role)!;
