// The reference receiver: a national node as docs/national-node.md has it, over HTTP, and a second port by which it is watched and told to fail.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { opened } from '#platform';
import { message as messageShape } from './contract.js';
import { type Fault, Faults, isFault } from './faults.js';
import { judge } from './judge.js';
import type { Json } from './shape.js';
import type { Store } from './store.js';

const prefix = Buffer.from('compute-exchange national v1\n');
const clockMsMax = 300_000;
const bodyBytesMax = 8 << 20;

export interface ReceiverOptions {
  readonly store: Store;
  /** Its own key, by which answers are signed. */
  readonly key: KeyObject;
  /** Regions that may report, and their public keys. */
  readonly senders: ReadonlyMap<string, KeyObject>;
  /** What a sender has to show as Authorization: Bearer; empty: nothing. */
  readonly credential: string;
  /** PEM for TLS with a certificate asked of the sender. */
  readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
  /** Takes the sender's time for its own: for a sender whose clock is virtual. */
  readonly trustsClocks: boolean;
}

interface Message {
  readonly id: string;
  readonly from: string;
  readonly receipts?: number;
  readonly items?: readonly Json[];
  readonly ask?: { readonly cursor?: string; readonly limit: number };
}

/** Not signed, it is nobody's word: nothing is known by it. */
type Answer = { readonly signed: Json } | { readonly status: number; readonly reason: string };

export class Receiver {
  readonly faults = new Faults();
  private readonly servers: Server[] = [];
  /** Answers that are late, and what says them. */
  private readonly late = new Map<() => void, NodeJS.Timeout | undefined>();

  constructor(private readonly options: ReceiverOptions) {}

