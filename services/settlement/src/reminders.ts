import { Injectable } from '@nestjs/common';
import { NoticeKind } from '#contracts';
import { At, Database } from '#platform';
import { reminderAt } from './core/reminder.js';
import { Notices } from './notices.js';
import { Overdue } from './overdue.js';

const hour = 3_600_000;

/** who owes is reminded before it falls due, when it has, and from then on now and then until it is paid. */
@Injectable()
export class Reminders {
  constructor(
    private readonly db: Database,
    private readonly overdue: Overdue,
    private readonly notices: Notices,
  ) {}

  @At('remind', hour)
  async remind(now: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      for (const { participantId, amount, dueAt } of await this.overdue.debtors(tx)) {
        const reminder = reminderAt(dueAt, now);
        if (!reminder) continue;
        const kind = reminder.isOverdue ? NoticeKind.RECEIVABLE_OVERDUE : NoticeKind.RECEIVABLE_DUE;
        await this.notices.tell(tx, { participantId, kind, about: `receivable/${dueAt}/${reminder.day}`, amount, dueAt });
      }
    });
  }
}
