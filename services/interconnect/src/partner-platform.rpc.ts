import { PartnerPlatformDefinition, type SignedMessage } from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { Hearing } from './hearing.js';

@Rpc(PartnerPlatformDefinition)
export class PartnerPlatformRpc implements Implementation<typeof PartnerPlatformDefinition> {
  constructor(private readonly hearing: Hearing) {}

  tell(signed: SignedMessage, { certificate }: Call): Promise<SignedMessage> {
    return this.hearing.hear(signed, certificate);
  }
}
