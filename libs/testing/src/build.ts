// Processes run what is compiled.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** @throws Error with the compiler's words */
export function build(): void {
  const script = join(import.meta.dirname, '../../../scripts/build.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  if (status !== 0) throw new Error(stderr);
}
