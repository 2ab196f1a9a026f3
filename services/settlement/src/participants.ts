import { Inject, Injectable } from '@nestjs/common';
import { ParticipantChanged, RegistryDefinition } from '#contracts';
import { clientOf, Clock, On, serviceCall } from '#platform';
import type { Client, EventMeta, Tx } from '#platform';

/** The participant that the registry opens with: who runs the exchange. */
export const exchangeId = 1;

/** Who may have money here: whoever the registry knows. */
@Injectable()
export class Participants {
  constructor(
    private readonly clock: Clock,
    @Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>,
  ) {}

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

  /** Each name stays known with when it was told: documents from before go on naming it. */
  private async remember(tx: Tx, participantId: number, name: string): Promise<void> {
    const [changed] = await tx.query(
      `INSERT INTO participants (participant_id, name) VALUES ($1, $2)
       ON CONFLICT (participant_id) DO UPDATE SET name = excluded.name WHERE participants.name <> excluded.name RETURNING name`,
      [participantId, name],
    );
    if (!changed || name === '') return;
    await tx.query(
      `INSERT INTO registered_names (participant_id, version, name, told_at)
       SELECT $1, count(*)::int4 + 1, $2, $3 FROM registered_names WHERE participant_id = $1`,
      [participantId, name, this.clock.now()],
    );
  }
}
