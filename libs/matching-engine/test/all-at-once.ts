import type { Command, Event } from '#matching-engine';
import { createFastEngine, EventBuffer } from '#matching-engine';

/** A fast engine that is given commands many at a time, and must tell what another told of each alone. */
export class AllAtOnce {
  private readonly engine = createFastEngine();
  private readonly buffer = new EventBuffer();
  private readonly commands: Command[] = [];
  private readonly expected: Event[] = [];

  add(command: Command, events: readonly Event[]): void {
    this.commands.push(command);
    this.expected.push(...events);
  }

  /** What those that were added since the last call yielded alone, and what they yield together. */
  apply(): [string, string] {
    this.engine.applyAll(this.commands, this.buffer);
    const both: [string, string] = [JSON.stringify(this.expected), JSON.stringify(this.buffer.decode())];
    this.buffer.clear();
    this.commands.length = 0;
    this.expected.length = 0;
    return both;
  }
}
