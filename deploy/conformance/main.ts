// npm run conformance: plays a partner platform against another, and says clause by clause whether it keeps docs/interconnection.md.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseYuan } from '#domain';
import { commandLine, endedWithUs, messageOf, publicPath, runCommand, wholeOption, WrongUse } from '#platform';
import { PartnerKey, type PartnerSuite } from '#testing';
import { chosen, cleanUp, clauses, type Result, runClauses } from './run.js';
import { Stage } from './stage.js';
import { type ClientTls, Line, type ServerTls, serve } from './wire.js';

const help = `npm run -s conformance -- --platform NAME --address HOST:PORT --their-key FILE [options]

Plays a partner platform against the one at the address, as its buyer and as its seller, and says of each clause of docs/interconnection.md whether it is kept.
It listens too, so that it can be told things: register it there as the first lines say, give its participant a deposit, advertise something to it, and place a bid
there when it asks for one. It commits one node for a quarter of an hour (what is a lease cannot be taken back), and takes back all else that it reserves and advertises. Ends with 0, with 1 where a clause is not kept, with 2 where it
could not begin. What can be neither shown nor refuted here and now is not tried, and says why.

  --platform NAME      of the platform that is tried, as it names itself
  --address HOST:PORT  of its gRPC
  --their-key FILE     PEM of its public key
  --name NAME          this program's, among platforms [Conformance]
  --key FILE           PEM of the key by which it signs; made where it is missing, with its public half beside it (….pub.pem) [conformance-key.pem]
  --suite NAME         of a key that is made: international (Ed25519) or national (SM2) [international]
  --listen HOST:PORT   where it listens [127.0.0.1:18790]
  --reached HOST:PORT  where the other side reaches it, where that is another address
  --tls                the address speaks TLS; --ca FILE: PEM of who vouches for its certificate
  --client-cert FILE, --client-key FILE   PEM of what is shown to it, where it asks for a certificate; its SHA-256 is printed, to be registered there
  --server-cert FILE, --server-key FILE   PEM: this program's port speaks TLS; --client-ca FILE: it asks for certificates that this one vouches for
  --model NAME, --region CODE, --price YUAN   of the cards that it offers [T4, 110000, 1.00]
  --only NAME          clauses whose name begins so; may be given several times
  --wait SECONDS       how long it waits for what the other side does by itself or its people do [120]
  --limit SECONDS      ends after so long; what was not come to is not tried
  --list               the clauses
  --json               one JSON object {platform, clauses: [{clause, name, passed, why}], passed, failed, notTried, left}`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const { values } = commandLine(help, {
  options: {
    ...{ platform: text, address: text, 'their-key': text, ca: text, limit: text, reached: text },
    ...{ 'client-cert': text, 'client-key': text, 'server-cert': text, 'server-key': text, 'client-ca': text },
    ...{ tls: flag, list: flag, json: flag, only: { type: 'string', multiple: true, default: [] } },
    ...{
      name: { ...text, default: 'Conformance' },
      key: { ...text, default: 'conformance-key.pem' },
      suite: { ...text, default: 'international' },
    },
    ...{ listen: { ...text, default: '127.0.0.1:18790' }, wait: { ...text, default: '120' } },
    ...{ model: { ...text, default: 'T4' }, region: { ...text, default: '110000' }, price: { ...text, default: '1.00' } },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** @throws WrongUse option_must_be_given */
function given(name: 'platform' | 'address' | 'their-key'): string {
  const value = values[name];
  if (value === undefined) throw new WrongUse(`option_must_be_given: --${name}`);
  return value;
}

/** @throws Error file_must_be_readable */
function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`file_must_be_readable: --${option}: ${(error as Error).message}`, { cause: error });
  }
}

type FileOption = 'ca' | 'client-ca' | 'client-cert' | 'client-key' | 'server-cert' | 'server-key';

function fileOf(option: FileOption): string | undefined {
  const file = values[option];
  return file === undefined ? undefined : read(option, file);
}

/** @throws WrongUse options_must_be_given_together */
function pairOf(cert: 'client-cert' | 'server-cert', key: 'client-key' | 'server-key'): { cert: string; key: string } | undefined {
  const [one, other] = [fileOf(cert), fileOf(key)];
  if (one !== undefined && other !== undefined) return { cert: one, key: other };
  if (one !== undefined || other !== undefined) throw new WrongUse(`options_must_be_given_together: --${cert}, --${key}`);
  return undefined;
}

