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

const hasTraded = `(exists (select from remote_pools r where r.platform = p.platform) or exists (select from reservations r where r.platform = p.platform)
  or exists (select from nettings n where n.platform = p.platform))`;

/**
 * Its leases, what is owed either way, and the sites that the market knows of it are its participant's: one stands for one platform, and for good once there is any of them.
 * @throws Refusal partner_must_be_new, partner_must_keep_its_participant
 */
export async function mustStandFor(tx: Tx, platform: string, participantId: number): Promise<void> {
  const field = 'details.participantId';
  const [other] = await tx.query(`select from partners p where participant_id = $2 and platform <> $1 and (state < 3 or ${hasTraded})`, [
    ...[platform, participantId],
  ]);
  if (other) throw conflict('partner_must_be_new', `participant ${participantId} stands for another, or did and was traded with`, field);
  const [before] = await tx.query<{ participant_id: number }>(
    `select participant_id from partners p where platform = $1 and participant_id <> $2 and ${hasTraded}`,
    [platform, participantId],
  );
  if (before) throw conflict('partner_must_keep_its_participant', `what was traded is of participant ${before.participant_id}`, field);
}
