// Compiles libs, services and the tools of deploy to dist/ by swc, only what changed since the last build, and lays the console's other files beside it.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

const root = join(import.meta.dirname, '..');
const sources = ['libs', 'services', 'deploy'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true })
    .map((name) => join(top, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.endsWith('.d.ts') && !name.includes('/node_modules/')),
);
const outputs = new Set(sources.map((name) => name.replace(/\.ts$/, '.js')));
const isStale = (name) => {
  const out = join(root, 'dist', name.replace(/\.ts$/, '.js'));
  return !existsSync(out) || statSync(out).mtimeMs < Math.max(statSync(join(root, name)).mtimeMs, statSync(join(root, '.swcrc')).mtimeMs);
};
await Promise.all(
  sources.filter(isStale).map(async (name) => {
    const out = join(root, 'dist', name.replace(/\.ts$/, '.js'));
    const { code, map } = await transformFile(join(root, name), { sourceFileName: join(root, name) });
    mkdirSync(dirname(out), { recursive: true });
    if (map) writeFileSync(`${out}.map`, map);
    writeFileSync(out, map ? `${code}\n//# sourceMappingURL=${out.split('/').at(-1)}.map\n` : code);
  }),
);
const web = 'services/console/web';
for (const name of readdirSync(join(root, web)).filter((file) => /\.(html|css)$/.test(file)))
  copyFileSync(join(root, web, name), join(root, 'dist', web, name));
if (existsSync(join(root, 'dist')))
  for (const name of readdirSync(join(root, 'dist'), { recursive: true }))
    if (name.endsWith('.js') && /^(libs|services|deploy)\//.test(name) && !outputs.has(name)) rmSync(join(root, 'dist', name));
