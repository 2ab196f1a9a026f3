import { Inject, Injectable } from '@nestjs/common';
import { ParticipantChanged, RegistryDefinition } from '#contracts';
import { clientOf, On, serviceCall } from '#platform';
import type { Client, EventMeta, Tx } from '#platform';

/** The participant that the registry opens with: who runs the exchange. */
export const exchangeId = 1;

/** Who may have money here: whoever the registry knows. */
@Injectable()
export class Participants {
  constructor(@Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>) {}

  @On(ParticipantChanged)
  async changed({ participantId, name }: ParticipantChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await this.remember(tx, participantId, name);
  }

  /**
   * Whose registration is not told yet is asked of the registry, so that a deposit right after it is not refused.
   * @throws Refusal absent
   */
  async mustExist(tx: Tx, participantId: number): Promise<void> {
    const [known] = await tx.query('SELECT 1 FROM participants WHERE participant_id = $1', [participantId]);
    if (known) return;
    const { details } = await this.registry.getParticipant({ id: participantId }, serviceCall('settlement'));
    await this.remember(tx, participantId, details?.name ?? '');
  }

  private async remember(tx: Tx, participantId: number, name: string): Promise<void> {
    await tx.query(
      `INSERT INTO participants (participant_id, name) VALUES ($1, $2)
       ON CONFLICT (participant_id) DO UPDATE SET name = excluded.name WHERE participants.name <> excluded.name`,
      [participantId, name],
    );
  }
}
