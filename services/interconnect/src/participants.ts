import { Injectable } from '@nestjs/common';
import { ParticipantChanged, Role } from '#contracts';
import { type EventMeta, On, type Tx, conflict } from '#platform';

/** Whom the registry knows as a partner. */
@Injectable()
export class Participants {
  @On(ParticipantChanged)
  async participantChanged({ participantId, state, roles }: ParticipantChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query(
      `insert into participants (participant_id, state, is_partner) values ($1, $2, $3)
       on conflict (participant_id) do update set state = excluded.state, is_partner = excluded.is_partner`,
      [participantId, state, roles.includes(Role.PARTNER)],
    );
  }

  /** @throws Refusal participant_must_be_a_verified_partner */
  async mustBePartner(tx: Tx, participantId: number): Promise<void> {
    const known = await tx.query('select 1 from participants where participant_id = $1 and state = 3 and is_partner', [participantId]);
    if (known.length) return;
    const detail = `participant ${participantId} is not verified, or has not the role PARTNER`;
    throw conflict('participant_must_be_a_verified_partner', detail, 'details.participantId');
  }
}
