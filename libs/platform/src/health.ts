// Is the process alive, and may it be given work.

import { messageOf } from './fault.js';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export class Health {
  private readonly checks: { name: string; check: () => Promise<string> }[] = [];
  /** Draining: no new work, what is under way ends. */
  state: 'starting' | 'ready' | 'draining' = 'starting';

  /** A check answers a line for people, and throws where the part is not well. */
  add(name: string, check: () => Promise<string>): void {
    this.checks.push({ name, check });
  }

  /** Ready: started, not draining, and every part well. */
  async report(): Promise<{ state: Health['state']; ready: boolean; checks: Check[] }> {
    const checks = await Promise.all(
      this.checks.map(({ name, check }) =>
        check().then(
          (detail) => ({ name, ok: true, detail }),
          (error: unknown) => ({ name, ok: false, detail: messageOf(error) }),
        ),
      ),
    );
    return { state: this.state, ready: this.state === 'ready' && checks.every((check) => check.ok), checks };
  }
}
