import { Injectable } from '@nestjs/common';
import { MarketAction, MarketActionKind } from '#contracts';
import type { Rejection } from '#matching-engine';
import { absent, conflict, Database, invalid, type Call, type Refusal } from '#platform';
import type { Decided, Entry } from './entry.js';
import { MarketActions } from './market-action.query.js';
import { reused } from './changes.js';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';

/** The operator's hand on the market: a command of the journal, with who and why beside it. */
@Injectable()
export class MarketControl {
  constructor(
    private readonly shards: Shards,
    private readonly actions: MarketActions,
    private readonly database: Database,
  ) {}

  /**
   * Done once for its key, also where the first try's answer was lost on the way.
   * @throws Refusal absent where the book or site is not known, conflict where it stands so already
   */
  act(call: Call, command: Entry['command'], reason: string): Promise<MarketAction> {
    return this.database.answerOnce(call, MarketAction, async () => {
      const decided = { by: call.caller.name, key: call.idempotencyKey!, reason };
      await this.shards.fence();
      const done = await this.actions.ofCall(decided.by, decided.key);
      if (done && !isOf(done, command, reason)) throw reused();
      if (done) return done;
      if ('bookId' in command) await this.do(this.shards.ofBook(command.bookId) ?? this.shards.home, { command, decided });
      else await this.doEverywhere({ command, decided });
      return (await this.actions.ofCall(decided.by, decided.key))!;
    });
  }

  /** In every shard, the first one last: what it has done is done everywhere. */
  private async doEverywhere(entry: Entry & { readonly decided: Decided }): Promise<void> {
    const { by, key } = entry.decided;
    const done = await this.actions.shardsOfCall(by, key);
    for (const sequencer of this.shards.all.toReversed())
      if (!done.has(sequencer.shard)) await this.do(sequencer, entry, sequencer !== this.shards.home);
  }

  /** `mayStand`: where it stands so already, as a call that ended half-way leaves it, that is well. */
  private async do(sequencer: Sequencer, entry: Entry, mayStand = false): Promise<void> {
    const step = await sequencer.submitOne(entry);
    for (const event of step.events)
      if (event.kind === 'CommandRefused' && !(mayStand && isStanding(event.rejection))) throw refusalOf(event.rejection);
    await this.shards.passed(step);
  }
}

const isStanding = (rejection: Rejection): boolean => rejection === 'market_must_be_stopped' || rejection === 'market_must_be_running';

/** Whether the action is what this command and reason ask for. */
const isOf = ({ kind, bookId, siteId, reason }: MarketAction, command: Entry['command'], asked: string): boolean =>
  kinds[command.kind]?.includes(kind) === true &&
  bookId === ('bookId' in command ? command.bookId : 0) &&
  siteId === ('siteId' in command ? command.siteId : 0) &&
  reason === asked;

const kinds: Partial<Record<Entry['command']['kind'], MarketActionKind[]>> = {
  HaltBook: [MarketActionKind.HALT_BOOK],
  ReopenBook: [MarketActionKind.REOPEN_BOOK],
  StopMarket: [MarketActionKind.STOP_MARKET],
  StartMarket: [MarketActionKind.START_MARKET],
  CurtailSite: [MarketActionKind.CURTAIL_SITE, MarketActionKind.LIFT_CURTAILMENT],
};

function refusalOf(rejection: Rejection): Refusal {
  if (rejection === 'book_must_be_known') return absent('book');
  if (rejection === 'site_must_be_known') return absent('site');
  const detail = rejection.replaceAll('_', ' ');
  return rejection === 'fact_must_be_within_its_range' ? invalid('window', rejection, detail) : conflict(rejection, detail);
}
