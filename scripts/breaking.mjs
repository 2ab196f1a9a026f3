// Contracts may only grow: compares proto/ with the last commit that is not what stands here (HEAD where proto/ is changed, else the one before it).
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const has = (ref) => spawnSync('git', ['cat-file', '-e', `${ref}:proto/buf.yaml`], { cwd: root, stdio: 'ignore' }).status === 0;
if (spawnSync('git', ['rev-parse', '--git-dir'], { cwd: root, stdio: 'ignore' }).status !== 0) {
  console.log('breaking: no git history here, nothing to compare with');
  process.exit(0);
}
const before = git('status', '--porcelain', '--', 'proto') ? 'HEAD' : 'HEAD~1';
if (!has(before)) {
  console.log(`breaking: ${before} has no contracts, nothing to compare with`);
  process.exit(0);
}
const commit = git('rev-parse', before);
const { status } = spawnSync(join(root, 'node_modules/.bin/buf'), ['breaking', 'proto', '--against', `.git#ref=${commit},subdir=proto`], {
  cwd: root,
  stdio: 'inherit',
});
if (status === 0) console.log(`breaking: nothing breaks against ${commit.slice(0, 12)}`);
process.exit(status ?? 1);
