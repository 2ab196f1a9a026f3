// What this process shows to servers of others that ask who calls: a certificate and its key, read again when they are rotated.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { messageOf } from './fault.js';
import type { Logger } from './log.js';
import { files } from './papers.js';

const lookMs = 1_000;

/** PEM of each; the certificate with those between it and its authority behind it. */
export interface Shown {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export class ClientPapers {
  private readonly timer: NodeJS.Timeout;
  /** Why what lies in the folder is not taken, as the log has it. */
  private refused: string | undefined;

  private constructor(
    private readonly folder: string,
    private shown: Shown,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => void this.look(), lookMs).unref();
  }

  /** @throws Error client_certificate_must_be_readable, certificate_must_fit_its_key, client_certificate_must_be_current */
  static async open(folder: string, log: Logger): Promise<ClientPapers> {
    return new ClientPapers(folder, await read(folder), log);
  }

  /** The same object until others are taken. */
  get now(): Shown {
    return this.shown;
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** What is half written, does not belong together or is over is not taken: the old ones serve on, and the log says so once. */
  async look(): Promise<void> {
    try {
      const shown = await read(this.folder);
      this.refused = undefined;
      if (shown.cert.equals(this.shown.cert) && shown.key.equals(this.shown.key)) return;
      this.shown = shown;
      this.log.info(
        { folder: this.folder, validTo: new X509Certificate(shown.cert).validTo },
        'the certificate shown to others was rotated',
      );
    } catch (error) {
      const why = messageOf(error);
      if (why !== this.refused) this.log.warn({ err: error, folder: this.folder }, 'another certificate to show cannot be used');
      this.refused = why;
    }
  }
}

async function read(folder: string): Promise<Shown> {
  const path = join(folder, files.cert);
  try {
    const [cert, key] = await Promise.all([readFile(path), readFile(join(folder, files.key))]);
    const certificate = new X509Certificate(cert);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error(`certificate_must_fit_its_key: ${path}`);
    if (certificate.validToDate.getTime() <= Date.now())
      throw new Error(`client_certificate_must_be_current: ${path} was valid until ${certificate.validTo}`);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    if (/^[a-z]+_[a-z_]+: /.test(messageOf(cause))) throw cause;
    throw new Error(`client_certificate_must_be_readable: ${folder}: ${messageOf(cause)}`, { cause });
  }
}
