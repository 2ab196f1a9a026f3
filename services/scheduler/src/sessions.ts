import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Logger, Refusal } from '#platform';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';

const pauseMsMax = 1_000;

/** streams whose resting orders go with them. */
@Injectable()
export class Sessions {
  private last = 0;

  constructor(
    private readonly shards: Shards,
    private readonly log: Logger,
  ) {}

  /** A number that no session had before; one that no order came under is known to nobody. */
  begin(): number {
    this.last = Math.max(this.last, ...this.shards.all.map(({ market }) => market.lastSession)) + 1;
    return this.last;
  }

  /** Resolves when its end is journalled, or when this process ends: then the next leader journals it. */
  async end(session: number): Promise<void> {
    await Promise.all(this.shards.all.map((sequencer) => this.endIn(sequencer, session)));
  }

  private async endIn(sequencer: Sequencer, session: number): Promise<void> {
    for (let pauseMs = 20; !sequencer.isEnding; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      try {
        await sequencer.submitOne({ command: { kind: 'EndSessions', first: session, last: session } });
        return;
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        this.log.warn({ err: cause, session }, 'the end of a session could not be journalled yet');
        await sleep(pauseMs);
      }
    }
  }
}
