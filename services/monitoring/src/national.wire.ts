// One message to the national node and its answer: JSON over HTTP, both signed.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, type RequestOptions, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { NationalAnswer, NationalMessage } from '#contracts';
import { Clock, Config, Cryptography, Unanswered, fromJson, isSigned, keyIdOf, platformKey, toJson, validate } from '#platform';

const prefix = Buffer.from('compute-exchange national v1\n');
const answerMsMax = 20_000;
const answerBytesMax = 4 << 20;

/** The prefix tells this use of a key from all others; the time is signed anew each time, so that an old copy of a message is known as one. */
const signedText = (saidAt: number, body: Uint8Array): Buffer => {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(saidAt));
  return Buffer.concat([prefix, time, body]);
};

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

@Injectable()
export class NationalWire implements OnModuleInit, OnModuleDestroy {
  private own: KeyObject | undefined;
  private theirs: KeyObject | undefined;
  private agent: HttpAgent | HttpsAgent | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly cryptography: Cryptography,
  ) {}

  /** @throws Error where a file that the settings name cannot be read, so that the process does not start */
  async onModuleInit(): Promise<void> {
    const { nationalUrl, nationalKey, nationalCertificates: folder } = this.config;
    if (!nationalUrl) return;
    this.own = await platformKey(this.config, this.cryptography);
    this.theirs = await publicKeyIn(nationalKey);
    const isTls = new URL(nationalUrl).protocol === 'https:';
    const files = isTls && folder ? await certificatesIn(folder) : {};
    this.agent = isTls ? new HttpsAgent({ keepAlive: true, ...files }) : new HttpAgent({ keepAlive: true });
  }

  onModuleDestroy(): void {
    this.stop();
    this.agent?.destroy();
  }

  /** What is asked has no answer any more: it is said again by who comes next. */
  stop(): void {
    this.stopping.abort();
  }

  /** False where no national node is configured, or this platform has no key: then nothing is said. */
  get canSpeak(): boolean {
    return this.own !== undefined;
  }

  /** Of the key that signs; empty where there is none. */
  get keyId(): string {
    return this.own ? keyIdOf(this.own) : '';
  }

  /** @throws Unanswered where there is no answer to this message that the national node signed and that obeys the contract */
  async ask(message: NationalMessage): Promise<NationalAnswer> {
    const heard = await this.post(Buffer.from(toJson(NationalMessage.$type, message)));
    if (!this.isSignedByThem(heard))
      throw new Unanswered(`answer_must_be_signed_by_the_national_node: status ${heard.status}, ${heard.body.toString().slice(0, 200)}`);
    return readAnswer(heard.body, message);
  }

  private async post(body: Buffer): Promise<Heard> {
    const saidAt = this.clock.now();
    const { nationalUrl, nationalCredential } = this.config;
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'exchange-said-at': String(saidAt),
      'exchange-key-id': this.keyId,
      'exchange-suite': this.cryptography.suite,
      'exchange-signature': this.cryptography.sign(signedText(saidAt, body), this.own!).toString('base64'),
      ...(nationalCredential ? { authorization: `Bearer ${nationalCredential}` } : {}),
    };
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(answerMsMax)]);
    try {
      return await send(nationalUrl, { method: 'POST', agent: this.agent, headers, signal }, body);
    } catch (error) {
      throw new Unanswered(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  private isSignedByThem({ headers, body }: Heard): boolean {
    const saidAt = Number(headers['exchange-said-at']);
    const signature = Buffer.from(String(headers['exchange-signature'] ?? ''), 'base64');
    return Number.isSafeInteger(saidAt) && isSigned(String(headers['exchange-suite']), signedText(saidAt, body), this.theirs!, signature);
  }
}

async function publicKeyIn(file: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(file));
  } catch (cause) {
    throw new Error(`national_key_must_be_readable: ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** @throws Error naming the file that cannot be read; one of cert.pem and key.pem without the other is missing */
async function certificatesIn(folder: string): Promise<{ ca: Buffer; cert?: Buffer; key?: Buffer }> {
  const ca = await readFile(join(folder, 'ca.pem'));
  const [cert, key] = await Promise.all(
    ['cert.pem', 'key.pem'].map((name) =>
      readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    ),
  );
  if ((cert === undefined) !== (key === undefined))
    throw new Error(`national_certificates_must_be_cert_and_key: ${folder} has one of them`);
  return cert && key ? { ca, cert, key } : { ca };
}

function send(url: string, options: RequestOptions, body: Buffer): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, options, (answer) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > answerBytesMax) request.destroy(new Error(`answer_must_not_exceed_${answerBytesMax}_bytes`));
        else pieces.push(piece);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) }));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** @throws Unanswered where it breaks the contract, or answers another message */
function readAnswer(body: Buffer, message: NationalMessage): NationalAnswer {
  const answer = parsed(body);
  const [violation] = validate(NationalAnswer.$type, answer);
  if (violation) throw new Unanswered(`answer_must_obey_the_contract: ${violation.field} ${violation.detail}`);
  if (answer.answers !== message.id) throw new Unanswered('answer_must_answer_the_message: it is of another');
  return answer;
}

function parsed(body: Buffer): NationalAnswer {
  try {
    return fromJson(NationalAnswer.$type, JSON.parse(body.toString())) as NationalAnswer;
  } catch (error) {
    throw new Unanswered(`answer_must_obey_the_contract: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
