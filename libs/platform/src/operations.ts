// What the operator does with the machine itself.
import { Inject } from '@nestjs/common';
import type { AdvanceClockRequest, DeadLetter, Empty, ListDeadLettersRequest, ReplayDeadLetterRequest } from '#contracts';
import { ClockState, type ListDeadLettersResponse, OperationsDefinition, topicOf } from '#contracts';
import type { Call } from './call.js';
import { Conductor } from './conductor.js';
import { deadLetterOf, type DeadLetterRow } from './consumer.js';
import { nextPage, pageOf } from './page.js';
import { Platform } from './platform.js';
import { absent, conflict } from './refusal.js';
import { type Implementation, Rpc } from './rpc-types.js';

@Rpc(OperationsDefinition)
export class Operations implements Implementation<typeof OperationsDefinition> {
  private advancing: Promise<unknown> = Promise.resolve();

  private readonly conductor: Conductor;

  constructor(@Inject(Platform) private readonly platform: Platform) {
    this.conductor = new Conductor(platform);
  }

  async getClock(_request: Empty): Promise<ClockState> {
    const { clock } = this.platform;
    return { time: clock.now(), virtual: clock.isVirtual };
  }

  async advanceClock({ to }: AdvanceClockRequest, call: Call): Promise<ClockState> {
    const { clock, database } = this.platform;
    if (!clock.isVirtual) throw conflict('clock_must_be_virtual', "the exchange runs by the system's clock");
    const turn = this.advancing.then(() =>
      database.answerOnce(call, ClockState, async () => {
        await this.conductor.advance(to);
        return { time: to, virtual: true };
      }),
    );
    this.advancing = turn.catch(() => undefined);
    return turn;
  }

  async listDeadLetters({ page, consumer }: ListDeadLettersRequest): Promise<ListDeadLettersResponse> {
    const { limit, after = ['', '', '0'] } = pageOf(page);
    const [afterConsumer, afterSource, afterSequence] = after;
    const letters: DeadLetter[] = [];
    for (const { name, database } of this.platform.services.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name < afterConsumer! || (consumer && consumer !== name) || letters.length > limit) continue;
      const rows = await database.query<DeadLetterRow>(
        `select source, sequence, type, cause, attempts, failed_at, replayed_at from dead_letter
         where (source, sequence) > ($1, $2) order by source, sequence limit $3`,
        name === afterConsumer ? [afterSource, afterSequence, limit + 1] : ['', 0, limit + 1],
      );
      letters.push(...rows.map((row) => deadLetterOf(name, row)));
    }
    const { rows, page: info } = nextPage(letters, limit, (letter) => [letter.consumer, letter.eventSource, letter.sequence]);
    return { deadLetters: rows, page: info };
  }

  async replayDeadLetter({ consumer, eventSource, sequence }: ReplayDeadLetterRequest, call: Call): Promise<DeadLetter> {
    const source = eventSource.replaceAll('~', '/');
    const missing = absent(`dead letter ${source}/${sequence} of ${consumer}`);
    const service = this.platform.services.find(({ name }) => name === consumer);
    const [letter] =
      (await service?.database.query<{ type: string }>('select type from dead_letter where source = $1 and sequence = $2', [
        source,
        sequence,
      ])) ?? [];
    const reader = letter && service?.consumers.find((one) => one.topic === topicOf(letter.type));
    if (!reader) throw missing;
    return reader.replay(call, { source, sequence });
  }
}
