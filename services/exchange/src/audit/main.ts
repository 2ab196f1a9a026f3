// `npm run audit`: holds the tables of an exchange against its chain of evidence, from outside.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  auditServices,
  commandLine,
  databaseAddress,
  embeddedPlace,
  endWrongUse,
  messageOf,
  newestRoots,
  publicPath,
  readConfig,
  runCommand,
  servicesOf,
  signingKeyPath,
  startedWithUs,
  startEmbeddedPostgres,
  WrongUse,
} from '#platform';
import type { Config, DatabaseAddress, Extent, Finding, SignedRoot } from '#platform';
import { modules } from '../exchange.js';

const help = `npm run audit [-- --data FOLDER | --url URL] [--root FILE] [--key FILE] [--only TEXT] [--json]
npm run audit -- --keep-root FILE [--data FOLDER | --url URL]

Recomputes the chain of evidence of each service and holds every row, balance and sum against it; computes each bill and each payee's statement anew from its
records and compares them line by line. Names each finding; ends with 0 where there is none, with 1
where there are, with 2 where it could not look. It changes nothing, and reads as the database's owner.

  --data FOLDER      of an exchange that is stopped, or of a demo [EXCHANGE_DATA, .exchange]
  --url URL          of its PostgreSQL, running or not [EXCHANGE_DATABASE_URL]
  --root FILE        signed roots that were kept outside: what a signed root is over cannot be made anew, whoever owns the database; the rest can
  --key FILE         public key in PEM by which roots are signed; more than one may be given [signing-key.pub.pem in the folder]
  --keep-root FILE   adds the newest signed root of each service to FILE, to be taken where nobody who owns the database can reach it
  --only TEXT        of the checks beside the chain those whose name has the text ("bills", "transfers"), and not the chain
  --json             one JSON object a finding, then one that sums up`;

const { values } = commandLine(help, {
  options: {
    ...{ data: { type: 'string' }, url: { type: 'string' }, root: { type: 'string' }, 'keep-root': { type: 'string' } },
    ...{
      key: { type: 'string', multiple: true },
      only: { type: 'string' },
      json: { type: 'boolean' },
    },
  },
});

const config = settings();
const services = servicesOf(modules).map((service) =>
  values.only === undefined
    ? service
    : { ...service, evidence: [], audits: (service.audits ?? []).filter(({ name }) => name.includes(values.only!)) },
);

function settings(): Config {
  try {
    return readConfig({
      ...(values.data !== undefined && { data: values.data, databaseUrl: '' }),
      ...(values.url !== undefined && { databaseUrl: values.url }),
    });
  } catch (error) {
    return endWrongUse(new WrongUse(messageOf(error)));
  }
}

async function withDatabase<T>(work: (owner: DatabaseAddress) => Promise<T>): Promise<T> {
  if (config.databaseUrl) return work(databaseAddress(config.databaseUrl));
  // Where there is none, none is made.
  await embeddedPlace(config.data);
  const [{ address }] = await startedWithUs(
    () => startEmbeddedPostgres({ folder: config.data }),
    (server) => server.stop(),
  );
  return work(address);
}

/** Those given, else the one that lies in the data folder, if any does. */
async function publicKeys(): Promise<string[]> {
  if (values.key) return Promise.all(values.key.map((file) => readFile(file, 'utf8')));
  const path = signingKeyPath(config);
  if (path === undefined || !existsSync(publicPath(path))) return [];
  return [await readFile(publicPath(path), 'utf8')];
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

async function keptRoots(): Promise<SignedRoot[]> {
  return values.root === undefined ? [] : linesOf(await readFile(values.root, 'utf8')).map((line) => JSON.parse(line) as SignedRoot);
}

const shown = ({ service, table, row, wrong, detail, stored, computed }: Finding): string =>
  `${service}.${table} ${row}: ${wrong.replaceAll('_', ' ')}: ${detail}${stored === undefined ? '' : `: stored ${stored}; computed ${computed}`}`;

const summary = ({ service, blocks, rows, unsealed, blocksAfterRoot }: Extent): string =>
  [
    `${service}: ${rows} rows in ${blocks} blocks`,
    unsealed === 0 ? 'none waits to be sealed' : `${unsealed} rows are not sealed yet: nothing stands for them but that they are there`,
    `${blocksAfterRoot} blocks came after the newest root that a given key signed`,
  ].join('; ');

/** Of checks that found nothing to look at their names. */
function lookedAt(counts: Readonly<Record<string, number>>): string {
  const counted = Object.entries(counts).map(([what, many]) => `${many} ${what}`);
  if (counted.length) return `looked at: ${counted.join(', ')}`;
  const checks = services.flatMap(({ name, audits = [] }) => audits.map((one) => `${name}: ${one.name}`));
  return checks.length ? `looked beside the chain at ${checks.join(', ')}: nothing is recorded there yet` : 'looked at the chain alone';
}

async function audit(): Promise<void> {
  const known = { keys: await publicKeys(), roots: await keptRoots() };
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const began = performance.now();
  const { extents, findings, counts } = await withDatabase((owner) =>
    auditServices(
      owner,
      services,
      known,
      (one) => say(values.json ? JSON.stringify(one) : shown(one)),
      (text) => void process.stderr.write(`${text}\n`),
    ),
  );
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  if (values.json)
    say(
      JSON.stringify({
        ...{ findings, keys: known.keys.length, keptRoots: known.roots.length, services: extents, counts, seconds: Number(seconds) },
      }),
    );
  else {
    extents.forEach((extent) => say(summary(extent)));
    say(lookedAt(counts));
    if (extents.length > 0 && known.keys.length === 0) say('no key was given: nobody knows who signed the roots');
    say(findings === 0 ? `nothing is wrong, after ${seconds} s` : `${findings} findings, after ${seconds} s`);
  }
  process.exitCode = findings === 0 ? 0 : 1;
}

async function keepRoot(file: string): Promise<void> {
  const roots = await withDatabase((owner) => newestRoots(owner, services));
  await writeFile(file, roots.map((root) => `${JSON.stringify(root)}\n`).join(''), { flag: 'a' });
  process.stdout.write(
    roots.length
      ? `${roots.length} roots were added to ${resolve(file)}\n`
      : `no root was added to ${resolve(file)}: none is signed yet. An exchange that has a signing key signs at 00:00 UTC (08:00 in Shanghai) of each day, if anything was sealed since\n`,
  );
}

await runCommand(() => (values['keep-root'] === undefined ? audit() : keepRoot(values['keep-root'])), { failed: 2 });
