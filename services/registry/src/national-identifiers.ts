// Identifiers 标识 that the national node has assigned to what is registered here.
import { Injectable } from '@nestjs/common';
import { NationalIdentifierAssigned, RegisteredKind } from '#contracts';
import { Database, On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { History } from './history.js';
import { nationalIdentifierOf } from './kind.js';
import type { Kind } from './kind.js';
import { participant } from './participants.js';
import { pool } from './pools.js';
import { Registrations } from './registrations.js';
import { site } from './sites.js';

@Injectable()
export class NationalIdentifiers {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly registrations: Registrations,
  ) {}

  @On(NationalIdentifierAssigned)
  async assigned({ kind, id, nationalIdentifier }: NationalIdentifierAssigned, tx: Tx, _meta: EventMeta): Promise<void> {
    if (kind === RegisteredKind.PARTICIPANT) await this.keep(tx, participant, id, nationalIdentifier);
    if (kind === RegisteredKind.SITE) await this.keep(tx, site, id, nationalIdentifier);
    if (kind === RegisteredKind.POOL) await this.keep(tx, pool, id, nationalIdentifier);
  }

  /** The regional identifier of what has this national one. */
  async regionalOf(nationalIdentifier: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ identifier: string }>(
      `select identifier from participants where national_identifier = $1 union all select identifier from sites where national_identifier = $1
       union all select identifier from pools where national_identifier = $1 limit 1`,
      [nationalIdentifier],
    );
    return row?.identifier;
  }

  private async keep<D extends object, T>(tx: Tx, kind: Kind<D, T>, id: number, nationalIdentifier: string): Promise<void> {
    const before = await this.registrations.locked(tx, kind, id);
    if (nationalIdentifierOf(before) === nationalIdentifier) return;
    await tx.query(`update ${kind.table} set national_identifier = $2 where id = $1`, [id, nationalIdentifier]);
    const { ownerId, state } = await this.registrations.touched(tx, kind, id);
    const content = { nationalIdentifier };
    await this.history.write(tx, {
      ...{ kind: kind.kind, id, ownerId, from: state, to: state, action: 'nationally_identified', reason: '', content },
    });
  }
}
