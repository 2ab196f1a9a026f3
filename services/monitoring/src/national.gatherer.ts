import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { bytesOf, NationalKind, NationalResource, ParticipantChanged, PoolChanged, RegisteredKind, Role, SiteChanged } from '#contracts';
import { slotMs } from '#domain';
import {
  Activity,
  Clock,
  Config,
  Database,
  type EventMeta,
  Logger,
  type Loop,
  On,
  Quiescent,
  type Quiet,
  Refusal,
  type Tx,
  sha256Hex,
} from '#platform';
import { periodAt, periodSlots } from './core/national.js';
import { NationalFacts, type Subject, type SubjectKey } from './national.facts.js';
import { type NewItem, beginFullReport, encoded, fullReportId, writeItems } from './national.items.js';

const lookMs = 1_000;
const periodMs = periodSlots * slotMs;
const roundMax = 100;

interface Marked extends SubjectKey {
  readonly marked_at: bigint | null;
  readonly marks: bigint;
  readonly is_full: boolean;
}

interface SubjectRow extends Marked {
  readonly registered: boolean;
  readonly digest: string;
}

/**
 * Brings what the registry tells into items. An event only marks what it is about, in its own transaction; what it is now is asked of the registry and written as items
 * in the transaction that takes the mark away.
 */
@Quiescent()
@Injectable()
export class NationalGatherer implements OnApplicationBootstrap, OnModuleDestroy, Quiet {
  private readonly loop: Loop;
  /** Said once items were written. */
  written: () => void = () => undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    activity: Activity,
    private readonly log: Logger,
    private readonly facts: NationalFacts,
  ) {
    this.loop = activity.loop("monitoring's national gatherer", log, () => this.round());
  }

  get isOn(): boolean {
    return this.config.nationalUrl !== '';
  }

  /** Reporting begins with all there is, and monitoring with the period that runs; what happens while it is off is reported by the next beginning. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [node] = await tx.query<{ opened_at: bigint | null }>('select opened_at from national_node for update');
      if (!this.isOn) await tx.query('update national_node set opened_at = null where opened_at is not null');
      if (!this.isOn || node!.opened_at !== null) return;
      const now = this.clock.now();
      await tx.query('update national_node set opened_at = $1, next_slot = $2', [now, periodAt(now + periodMs - 1)]);
      await beginFullReport(tx);
    });
    if (this.isOn) this.loop.start(lookMs);
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  wake(): void {
    this.loop.wake();
  }

  async isQuiet(): Promise<boolean> {
    if (!this.isOn) return true;
    const [left] = await this.database.query(
      'select 1 from national_node where full_state in (1, 2) or exists (select from national_subjects where marked_at is not null)',
    );
    if (left) this.loop.wake();
    return !left;
  }

  /** Others than providers are no concern of the national node's, unless they were. */
  @On(ParticipantChanged)
  async participantChanged({ participantId, roles }: ParticipantChanged, tx: Tx, { time }: EventMeta): Promise<void> {
    if (!this.isOn) return;
    const subject = { kind: RegisteredKind.PARTICIPANT, id: participantId };
    const [known] = await tx.query('select 1 from national_subjects where kind = $1 and id = $2', [subject.kind, subject.id]);
    if (known || roles.includes(Role.PROVIDER)) await this.mark(tx, [subject], time);
  }

  @On(SiteChanged)
  async siteChanged({ siteId }: SiteChanged, tx: Tx, { time }: EventMeta): Promise<void> {
    if (this.isOn) await this.mark(tx, [{ kind: RegisteredKind.SITE, id: siteId }], time);
  }

  @On(PoolChanged)
  async poolChanged({ poolId }: PoolChanged, tx: Tx, { time }: EventMeta): Promise<void> {
    if (this.isOn) await this.mark(tx, [{ kind: RegisteredKind.POOL, id: poolId }], time);
  }

  /** Items of a provider, site or pool as it is now, whether or not it has changed. */
  async itemsOf(tx: Pick<Tx, 'query'>, key: SubjectKey, causedAt: number): Promise<Items | undefined> {
    const subject = await this.facts.of(key);
    const owner = await ownerOf(tx, subject);
    return subject.identifier && owner !== undefined ? itemsOf(subject, owner, causedAt) : undefined;
  }

  private async mark(tx: Tx, subjects: readonly SubjectKey[], at: number, isFull = false): Promise<void> {
    await tx.query(
      `insert into national_subjects (kind, id, marked_at, marks, is_full) select kind, id, $3, 1, $4 from unnest($1::int4[], $2::int4[]) as s (kind, id)
       on conflict (kind, id) do update set marked_at = least(national_subjects.marked_at, excluded.marked_at), marks = national_subjects.marks + 1,
         is_full = national_subjects.is_full or excluded.is_full`,
      [subjects.map(({ kind }) => kind), subjects.map(({ id }) => id), at, isFull],
    );
    tx.onceCommitted(() => this.loop.wake());
  }

  private async round(): Promise<boolean> {
    await this.listAll();
    const marked = await this.database.query<Marked>(
      'select kind, id, marked_at, marks, is_full from national_subjects where marked_at is not null order by marked_at, kind, id limit $1',
      [roundMax],
    );
    for (const one of marked) {
      const subject = await this.found(one);
      await this.database.transaction((tx) => (subject ? this.take(tx, one, subject) : this.forget(tx, one)));
    }
    if (!marked.length) await this.endFullReport();
    return marked.length > 0;
  }

  /** Of a full report: marks all there is. What is cut off is begun again. */
  private async listAll(): Promise<void> {
    const [node] = await this.database.query<{ full_state: number }>('select full_state from national_node');
    if (node!.full_state !== 1) return;
    const now = this.clock.now();
    for await (const subjects of this.facts.all())
      if (subjects.length) await this.database.transaction((tx) => this.mark(tx, subjects, now, true));
    // What was known and is in no list: a participant that is a provider no more.
    await this.database.transaction(async (tx) => {
      await tx.query(
        'update national_subjects set is_full = true, marked_at = coalesce(marked_at, $1), marks = marks + 1 where not is_full',
        [now],
      );
      await tx.query('update national_node set full_state = 2 where full_state = 1');
    });
  }

  /** Undefined where the registry does not know it, as after a restore of its database alone: nothing is said of it any more. */
  private async found(key: SubjectKey): Promise<Subject | undefined> {
    try {
      return await this.facts.of(key);
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'absent') return undefined;
      throw error;
    }
  }

  private async forget(tx: Tx, { kind, id }: SubjectKey): Promise<void> {
    this.log.warn({ kind: RegisteredKind[kind], id }, 'what was to be reported to the national node is in the registry no more');
    await tx.query('delete from national_subjects where kind = $1 and id = $2', [kind, id]);
  }

  /** Unless another process has taken it, or something has changed since it was seen: that is taken in the next round. */
  private async take(tx: Tx, seen: Marked, subject: Subject): Promise<void> {
    const { kind, id } = seen;
    const [row] = await tx.query<SubjectRow>('select * from national_subjects where kind = $1 and id = $2 for update', [kind, id]);
    if (row!.marked_at === null || row!.marks !== seen.marks) return;
    const { identifier } = subject;
    const owner = identifier ? await ownerOf(tx, subject) : '';
    // It comes before what it owns.
    if (owner === undefined) return this.mark(tx, [subject.owner!], Number(row!.marked_at));
    const digest = identifier ? sha256Hex(bytesOf(NationalResource, subject.resource(owner))) : '';
    const due = identifier ? await dueOf(tx, row!, itemsOf(subject, owner, Number(row!.marked_at)), digest) : [];
    if (due.length) await writeItems(tx, due);
    await tx.query(
      `update national_subjects set marked_at = null, is_full = false, identifier = $3, owner_id = $4, digest = $5 where kind = $1 and id = $2`,
      [kind, id, identifier, subject.owner?.id ?? 0, digest],
    );
    tx.onceCommitted(() => this.written());
  }

  private async endFullReport(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [node] = await tx.query<{ full_from: bigint }>('select full_from from national_node where full_state = 2 for update');
      const [left] = await tx.query('select 1 from national_subjects where is_full limit 1');
      if (!node || left) return;
      const content = { fullReport: { fromSerial: Number(node.full_from) } };
      const end = { kind: NationalKind.RESOURCE, itemId: fullReportId, identifier: '', needs: '', content, causedAt: this.clock.now() };
      await writeItems(tx, [end]);
      await tx.query('update national_node set full_state = 3');
      tx.onceCommitted(() => this.written());
    });
  }
}

