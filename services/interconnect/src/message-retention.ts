import { Injectable } from '@nestjs/common';
import { At, Config, Database } from '#platform';
import { passingValidMsMax } from './core/hearing.js';

const dayMs = 86_400_000;
/** That one statement drops. */
const messagesOf = 5_000;

/**
 * What proves money is kept for good; hellos, advertisements and quotes only for so many days, and never before they have an answer and are past their
 * valid_until: the same message is then refused for its time, whenever it comes again. A valid_until beyond what is allowed counts as that: what was heard before
 * there was such a bound goes too, and so does what was refused for it.
 */
@Injectable()
export class MessageRetention {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  @At('drop old messages', dayMs)
  async drop(now: number): Promise<void> {
    const before = now - this.config.partnerMessageDays * dayMs;
    for (let dropped = messagesOf; dropped === messagesOf;) dropped = await this.dropSome(before, now);
  }

  /** @returns how many */
  private async dropSome(before: number, now: number): Promise<number> {
    const rows = await this.database.query(
      `with old as (select number from passing_messages m where at < $1 and least(valid_until, at + ${passingValidMsMax}) < $2 and not exists (select from waiting w where w.number = m.number)
         order by at limit ${messagesOf}),
       answered as (delete from passing_answers a using old where a.number = old.number)
       delete from passing_messages m using old where m.number = old.number returning 1`,
      [before, now],
    );
    return rows.length;
  }
}
