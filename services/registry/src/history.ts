// Who changed what, when and why. The table takes inserts only.
import { Injectable } from '@nestjs/common';
import { Change } from '#contracts';
import type { ListHistoryRequest, ListHistoryResponse, RegisteredKind, RegistrationState } from '#contracts';
import { Clock, Database, has, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { toJson } from './contents.js';
import { Filters } from './filters.js';

export type Action =
  | 'registered'
  | 'edited'
  | 'moved'
  | 'amended'
  | 'amendment_proposed'
  | 'amendment_accepted'
  | 'amendment_refused'
  | 'nodes_registered'
  | 'drain_planned'
  | 'drain_cancelled'
  | 'nationally_identified';

export interface Entry {
  readonly kind: RegisteredKind;
  readonly id: number;
  readonly ownerId: number;
  readonly from: RegistrationState;
  readonly to: RegistrationState;
  readonly action: Action;
  readonly reason: string;
  readonly content: object;
}

interface Row {
  id: bigint;
  at: bigint;
  kind: number;
  thing_id: number;
  from_state: number;
  to_state: number;
  action: string;
  by_participant_id: number;
  by_name: string;
  reason: string;
  content: object;
}

@Injectable()
export class History {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param call who did it; absent where the exchange itself did */
  async write(tx: Tx, entry: Entry, call?: Call): Promise<void> {
    await tx.query(
      `insert into history (at, kind, thing_id, owner_id, from_state, to_state, action, by_participant_id, by_name, reason, content)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        this.clock.now(),
        entry.kind,
        entry.id,
        entry.ownerId,
        entry.from,
        entry.to,
        entry.action,
        call?.caller.participantId ?? 0,
        call?.caller.name ?? 'exchange',
        entry.reason,
        toJson(entry.content),
      ],
    );
  }

  /** Changes of the caller's own things; of all for the operator and the regulator. Newest first. */
  async list(request: ListHistoryRequest, call: Call): Promise<ListHistoryResponse> {
    const { limit, after } = pageOf(request.page);
    const filters = new Filters()
      .add('kind = ?', request.kind)
      .add('thing_id = ?', request.id)
      .add('at >= ?', request.fromTime)
      .add('at < ?', request.toTime)
      .after(['id'], after, 'descending');
    if (!has(call, 'operator', 'regulator', 'service')) filters.always('owner_id = ?', call.caller.participantId);
    const found = await this.database.query<Row>(
      `select * from history ${filters.where} order by id desc limit ${limit + 1}`,
      filters.params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.id]);
    return { changes: rows.map(changeOf), page };
  }
}

const changeOf = (row: Row): Change =>
  Change.create({
    changeId: Number(row.id),
    at: Number(row.at),
    kind: row.kind,
    id: row.thing_id,
    fromState: row.from_state,
    toState: row.to_state,
    action: row.action,
    byParticipantId: row.by_participant_id,
    by: row.by_name,
    reason: row.reason,
    content: JSON.stringify(row.content),
  });
