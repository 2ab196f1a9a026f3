// npm run national-receiver: a national node to test against, until Ctrl-C.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
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

/** @throws Error where the text names no sender */
function senderOf(given: string): [string, KeyObject] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(given) ?? [];
  if (name === undefined || file === undefined) throw new Error(`--sender must be NAME=FILE: ${given}`);
  return [name, createPublicKey(readFileSync(file))];
}

function ownKey(file: string, suite: string): KeyObject {
  if (!existsSync(file)) {
    const made = suite === 'national' ? generateKeyPairSync('ec', { namedCurve: 'SM2' }) : generateKeyPairSync('ed25519');
    writeFileSync(file, made.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(file.replace(/(\.pem)?$/, '.pub.pem'), made.publicKey.export({ type: 'spki', format: 'pem' }));
  }
  return createPrivateKey(readFileSync(file));
}

const tlsOf = (folder: string) => {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)));
  return { tls: { ca: ca!, cert: cert!, key: key! } };
};

if (values.help) process.stdout.write(`${help}\n`);
else {
  if (!values.sender.length) throw new Error('--sender must be given: --help tells how');
  const key = ownKey(values.key, values.suite);
  const receiver = new Receiver({
    ...{ store: new Store(values.data), key, senders: new Map(values.sender.map(senderOf)) },
    ...{ credential: values.credential, trustsClocks: values['trust-clocks'], ...(values.tls === undefined ? {} : tlsOf(values.tls)) },
  });
  const { port, controlPort } = await receiver.listen(values.host, Number(values.port), Number(values.control));
  const scheme = values.tls === undefined ? 'http' : 'https';
  const where = { url: `${scheme}://${values.host}:${port}/v1/messages`, control: `http://127.0.0.1:${controlPort}`, keyId: keyIdOf(key) };
  process.stdout.write(`${JSON.stringify(where)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void receiver.close());
}