function clientTls(): ClientTls | undefined {
  const ca = fileOf('ca');
  return values.tls ? { ...(ca !== undefined && { ca }), ...pairOf('client-cert', 'client-key') } : undefined;
}

function serverTls(): ServerTls | undefined {
  const pair = pairOf('server-cert', 'server-key');
  const ca = fileOf('client-ca');
  return pair && { ...pair, ...(ca !== undefined && { ca }) };
}

function ownKey(): PartnerKey {
  const { key: file, suite } = values;
  if (!['international', 'national'].includes(suite)) throw new WrongUse('option_must_be_one_of: --suite international, national');
  if (!existsSync(file)) {
    const made = PartnerKey.make(suite as PartnerSuite);
    writeFileSync(file, made.privateKey, { mode: 0o600 });
    writeFileSync(publicPath(file), made.publicKey);
  }
  return PartnerKey.read(read('key', file));
}

const numberOf = (name: 'wait' | 'limit' | 'region'): number => wholeOption(name, values[name] ?? '', 1, 999_999);

function price(): number {
  try {
    return Number(parseYuan(values.price));
  } catch (cause) {
    throw new WrongUse(`option_must_be_yuan: --price: ${(cause as Error).message}`, { cause });
  }
}

const words = ({ passed }: Result): string => (passed === null ? 'not tried' : passed ? 'passed' : 'FAILED');
const lineOf = (result: Result): string =>
  `${words(result).padEnd(9)} ${result.clause}: ${result.name}${result.why && `\n          ${result.why}`}`;

async function main(): Promise<void> {
  if (values.list) return void process.stdout.write(clauses.map(({ clause, name }) => `${clause.padEnd(44)} ${name}\n`).join(''));
  const wanted = chosen(values.only);
  const partner = { name: given('platform'), publicKey: read('their-key', given('their-key')) };
  const key = ownKey();
  const shown = clientTls();
  const line = new Line(given('address'), shown);
  endedWithUs(async () => line.close());
  const around = { now: () => Date.now(), pass: (ms: number) => sleep(ms), ask: say };
  const offer = { model: values.model, region: numberOf('region'), price: price() };
  const stage = new Stage({ name: values.name, key, partner, line }, around, offer, numberOf('wait') * 1_000);
  const [port, close] = await serve(values.listen, serverTls(), (signed) => stage.listener.hear(signed));
  endedWithUs(async () => close());
  const reached = values.reached ?? `${values.listen.slice(0, values.listen.lastIndexOf(':'))}:${port}`;
  say(
    `Register at ${partner.name} the platform ${values.name}, reached at ${reached}${values['server-cert'] ? ' by TLS' : ' without TLS'}, with the key (${key.suite})\n${key.publicKey}${shown?.cert ? `and the certificate ${new X509Certificate(shown.cert).fingerprint256}\n` : ''}`,
  );
  await known(stage);
  const ends = values.limit === undefined ? Infinity : Date.now() + numberOf('limit') * 1_000;
  const results = await runClauses(
    stage,
    wanted,
    (result) => (values.json ? say : out)(lineOf(result)),
    () => Date.now() >= ends,
  );
  report(results, await cleanUp(stage));
}

/** Registering takes people: until it is done every hello ends as of an unknown sender. */
async function known(stage: Stage): Promise<void> {
  const { speaker } = stage;
  let told = '';
  for (const until = stage.now + stage.waitMs; stage.now < until; await sleep(1_000)) {
    const why = await speaker.say(stage.hello()).then(() => '', messageOf);
    if (!/UNAUTHENTICATED|UNAVAILABLE/.test(why)) return;
    if (why !== told) say(`Waiting until it answers: ${why}`);
    told = why;
  }
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);

function report(results: readonly Result[], left: readonly string[]): void {
  const count = (passed: boolean | null): number => results.filter((one) => one.passed === passed).length;
  const counts = { passed: count(true), failed: count(false), notTried: count(null) };
  if (values.json) out(JSON.stringify({ platform: values.platform, clauses: results, ...counts, left }));
  else {
    out(`${counts.passed} passed, ${counts.failed} failed, ${counts.notTried} not tried`);
    for (const one of left) out(`not taken back: ${one}`);
  }
  process.exitCode = counts.failed ? 1 : 0;
}

await runCommand(main, { failed: 2 });
