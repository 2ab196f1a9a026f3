import { Injectable } from '@nestjs/common';
import {
  bytesOf,
  type NationalAcknowledgement,
  type NationalAnswer,
  NationalIdentifierAssigned,
  NationalItemState,
  NationalKind,
  type NationalRefusal,
  NationalReturned,
  NationalReturnEntry,
  type NationalReturns,
} from '#contracts';
import { Clock, Database, Logger, Outbox, type Tx, validate } from '#platform';
import { NationalGatherer } from './national.gatherer.js';
import { beginFullReport, fullReportId, takeSerials } from './national.items.js';

const { WAITING, ACKNOWLEDGED, REFUSED } = NationalItemState;

interface Counts {
  readonly serial: number;
  readonly receipts: number;
  readonly fullState: number;
}

/** What follows of an answer, in one transaction. */
@Injectable()
export class NationalAnswers {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly gatherer: NationalGatherer,
  ) {}

  async take(answer: NationalAnswer): Promise<void> {
    await this.database.transaction(async (tx) => {
      const counts = await this.heard(tx, answer);
      if (answer.heardSerial > counts.serial) await this.goOnBehind(tx, answer.heardSerial);
      if (answer.refused) {
        if (answer.refused.rule === 'receipts_must_be_known') await this.tellAgain(tx, answer.receipts, counts);
        if (answer.refused.rule === 'cursor_must_come_from_this_node') await tx.query(`update national_node set return_cursor = ''`);
        return;
      }
      if (answer.returns) await this.keepReturns(tx, answer.returns);
      await this.decide(tx, answer.items);
      if (answer.wantsFull && counts.fullState === 0) await this.reportAll(tx);
    });
  }

  /** An item that alone made up a message that was refused. */
  async refuse(serial: bigint, { rule, detail }: NationalRefusal): Promise<void> {
    await this.database.query(
      `update national_items set state = ${REFUSED}, rule = $2, detail = $3 where serial = $1 and state = ${WAITING}`,
      [serial, rule, detail],
    );
  }

  /** As the operator, or the national node, wants it. */
  async reportAll(tx: Tx): Promise<void> {
    await beginFullReport(tx);
    tx.onceCommitted(() => this.gatherer.wake());
  }

  private async heard(tx: Tx, { receipts }: NationalAnswer): Promise<Counts> {
    const [node] = await tx.query<{ serial: bigint; receipts: bigint; full_state: number }>(
      'update national_node set heard_at = $1 returning serial, receipts, full_state',
      [this.clock.now()],
    );
    await tx.query('update national_node set receipts = greatest(receipts, $1)', [receipts]);
    return { serial: Number(node!.serial), receipts: Number(node!.receipts), fullState: node!.full_state };
  }

  /** An item that was written anew meanwhile has another serial, and is said again. */
  private async decide(tx: Tx, items: readonly NationalAcknowledgement[]): Promise<void> {
    if (!items.length) return;
    const decided = await tx.query<{ kind: NationalKind; item_id: string; state: NationalItemState; national_identifier: string }>(
      `update national_items i set state = case when a.receipt > 0 then ${ACKNOWLEDGED} else ${REFUSED} end, receipt = a.receipt, rule = a.rule,
         detail = a.detail, acknowledged_at = case when a.receipt > 0 then coalesce(i.acknowledged_at, $1) end
       from unnest($2::int4[], $3::text[], $4::int8[], $5::int8[], $6::text[], $7::text[], $8::text[])
         as a (kind, item_id, serial, receipt, rule, detail, national_identifier)
       where i.serial = a.serial and i.kind = a.kind and i.item_id = a.item_id and i.state = ${WAITING}
       returning i.kind, i.item_id, i.state, a.national_identifier`,
      [
        this.clock.now(),
        items.map(({ kind }) => kind),
        items.map(({ itemId }) => itemId),
        items.map(({ serial }) => serial),
        items.map(({ receipt }) => receipt),
        items.map(({ rule }) => rule),
        items.map(({ detail }) => detail),
        items.map(({ nationalIdentifier }) => nationalIdentifier),
      ],
    );
    const taken = decided.filter(({ state }) => state === ACKNOWLEDGED);
    await this.identify(
      tx,
      taken.filter(({ kind }) => kind === NationalKind.IDENTIFIER),
    );
    if (taken.some(({ kind, item_id: id }) => kind === NationalKind.RESOURCE && id === fullReportId))
      await tx.query('update national_node set full_state = 0 where full_state = 3');
  }

  private async identify(tx: Tx, registered: readonly { item_id: string; national_identifier: string }[]): Promise<void> {
    if (!registered.length) return;
    const subjects = await tx.query<{ kind: number; id: number; identifier: string; national_identifier: string }>(
      `update national_subjects s set registered = true, national_identifier = a.national_identifier
       from unnest($1::text[], $2::text[]) as a (identifier, national_identifier) where s.identifier = a.identifier
       returning s.kind, s.id, s.identifier, s.national_identifier`,
      [registered.map(({ item_id: id }) => id), registered.map((one) => one.national_identifier)],
    );
    for (const { kind, id, identifier, national_identifier: nationalIdentifier } of subjects)
      await this.outbox.publish(tx, NationalIdentifierAssigned, { kind, id, identifier, nationalIdentifier }, `identifier/${identifier}`);
  }

  /** Each entry once, whatever the cursor does. One that breaks the contract is kept, shown, and told to nobody. */
  private async keepReturns(tx: Tx, { entries, nextCursor }: NationalReturns): Promise<void> {
    for (const entry of entries) {
      const [violation] = validate(NationalReturnEntry.$type, entry);
      const rule = violation ? `${violation.field} ${violation.rule}` : '';
      const [first] = await tx.query(
        `insert into national_returns (entry_id, kind, received_at, rule, entry) values ($1, $2, $3, $4, $5)
         on conflict (entry_id) do nothing returning 1`,
        [entry.entryId, entry.kind, this.clock.now(), rule, bytesOf(NationalReturnEntry, entry)],
      );
      if (first && !rule) await this.outbox.publish(tx, NationalReturned, { entry }, `national/${entry.entryId}`);
      if (first && rule) this.log.warn({ entryId: entry.entryId, rule }, 'what the national node sent back breaks the contract');
    }
    await tx.query('update national_node set return_cursor = $1', [nextCursor]);
  }

  /** The national node was restored from a back-up: what it has taken since is told again, each under a new serial. */
  private async tellAgain(tx: Tx, receipts: number, before: Counts): Promise<void> {
    if (receipts >= before.receipts) return;
    this.log.warn({ receipts, before: before.receipts }, 'the national node has forgotten what it had taken, and is told again');
    await tx.query(`update national_node set receipts = $1, return_cursor = ''`, [receipts]);
    await tx.query(
      `update national_items i set state = ${WAITING}, receipt = 0 where state = ${ACKNOWLEDGED} and receipt > $1 and kind <> $2
         and not exists (select from national_items newer where newer.kind = i.kind and newer.item_id = i.item_id and newer.serial > i.serial)`,
      [receipts, NationalKind.RESOURCE],
    );
    await tx.query(
      `update national_subjects set registered = false where identifier in (select item_id from national_items where kind = $1 and state = ${WAITING})`,
      [NationalKind.IDENTIFIER],
    );
    await this.renumber(tx);
    await this.reportAll(tx);
  }

  /** This database was restored from a back-up: what it has said since is not known here, and its serials were given to other items. */
  private async goOnBehind(tx: Tx, heardSerial: number): Promise<void> {
    this.log.warn({ heardSerial }, 'the national node has heard more than this region remembers saying');
    await tx.query('update national_node set serial = $1', [heardSerial]);
    await this.renumber(tx);
    await this.reportAll(tx);
  }

  /** Gives what waits new serials, in its order. */
  private async renumber(tx: Tx): Promise<void> {
    const waiting = await tx.query<{ serial: bigint }>(
      `select serial from national_items where state = ${WAITING} order by serial for update`,
    );
    if (!waiting.length) return;
    const first = await takeSerials(tx, waiting.length);
    await tx.query(
      `update national_items i set serial = n.serial from unnest($1::int8[], $2::int8[]) as n (before, serial) where i.serial = n.before`,
      [waiting.map(({ serial }) => serial), waiting.map((_row, index) => first + index)],
    );
  }
}
