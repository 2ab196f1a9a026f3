import { Injectable } from '@nestjs/common';
import { OverdueChanged, ParticipantChanged, RegistrationState } from '#contracts';
import { Clock, type EventMeta, On, type Tx } from '#platform';
import type { Buyer } from './core/terms.js';

interface ParticipantRow {
  readonly participant_id: number;
  readonly owner_group: number;
  readonly region: number;
  readonly industry: string;
  readonly size: number;
}

/** What the registry says of buyers and providers, as programmes ask it. */
@Injectable()
export class Participants {
  constructor(private readonly clock: Clock) {}

  @On(ParticipantChanged)
  async participantChanged(participant: ParticipantChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query(
      `insert into participants (participant_id, state, owner_group, region, industry, size, name, credit_code) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (participant_id) do update set state = excluded.state, owner_group = excluded.owner_group, region = excluded.region,
         industry = excluded.industry, size = excluded.size, name = excluded.name, credit_code = excluded.credit_code`,
      [
        ...[
          participant.participantId,
          participant.state,
          participant.ownerGroup,
          participant.region,
          participant.industry,
          participant.size,
        ],
        ...[participant.name, participant.creditCode],
      ],
    );
    await tx.query('insert into registrations (participant_id, owner_group, region, industry, size, at) values ($1, $2, $3, $4, $5, $6)', [
      participant.participantId,
      participant.ownerGroup,
      participant.region,
      participant.industry,
      participant.size,
      this.clock.now(),
    ]);
  }

  @On(OverdueChanged)
  async overdueChanged({ participantId, overdue }: OverdueChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query('insert into overdue_changes (participant_id, overdue, at) values ($1, $2, $3)', [
      participantId,
      overdue,
      this.clock.now(),
    ]);
  }

  /** Owes the exchange nothing that is overdue. */
  async hasPaid(tx: Pick<Tx, 'query'>, participantId: number): Promise<boolean> {
    const [newest] = await tx.query<{ overdue: boolean }>(
      'select overdue from overdue_changes where participant_id = $1 order by number desc limit 1',
      [participantId],
    );
    return !newest?.overdue;
  }

  /** Of these, those that the registry does not know as verified. */
  async notVerified(tx: Pick<Tx, 'query'>, participantIds: readonly number[]): Promise<Set<number>> {
    const rows = await tx.query<{ participant_id: number }>(
      `select asked.participant_id from unnest($1::int4[]) as asked (participant_id)
       where not exists (select from participants where participants.participant_id = asked.participant_id and state = ${RegistrationState.VERIFIED})`,
      [participantIds],
    );
    return new Set(rows.map((row) => row.participant_id));
  }

  async find(tx: Pick<Tx, 'query'>, participantIds: readonly number[]): Promise<Map<number, Buyer>> {
    const rows = await tx.query<ParticipantRow>(
      'select participant_id, owner_group, region, industry, size from participants where participant_id = any($1)',
      [participantIds],
    );
    return new Map(
      rows.map((row) => [row.participant_id, { region: row.region, industry: row.industry, size: row.size, ownerGroup: row.owner_group }]),
    );
  }
}
