import { Injectable } from '@nestjs/common';
import { OverdueChanged, ParticipantChanged } from '#contracts';
import { type EventMeta, On, type Tx } from '#platform';
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
  @On(ParticipantChanged)
  async participantChanged(participant: ParticipantChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query(
      `insert into participants (participant_id, state, owner_group, region, industry, size) values ($1, $2, $3, $4, $5, $6)
       on conflict (participant_id) do update set state = excluded.state, owner_group = excluded.owner_group, region = excluded.region,
         industry = excluded.industry, size = excluded.size`,
      [participant.participantId, participant.state, participant.ownerGroup, participant.region, participant.industry, participant.size],
    );
  }

  @On(OverdueChanged)
  async overdueChanged({ participantId, overdue }: OverdueChanged, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query(
      overdue ? 'insert into overdue (participant_id) values ($1) on conflict do nothing' : 'delete from overdue where participant_id = $1',
      [participantId],
    );
  }

  /** Owes the exchange nothing that is overdue. */
  async hasPaid(tx: Pick<Tx, 'query'>, participantId: number): Promise<boolean> {
    return (await tx.query('select 1 from overdue where participant_id = $1', [participantId])).length === 0;
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
