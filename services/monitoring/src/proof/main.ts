// `npm run telemetry-proof`: verifies a month of telemetry that provider and exchange have signed, from the file alone.
import { createPublicKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { commandLine, endWrongUse, messageOf, WrongUse } from '#platform';
import { type ProofFinding, ProofVerifier } from './verify.js';

const help = `npm run telemetry-proof -- FILE --key FILE [--agent-key FILE] [--json]

Verifies what GET /v1/pools/{pool_id}/telemetry-proof?from=&to= gave: every roll-up against its digest, every slot's and day's digest against what the provider's
agent signed, and that against the exchange's counter-signature. It reads the file and the keys, and asks nobody. Names each finding, with day, slot and node;
ends with 0 where each day of the file is proven, with 1 where one is not, with 2 where it could not look.

  FILE               the proof; - for the standard input
  --key FILE         public key in PEM of the exchange (its signing-key.pub.pem); more than one may be given
  --agent-key FILE   public key in PEM of the agent; more than one may be given. Without it the keys in the file are believed
  --json             one JSON object a finding, then one that sums up`;

const { values, positionals } = commandLine(help, {
  allowPositionals: true,
  options: {
    ...{ key: { type: 'string', multiple: true }, 'agent-key': { type: 'string', multiple: true } },
    json: { type: 'boolean' },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const readKeys = (files: readonly string[] = []) => Promise.all(files.map(async (file) => createPublicKey(await readFile(file, 'utf8'))));

const shown = ({ day, where, rule, detail }: ProofFinding): string =>
  `${[day, where].filter(Boolean).join(' ')}: ${rule.replaceAll('_', ' ')}: ${detail}`;

async function verify(file: string): Promise<void> {
  const keys = { exchange: await readKeys(values.key), agent: await readKeys(values['agent-key']) };
  const verifier = new ProofVerifier(keys, (finding) => say(values.json ? JSON.stringify(finding) : shown(finding)));
  const input = file === '-' ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line.trim() !== '') verifier.take(line);
  verifier.end();
  const { findings, proven } = verifier;
  const wattHours = Math.floor(proven.wattHours);
  if (values.json) say(JSON.stringify({ findings: findings.length, ...proven, wattHours, isAgentKnown: keys.agent.length > 0 }));
  else {
    say(`${proven.days} days stand proven; ${proven.nodeSlots} node-slots were read: ${proven.unitSlots} unit-slots up, ${wattHours} Wh`);
    if (proven.daysWithRowsAside > 0)
      say(`of ${proven.daysWithRowsAside} of them the exchange put rows of its log aside unread; both have signed the same without them`);
    if (keys.agent.length === 0) say('no agent key was given: nobody but the file says whose key it is');
    say(findings.length === 0 ? 'nothing is wrong' : `${findings.length} findings`);
  }
  process.exitCode = findings.length === 0 ? 0 : 1;
}

const [given, ...more] = positionals;
if (given === undefined || more.length || !values.key) endWrongUse(new WrongUse('a file and --key must be given'));
try {
  await verify(given);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
}
