import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Logger, Refusal } from '#platform';
import { Sequencer } from './sequencer.js';

const pauseMsMax = 1_000;

/** streams whose resting orders go with them. */
@Injectable()
export class Sessions {
  private last = 0;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly log: Logger,
  ) {}

  /** A number that no session had before; one that no order came under is known to nobody. */
  begin(): number {
    this.last = Math.max(this.last, this.sequencer.market.lastSession) + 1;
    return this.last;
  }

  /** Resolves when its end is journalled, or when this process ends: then the next leader journals it. */
  async end(session: number): Promise<void> {
    for (let pauseMs = 20; !this.sequencer.isEnding; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      try {
        await this.sequencer.submitOne({ command: { kind: 'EndSessions', first: session, last: session } });
        return;
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        this.log.warn({ err: cause, session }, 'the end of a session could not be journalled yet');
        await sleep(pauseMs);
      }
    }
  }
}
