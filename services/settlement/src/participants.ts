import { Inject, Injectable } from '@nestjs/common';
import { ParticipantChanged, RegistryDefinition } from '#contracts';
import { clientOf, On, serviceCall } from '#platform';
import type { Client, EventMeta, Tx } from '#platform';

/** Who may have money here: whoever the registry knows. */
@Injectable()
export class Participants {
  constructor(@Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>) {}

  @On(ParticipantChanged)
  async changed({ participantId }: ParticipantChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await this.remember(tx, participantId);
  }

  /**
   * Whose registration is not told yet is asked of the registry, so that a deposit right after it is not refused.
   * @throws Refusal absent
   */
  async mustExist(tx: Tx, participantId: number): Promise<void> {
    const [known] = await tx.query('SELECT 1 FROM participants WHERE participant_id = $1', [participantId]);
    if (known) return;
    await this.registry.getParticipant({ id: participantId }, serviceCall('settlement'));
    await this.remember(tx, participantId);
  }

  private async remember(tx: Tx, participantId: number): Promise<void> {
    await tx.query('INSERT INTO participants (participant_id) VALUES ($1) ON CONFLICT DO NOTHING', [participantId]);
  }
}
