import { Injectable } from '@nestjs/common';
import { NationalItem, NationalItemLine, NationalItemState, NationalKind, type ResendNationalItemRequest } from '#contracts';
import { slotAt } from '#domain';
import { type Call, Database, type Tx, absent, conflict } from '#platform';
import { periodSlots } from './core/national.js';
import { NationalGatherer } from './national.gatherer.js';
import { type NewItem, writeItems } from './national.items.js';
import { NationalPeriods } from './national.periods.js';
import { type ItemRow, lineOf } from './national.query.js';
import { NationalSender } from './national.sender.js';

/** A refused item is worked off: what was wrong is corrected where it is kept, and the item is made anew of that. */
@Injectable()
export class NationalResend {
  constructor(
    private readonly database: Database,
    private readonly gatherer: NationalGatherer,
    private readonly periods: NationalPeriods,
    private readonly sender: NationalSender,
  ) {}

  async resend({ serial, reason }: ResendNationalItemRequest, call: Call): Promise<NationalItemLine> {
    return this.database.once(call, NationalItemLine, async (tx) => {
      const [row] = await tx.query<ItemRow>('select * from national_items where serial = $1 for update', [serial]);
      if (!row) throw absent(`national item ${serial}`);
      if (row.state !== NationalItemState.REFUSED)
        throw conflict('national_item_must_be_refused', `item ${serial} is ${NationalItemState[row.state]}`);
      const item = await this.anew(tx, row);
      const written = await writeItems(tx, [{ ...item, by: call.caller.name, reason }]);
      tx.onceCommitted(() => this.sender.wake());
      const [line] = await tx.query<ItemRow>('select * from national_items where serial = $1', [written]);
      return lineOf(line!);
    });
  }

  private async anew(tx: Tx, row: ItemRow): Promise<NewItem> {
    const item = await this.itemOf(tx, row);
    if (item) return item;
    throw conflict('national_item_must_have_a_subject', `there is nothing left to report as ${row.item_id}`);
  }

  private async itemOf(tx: Tx, row: ItemRow): Promise<NewItem | undefined> {
    const { kind, item_id: itemId, identifier, caused_at: causedAt } = row;
    if (kind === NationalKind.MONITORING) {
      const from = slotAt(Number(row.period_from));
      return this.periods.itemOf(tx, { from, to: from + periodSlots }, identifier);
    }
    const [subject] = await tx.query<{ kind: number; id: number }>(
      `select kind, id from national_subjects where identifier = $1 and identifier <> ''`,
      [identifier],
    );
    if (subject) {
      const items = await this.gatherer.itemsOf(tx, subject, Number(causedAt));
      return kind === NationalKind.IDENTIFIER ? items?.registration : items?.resource;
    }
    // What is about the whole region is said as it was.
    const { registration, resource, monitoring, indicator, fullReport } = NationalItem.decode(row.item);
    const content = { registration, resource, monitoring, indicator, fullReport };
    return { kind, itemId, identifier, needs: '', content, causedAt: Number(causedAt), periodFrom: Number(row.period_from) };
  }
}