  /** @returns the ports, as they are. @throws Error port_must_be_free */
  async listen(host: string, port: number, controlPort: number): Promise<{ port: number; controlPort: number }> {
    const { tls } = this.options;
    const onMessage = (request: IncomingMessage, response: ServerResponse) => void this.take(request, response);
    const own = tls ? createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true }, onMessage) : createServer(onMessage);
    const control = createServer((request, response) => void this.control(request, response));
    return {
      port: await this.open(own, '--port', host, port),
      controlPort: await this.open(control, '--control', '127.0.0.1', controlPort),
    };
  }

  async close(): Promise<void> {
    for (const timer of this.late.values()) clearTimeout(timer);
    for (const server of this.servers) server.closeAllConnections();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
    this.options.store.close();
  }

  private async open(server: Server, option: string, host: string, port: number): Promise<number> {
    this.servers.push(server);
    await opened(option, `${host}:${port}`, async () => {
      server.listen(port, host);
      await once(server, 'listening');
    });
    return (server.address() as AddressInfo).port;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const fault = this.faults.ofMessage(body?.toString() ?? '');
    if (fault?.mode === 'drop-requests') return void request.socket.destroy();
    if (fault?.mode === 'down') return end(response, 503, 'down for a test');
    if (!body) return end(response, 413, `a message has at most ${bodyBytesMax} bytes`);
    const answer = this.answerTo(request, body, fault?.mode === 'refuse-message');
    if (!('signed' in answer)) return end(response, answer.status, answer.reason);
    if (fault?.mode === 'drop-answers') return void request.socket.destroy();
    const say = () => this.say(response, answer.signed, fault?.mode === 'unsigned' ? strangerKey() : this.options.key);
    if (fault?.mode !== 'late') return say();
    const sayLate = () => void (this.late.delete(sayLate) && say());
    this.late.set(sayLate, fault.ms === undefined ? undefined : setTimeout(sayLate, fault.ms));
  }

  /** Who does not show that it is a region that reports gets no signed answer, and nothing of it is kept. */
  private answerTo({ method, headers }: IncomingMessage, body: Buffer, isToBeRefused: boolean): Answer {
    const { credential, store } = this.options;
    if (method !== 'POST') return { status: 405, reason: 'messages are posted' };
    if (credential && headers.authorization !== `Bearer ${credential}`) return { status: 401, reason: 'the credential is wrong' };
    const message = parsed(body) as Message | undefined;
    const sender = message && this.options.senders.get(String(message.from));
    const saidAt = Number(headers['exchange-said-at']);
    if (!message || !sender || !isSignedBy(sender, headers, saidAt, body))
      return { status: 401, reason: 'message_must_be_signed_by_a_region: by the key that is registered for it' };
    const now = this.options.trustsClocks ? saidAt : Date.now();
    const { id, from } = message;
    const counts = () => {
      const { receipts, heardSerial, wantsFull } = store.counts(from);
      return { answers: id, time: new Date(now).toISOString(), receipts, heardSerial, wantsFull };
    };
    const refused = (rule: string, detail: string) => ({ signed: { ...counts(), refused: { rule, detail } } });
    if (Math.abs(now - saidAt) > clockMsMax) return refused('clocks_must_agree', `it is ${new Date(now).toISOString()} here`);
    const wrong = isToBeRefused ? 'the receiver was told to refuse it' : messageShape(message);
    if (wrong !== undefined) return refused('message_must_obey_the_contract', wrong);
    const { receipts = 0, items = [], ask } = message;
    if (receipts > counts().receipts) return refused('receipts_must_be_known', `${counts().receipts} were taken here, and no ${receipts}`);
    const returns = ask && store.returnsAfter(ask.cursor ?? '', ask.limit);
    if (ask && !returns) return refused('cursor_must_come_from_this_node', 'begin anew');
    const judging = { store, sender: from, now, faults: this.faults };
    const decided = store.transaction(() => items.flatMap((item) => judge(judging, item) ?? []));
    return { signed: { ...counts(), items: decided, ...(returns ? { returns } : {}) } };
  }

  private say(response: ServerResponse, answer: Json, key: KeyObject): void {
    const body = Buffer.from(JSON.stringify(answer));
    const saidAt = Date.now();
    response.writeHead(200, {
      'content-type': 'application/json',
      'exchange-said-at': String(saidAt),
      'exchange-key-id': keyIdOf(key),
      'exchange-suite': isEd25519(key) ? 'international' : 'national',
      'exchange-signature': sign(isEd25519(key) ? undefined : 'sm3', signedText(saidAt, body), key).toString('base64'),
    });
    response.end(body);
  }

  private fail(fault: Fault | undefined): void {
    this.faults.set(fault);
    for (const sayLate of [...this.late.keys()]) sayLate();
  }

  private async control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { store, senders } = this.options;
    const body = parsed((await bodyOf(request)) ?? Buffer.alloc(0));
    const [, action = '', name = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    const sender = name || [...senders.keys()][0]!;
    const done = (answer: unknown): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    const called = `${request.method} ${action}`;
    if (called === 'GET state') return done(store.counts(sender));
    if (called === 'GET taken') return done(store.taken(sender));
    if (called === 'GET items') return done(store.items(sender));
    if (called === 'PUT fault' && isFault(body)) return done(this.fail(body) ?? {});
    if (called === 'DELETE fault') return done(this.fail(undefined) ?? {});
    if (called === 'POST returns' && body) return done(store.give(body as Json) ?? {});
    if (called === 'POST want-full') return done(store.wantFull(sender, true) ?? {});
    return end(response, 404, 'npm run national-receiver -- --help tells what there is');
  }
}

/** Undefined where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= bodyBytesMax) pieces.push(piece);
  }
  return bytes <= bodyBytesMax ? Buffer.concat(pieces) : undefined;
}

function parsed(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Whatever is wrong with it, it is no message.
    return undefined;
  }
}

function signedText(saidAt: number, body: Buffer): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(saidAt));
  return Buffer.concat([prefix, time, body]);
}

export const keyIdOf = (key: KeyObject): string => {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
};

const isEd25519 = (key: KeyObject): boolean => key.asymmetricKeyType === 'ed25519';

function isSignedBy(key: KeyObject, headers: IncomingMessage['headers'], saidAt: number, body: Buffer): boolean {
  if (!Number.isSafeInteger(saidAt) || headers['exchange-key-id'] !== keyIdOf(key)) return false;
  const suite = headers['exchange-suite'];
  if (suite !== (isEd25519(key) ? 'international' : 'national')) return false;
  const signature = Buffer.from(String(headers['exchange-signature'] ?? ''), 'base64');
  return verify(suite === 'national' ? 'sm3' : undefined, signedText(saidAt, body), key, signature);
}

let stranger: KeyObject | undefined;
const strangerKey = (): KeyObject => (stranger ??= generateKeyPairSync('ed25519').privateKey);

const end = (response: ServerResponse, status: number, reason: string): void =>
  void response.writeHead(status, { 'content-type': 'text/plain' }).end(reason);