/** Identifier of what it belongs to; '' where it belongs to nothing, undefined where that is not known here yet. */
async function ownerOf(tx: Pick<Tx, 'query'>, { owner }: Subject): Promise<string | undefined> {
  if (!owner) return '';
  const [row] = await tx.query<{ identifier: string }>('select identifier from national_subjects where kind = $1 and id = $2', [
    ...[owner.kind, owner.id],
  ]);
  return row?.identifier || undefined;
}

interface Items {
  readonly registration: NewItem;
  readonly resource: NewItem;
}

function itemsOf(subject: Subject, owner: string, causedAt: number): Items {
  const { identifier } = subject;
  const common = { itemId: identifier, identifier, causedAt };
  return {
    registration: { ...common, kind: NationalKind.IDENTIFIER, needs: owner, content: { registration: subject.registration(owner) } },
    resource: { ...common, kind: NationalKind.RESOURCE, needs: identifier, content: { resource: subject.resource(owner) } },
  };
}

async function dueOf(
  tx: Tx,
  { registered, is_full: isFull, digest: before }: SubjectRow,
  items: Items,
  digest: string,
): Promise<NewItem[]> {
  const isToRegister = !registered && (await isNews(tx, items.registration));
  return [...(isToRegister ? [items.registration] : []), ...(isFull || digest !== before ? [items.resource] : [])];
}

/** False where the same waits, or was refused as it is. */
async function isNews(tx: Tx, item: NewItem): Promise<boolean> {
  const open = await tx.query<{ item: Buffer }>('select item from national_items where kind = $1 and item_id = $2 and state in (1, 3)', [
    ...[item.kind, item.itemId],
  ]);
  return open.every((row) => !row.item.equals(encoded(item)));
}
