import { Injectable } from '@nestjs/common';
import { MarketAction, MarketActionKind } from '#contracts';
import type { Rejection } from '#matching-engine';
import { absent, conflict, Database, invalid, type Call, type Refusal } from '#platform';
import type { Entry } from './entry.js';
import { MarketActions } from './market-action.query.js';
import { reused } from './changes.js';
import { Sequencer } from './sequencer.js';

/** The operator's hand on the market: a command of the journal, with who and why beside it. */
@Injectable()
export class MarketControl {
  constructor(
    private readonly sequencer: Sequencer,
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
      await this.sequencer.fence();
      const done = await this.actions.ofCall(decided.by, decided.key);
      if (done && !isOf(done, command, reason)) throw reused();
      if (done) return done;
      const { sequence, events } = await this.sequencer.submitOne({ command, decided });
      for (const event of events) if (event.kind === 'CommandRefused') throw refusalOf(event.rejection);
      await this.sequencer.projector.passed(sequence);
      return (await this.actions.ofCall(decided.by, decided.key))!;
    });
  }
}

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
