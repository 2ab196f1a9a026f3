// The one life of everything registered: drafted, submitted, verified, amended, suspended, retired. What differs by kind stands in its Kind.
import { Injectable } from '@nestjs/common';
import { RegisteredKind, RegistrationState } from '#contracts';
import type { DecideAmendmentRequest, MoveRegistrationRequest, PageInfo, PageRequest } from '#contracts';
import { Clock, Database, Outbox, absent, conflict, forbidden, has, invalid, mayAct, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { columnsOf, fromJson, fromRow, toJson, valuesOf, columnOf } from './contents.js';
import { brokenDetail } from './core/details.js';
import { regionalScheme } from './core/identifier.js';
import type { IdentifiedKind } from './core/identifier.js';
import { brokenByMove, brokenByVerifying, wayOfChange } from './core/lifecycle.js';
import type { Broken, Mover, State } from './core/lifecycle.js';
import type { Filters } from './filters.js';
import { History } from './history.js';
import type { Action } from './history.js';
import type { Kind, Registered } from './kind.js';

const { DRAFT, SUBMITTED, VERIFIED, RETIRED, UNSPECIFIED } = RegistrationState;
const stateName = (state: RegistrationState): State => RegistrationState[state] as State;

interface CommonRow extends Record<string, unknown> {
  id: number;
  owner_id: number;
  state: number;
  identifier: string | null;
  amendment: Record<string, unknown> | null;
  changed_at: bigint;
}

@Injectable()
export class Registrations {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly history: History,
  ) {}

  /**
   * Stores a draft.
   * @param owner who shall own it, judged in the transaction; a participant owns itself
   */
  async register<D extends object, T>(kind: Kind<D, T>, given: D, call: Call, owner: 'itself' | ((tx: Tx) => Promise<number>)): Promise<T> {
    return this.database.once(call, kind.message, async (tx) => {
      const [{ id } = { id: 0 }] = await tx.query<{ id: number }>(`select nextval('${kind.table}_id_seq')::int4 as id`);
      const ownerId = owner === 'itself' ? id : await owner(tx);
      const details = await this.checked(tx, kind, given, id, ownerId);
      const columns = ['id', ...(owner === 'itself' ? [] : ['owner_id']), 'state', 'changed_at', ...columnsOf(kind.details)];
      const values = [id, ...(owner === 'itself' ? [] : [ownerId]), DRAFT, this.clock.now(), ...valuesOf(kind.details, details)];
      await tx.query(
        `insert into ${kind.table} (${columns.join(', ')}) values (${values.map((_, at) => `$${at + 1}`).join(', ')})`,
        values,
      );
      const thing = await this.locked(tx, kind, id);
      await this.record(tx, kind, thing, UNSPECIFIED, 'registered', '', details, call);
      return kind.view(thing);
    });
  }

  /** Edits a draft, amends at once, or lets the amendment wait for the operator: see wayOfChange. */
  async amend<D extends object, T>(kind: Kind<D, T>, id: number, given: D, reason: string, call: Call): Promise<T> {
    return this.database.once(call, kind.message, async (tx) => {
      const thing = await this.lockedToAct(tx, kind, id, call);
      const way = wayOfChange(stateName(thing.state), await this.moverOf(tx, thing.ownerId, call));
      if (typeof way === 'object') throw refusalOf(way);
      const details = await this.checked(tx, kind, given, id, thing.ownerId);
      if (way !== 'edit') checkKept(kind, thing.details, details);
      if (way === 'propose') await tx.query(`update ${kind.table} set amendment = $2 where id = $1`, [id, toJson(details)]);
      else await this.write(tx, kind, id, details);
      const changed = await this.touched(tx, kind, id);
      const action = way === 'edit' ? 'edited' : way === 'amend' ? 'amended' : 'amendment_proposed';
      await this.record(tx, kind, changed, thing.state, action, reason, details, call);
      if (way === 'amend') await kind.tell?.(this.outbox, tx, changed);
      return kind.view(changed);
    });
  }

  async move<D extends object, T>(kind: Kind<D, T>, request: MoveRegistrationRequest, call: Call): Promise<T> {
    const { id, state, reason } = request;
    return this.database.once(call, kind.message, async (tx) => {
      const thing = await this.lockedToAct(tx, kind, id, call);
      const broken = brokenByMove(stateName(thing.state), stateName(state), await this.moverOf(tx, thing.ownerId, call));
      if (broken) throw refusalOf(broken);
      if (state === SUBMITTED || state === VERIFIED) await this.checkReady(tx, kind, thing);
      if (state === RETIRED) {
        await kind.checkRetirable?.(tx, thing);
        await tx.query(`update ${kind.table} set amendment = null where id = $1`, [id]);
      }
      await kind.moved?.(tx, thing, state);
      const identifier = state === VERIFIED && !thing.identifier ? await this.identifierOf(tx, kind, thing) : thing.identifier;
      await tx.query(`update ${kind.table} set state = $2, identifier = nullif($3, '') where id = $1`, [id, state, identifier]);
      const moved = await this.touched(tx, kind, id);
      await this.record(tx, kind, moved, thing.state, 'moved', reason, {}, call);
      if (moved.identifier) await kind.tell?.(this.outbox, tx, moved);
      return kind.view(moved);
    });
  }

  /** The operator's decision on what waits: an amendment, and nodes added to a verified pool. */
  async decide<D extends object, T>(kind: Kind<D, T>, request: DecideAmendmentRequest, call: Call): Promise<T> {
    const { id, accepted, reason } = request;
    return this.database.once(call, kind.message, async (tx) => {
      const thing = await this.locked(tx, kind, id);
      const broken = brokenByVerifying(await this.moverOf(tx, thing.ownerId, call));
      if (broken) throw refusalOf(broken);
      const { amendment } = thing;
      if (!thing.identifier || (!amendment && !kind.waiting?.any(thing)))
        throw conflict('amendment_must_wait_for_a_decision', `nothing waits on ${kind.noun} ${id}`);
      if (accepted && amendment) await this.write(tx, kind, id, await this.checked(tx, kind, amendment, id, thing.ownerId));
      await kind.waiting?.decide(tx, thing, accepted);
      await tx.query(`update ${kind.table} set amendment = null where id = $1`, [id]);
      const decided = await this.touched(tx, kind, id);
      const action = accepted ? 'amendment_accepted' : 'amendment_refused';
      await this.record(tx, kind, decided, thing.state, action, reason, amendment ?? {}, call);
      if (accepted) await kind.tell?.(this.outbox, tx, decided);
      return kind.view(decided);
    });
  }

  /** Throws absent for what does not exist and for what is another's. */
  async get<D extends object, T>(kind: Kind<D, T>, id: number, call: Call): Promise<T> {
    const [row] = await this.database.query<CommonRow>(`select * from ${kind.table} where id = $1`, [id]);
    if (!row) throw absent(`${kind.noun} ${id}`);
    ownsOrAbsent(call, row.owner_id, `${kind.noun} ${id}`);
    return kind.view(registeredOf(kind, row));
  }

  /** By id; the caller's own, or everyone's for the operator, the regulator and services. */
  async list<D extends object, T>(
    kind: Kind<D, T>,
    request: PageRequest | undefined,
    filters: Filters,
    call: Call,
  ): Promise<{ things: T[]; page: PageInfo }> {
    const { limit, after } = pageOf(request);
    filters.after(['id'], after);
    if (!has(call, 'operator', 'regulator', 'service')) filters.always('owner_id = ?', call.caller.participantId);
    const sql = `select * from ${kind.table} ${filters.where} order by id limit ${limit + 1}`;
    const { rows, page } = nextPage(await this.database.query<CommonRow>(sql, filters.params), limit, (row) => [row.id]);
    return { things: rows.map((row) => kind.view(registeredOf(kind, row))), page };
  }

  /**
   * Locks a thing for a change by its owner or the operator.
   * @throws absent for all others, a regulator among them
   */
  async lockedToAct<D extends object, T>(tx: Tx, kind: Kind<D, T>, id: number, call: Call): Promise<Registered<D>> {
    const thing = await this.locked(tx, kind, id);
    if (!mayAct(call, thing.ownerId)) throw absent(`${kind.noun} ${id}`);
    return thing;
  }

  async moverOf(tx: Tx, ownerId: number, call: Call): Promise<Mover> {
    const { participantId } = call.caller;
    const groups = await tx.query('select distinct owner_group from participants where id in ($1, $2)', [ownerId, participantId]);
    return {
      isOwner: participantId === ownerId,
      isOperator: has(call, 'operator'),
      isOfOwnersGroup: participantId !== 0 && groups.length === 1,
    };
  }

  /** Marks it changed now and answers it as it stands. */
  async touched<D extends object, T>(tx: Tx, kind: Kind<D, T>, id: number): Promise<Registered<D>> {
    const [row] = await tx.query<CommonRow>(`update ${kind.table} set changed_at = $2 where id = $1 returning *`, [id, this.clock.now()]);
    return registeredOf(kind, row!);
  }

  async identifierOf<D extends object, T>(tx: Tx, kind: Kind<D, T>, { id, details }: Registered<D>): Promise<string> {
    return regionalScheme.issue({ kind: RegisteredKind[kind.kind] as IdentifiedKind, region: await kind.region(tx, details), number: id });
  }

  async locked<D extends object, T>(tx: Tx, kind: Kind<D, T>, id: number): Promise<Registered<D>> {
    const [row] = await tx.query<CommonRow>(`select * from ${kind.table} where id = $1 for update`, [id]);
    if (!row) throw absent(`${kind.noun} ${id}`);
    return registeredOf(kind, row);
  }

  private async checked<D extends object, T>(tx: Tx, kind: Kind<D, T>, given: D, id: number, ownerId: number): Promise<D> {
    const details = kind.complete?.(given, id) ?? given;
    const broken = brokenDetail(kind.rules, details);
    if (broken) throw invalid(`details.${broken[0]}`, broken[1], `the ${kind.noun}'s details break this rule`);
    await kind.checkReferences?.(tx, details, ownerId, id);
    return details;
  }

  /** Only the verified act: who owns a thing holds the role that it needs, and is verified. */
  private async checkReady<D extends object, T>(tx: Tx, kind: Kind<D, T>, thing: Registered<D>): Promise<void> {
    if (kind.ownerRoles.length) {
      const [owner] = await tx.query('select id from participants where id = $1 and state = $2 and roles && $3 for share', [
        thing.ownerId,
        VERIFIED,
        kind.ownerRoles,
      ]);
      if (!owner)
        throw conflict('owner_must_be_verified', `participant ${thing.ownerId} is not verified in the role that a ${kind.noun} needs`);
    }
    await kind.checkReady?.(tx, thing);
  }

  private async write<D extends object, T>(tx: Tx, kind: Kind<D, T>, id: number, details: D): Promise<void> {
    const assignments = columnsOf(kind.details).map((column, at) => `${column} = $${at + 2}`);
    await tx.query(`update ${kind.table} set ${assignments.join(', ')} where id = $1`, [id, ...valuesOf(kind.details, details)]);
  }

  private async record<D extends object, T>(
    tx: Tx,
    kind: Kind<D, T>,
    { id, ownerId, state }: Registered<D>,
    from: RegistrationState,
    action: Action,
    reason: string,
    content: object,
    call: Call,
  ): Promise<void> {
    await this.history.write(tx, { kind: kind.kind, id, ownerId, from, to: state, action, reason, content }, call);
  }
}

export const refusalOf = ({ kind, rule, detail }: Broken) => (kind === 'conflict' ? conflict(rule, detail) : forbidden(rule, detail));

function registeredOf<D extends object, T>(kind: Kind<D, T>, row: CommonRow): Registered<D> {
  return {
    id: row.id,
    ownerId: row.owner_id,
    state: row.state,
    identifier: row.identifier ?? '',
    details: fromRow(kind.details, row),
    amendment: row.amendment ? fromJson(kind.details, row.amendment) : undefined,
    changedAt: Number(row.changed_at),
    row,
  };
}

function checkKept<D extends object, T>(kind: Kind<D, T>, before: D, after: D): void {
  const changed = kind.keeps.find((field) => before[field] !== after[field]);
  if (changed)
    throw conflict(
      `verified_${kind.noun}_must_keep_its_${columnOf(changed)}`,
      `register another ${kind.noun} instead`,
      `details.${changed}`,
    );
}
