// Everything that must hold before a change is shared: generate, lint, type-check, contracts that only grow, test; and nothing changed by it.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tree = () =>
  execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }) +
  execFileSync('git', ['diff', 'HEAD'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
const before = tree();
const nx = (...args) =>
  spawnSync(join(root, 'node_modules/.bin/nx'), args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
// Where nx finds no project it runs nothing, and calls that a success: asked for one by name it fails.
for (const target of ['generate', 'lint', 'typecheck', 'breaking', 'test']) {
  const { status } = nx('run', `compute-exchange:${target}`, '--exclude-task-dependencies', '--output-style=stream');
  if (status !== 0) process.exit(status ?? 1);
}
if (tree() !== before) {
  console.error('verify: the tree is not what it was before; commit what the generators write:');
  console.error(execFileSync('git', ['status', '--short'], { cwd: root, encoding: 'utf8' }));
  process.exit(1);
}
console.log('verify: all of it holds');
