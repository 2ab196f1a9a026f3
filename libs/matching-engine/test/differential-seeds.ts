import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = fileURLToPath(new URL('../../../dist/libs/matching-engine/test/differential-run.js', import.meta.url));

/**
 * Both engines agree on the hundred seeds from `first` on. Two files call this, so that two workers share what takes longest; each in a process of its own, since in
 * the contexts that Jest makes for its files the engines take four times as long.
 */
export function hundredSeedsAgree(first: number): void {
  describe('the fast engine against the naive one', () => {
    it(`yields the same events, hashes and snapshots for 2,000 commands of each of the 100 seeds from ${first}`, async () => {
      const args = ['--seeds', '100', '--first-seed', String(first), '--commands', '2000', '--threads', '1'];
      // A difference is its standard output, and ends it with an error.
      const { stdout } = await promisify(execFile)(process.execPath, [run, ...args]).catch((error: unknown) => error as { stdout: string });
      expect(stdout).toBe(
        `100 of 100 seeds of 2000 commands from ${first}: every event, hash, depth, explanation, quote and snapshot alike\n`,
      );
    }, 600_000);
  });
}
