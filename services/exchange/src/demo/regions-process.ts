// Three exchanges that are partners, as a tool of the checkout plays them.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const tool = join(import.meta.dirname, '../../../../deploy/regions/main.js');

/** Prints what it prints, and ends as it ends. @param args the demo's own */
export async function playRegions(args: readonly string[]): Promise<void> {
  if (!existsSync(tool)) throw new Error('regions are started from a checkout: an image holds the product alone');
  const child = spawn(process.execPath, ['--enable-source-maps', tool, ...args], { stdio: 'inherit' });
  // A Ctrl-C at the terminal is for it as well: it stops what it has started.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  process.exitCode = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
