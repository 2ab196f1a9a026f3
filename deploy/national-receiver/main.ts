// npm run national-receiver: a national node to test against, until Ctrl-C.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, endedWithUs, interrupted, messageOf, publicPath, runCommand, wholeOption, WrongUse } from '#platform';
import { modes } from './faults.js';
import { keyIdOf, Receiver } from './receiver.js';
import { Store } from './store.js';

const help = `npm run national-receiver -- --sender NAME=FILE [options]

The reference receiver of docs/national-node.md: takes a region's identifiers, resources, monitoring and indicators, judges them by that document alone,
answers signed, and sends back what it is given. One line of JSON says where it listens.

  --sender NAME=FILE   a region that reports, and the PEM file of its public key; may be given several times
  --data FILE          what it keeps [national.sqlite]; a copy made while it is stopped is a back-up
  --key FILE           PEM of its own key; made where it is missing, with its public half beside it (….pub.pem), which the region names as EXCHANGE_NATIONAL_KEY [national-key.pem]
  --suite NAME         of a key that is made: international (Ed25519) or national (SM2) [international]
  --host, --port       where messages are posted [127.0.0.1, 8090]
  --control PORT       where it is watched and told to fail, on 127.0.0.1 [8091]
  --tls FOLDER         ca.pem, cert.pem and key.pem: mutual TLS
  --credential TEXT    asks for Authorization: Bearer TEXT
  --trust-clocks       takes the sender's time for its own: for a sender with a virtual clock

Control, all JSON; NAME is the first sender where it is left out:
  GET /state/NAME      {receipts, heardSerial, wantsFull}
  GET /taken/NAME      every item that was taken, in order
  GET /items/NAME      the newest of each, with its content
  POST /returns        an entry to send back
  POST /want-full/NAME ask for every resource anew
  DELETE /fault        fail no more
  PUT /fault           {"mode": …, "times": N, "match": TEXT, "rule": NAME, "ms": N}; of messages only those that contain TEXT
${Object.entries(modes)
  .map(([mode, does]) => `    ${mode.padEnd(14)} ${does}`)
  .join('\n')}`;

const { values } = commandLine(help, {
  options: {
    sender: { type: 'string', multiple: true, default: [] },
    data: { type: 'string', default: 'national.sqlite' },
    key: { type: 'string', default: 'national-key.pem' },
    suite: { type: 'string', default: 'international' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8090' },
    control: { type: 'string', default: '8091' },
    tls: { type: 'string' },
    credential: { type: 'string', default: '' },
    'trust-clocks': { type: 'boolean', default: false },
  },
});

/** @throws WrongUse where the text names no sender, Error where its file holds no public key */
function senderOf(given: string): [string, KeyObject] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(given) ?? [];
  if (name === undefined || file === undefined) throw new WrongUse(`--sender must be NAME=FILE, not ${given}`);
  try {
    return [name, createPublicKey(readFileSync(file))];
  } catch (cause) {
    throw new Error(`--sender ${given}: ${messageOf(cause)}`, { cause });
  }
}

function ownKey(file: string, suite: string): KeyObject {
  if (!existsSync(file)) {
    const made = suite === 'national' ? generateKeyPairSync('ec', { namedCurve: 'SM2' }) : generateKeyPairSync('ed25519');
    writeFileSync(file, made.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(publicPath(file), made.publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return createPrivateKey(readFileSync(file));
}

const tlsOf = (folder: string) => {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)));
  return { tls: { ca: ca!, cert: cert!, key: key! } };
};

interface Place {
  readonly port: number;
  readonly control: number;
}

/** @throws Error where a port or a file cannot be had; of what was made for this start nothing is left then */
async function listening(senders: ReadonlyMap<string, KeyObject>, { port, control }: Place): Promise<void> {
  const made = [values.key, publicPath(values.key), values.data].filter((file) => !existsSync(file));
  let receiver: Receiver | undefined;
  try {
    const tls = values.tls === undefined ? {} : tlsOf(values.tls);
    const key = ownKey(values.key, values.suite);
    const store = new Store(values.data);
    const opened = new Receiver({ store, key, senders, credential: values.credential, trustsClocks: values['trust-clocks'], ...tls });
    receiver = opened;
    const ports = await receiver.listen(values.host, port, control);
    const url = `${values.tls === undefined ? 'http' : 'https'}://${values.host}:${ports.port}/v1/messages`;
    process.stdout.write(`${JSON.stringify({ url, control: `http://127.0.0.1:${ports.controlPort}`, keyId: keyIdOf(key) })}\n`);
    endedWithUs(() => opened.close());
  } catch (error) {
    await receiver?.close();
    for (const file of made) rmSync(file, { force: true });
    throw error;
  }
}

async function main(): Promise<void> {
  if (!values.sender.length) throw new WrongUse('--sender must be given');
  if (!['international', 'national'].includes(values.suite)) throw new WrongUse('--suite must be international or national');
  const [port, control] = [wholeOption('port', values.port, 0, 65_535), wholeOption('control', values.control, 0, 65_535)];
  await listening(new Map(values.sender.map(senderOf)), { port, control });
  await interrupted;
}

// Who interrupts it has what it is for: it ended well.
await runCommand(main, { interrupted: 0 });
