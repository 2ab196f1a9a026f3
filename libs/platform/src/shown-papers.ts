// What this process shows to others who ask who it is: a certificate and its key, read again when they are rotated; and whose certificates it takes in turn.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { codeOf, messageOf } from './fault.js';
import type { Logger } from './log.js';
import { blocksOf, files } from './papers.js';

const lookMs = 1_000;

/** On which side of a connection they are shown. */
export type Side = 'client' | 'server';

/** PEM of each; the certificate with those between it and its authority behind it. */
export interface Shown {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Of a server: authorities of which a client's certificate must be. Undefined: it may be anybody's. */
  readonly ca: Buffer | undefined;
}

export class ShownPapers {
  private readonly told: ((shown: Shown) => void)[] = [];
  private readonly timer: NodeJS.Timeout;
  /** Why what lies in the folder is not taken, as the log has it. */
  private refused: string | undefined;

  private constructor(
    private readonly folder: string,
    readonly side: Side,
    private shown: Shown,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => void this.look(), lookMs).unref();
  }

  /**
   * @param folder with cert.pem and key.pem; of a server perhaps ca.pem
   * @throws Error certificate_must_fit_its_key; (client|server)_certificate_must_be_readable, …_must_be_current
   */
  static async open(folder: string, side: Side, log: Logger): Promise<ShownPapers> {
    return new ShownPapers(folder, side, await read(folder, side), log);
  }

  /** The same object until others are taken. */
  get now(): Shown {
    return this.shown;
  }

  /** What lies in the folder is not taken. */
  get isRefused(): boolean {
    return this.refused !== undefined;
  }

  /** `told` hears of others. */
  watch(told: (shown: Shown) => void): void {
    this.told.push(told);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** What is half written, does not belong together or is over is not taken: the old ones serve on, and the log says so once. */
  async look(): Promise<void> {
    try {
      const shown = await read(this.folder, this.side);
      mustAskAlike(shown, this.shown);
      this.refused = undefined;
      if (isSame(shown, this.shown)) return;
      this.shown = shown;
      this.log.info(
        { folder: this.folder, validTo: new X509Certificate(shown.cert).validTo },
        'the certificate shown to others was rotated',
      );
      for (const tell of this.told) tell(shown);
    } catch (error) {
      const why = messageOf(error);
      if (why !== this.refused) this.log.warn({ err: error, folder: this.folder }, 'another certificate to show cannot be used');
      this.refused = why;
    }
  }
}

async function read(folder: string, side: Side): Promise<Shown> {
  const path = join(folder, files.cert);
  try {
    const [cert, key, ca] = await Promise.all([
      readFile(path),
      readFile(join(folder, files.key)),
      side === 'server' ? authorities(folder) : undefined,
    ]);
    const certificate = new X509Certificate(cert);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error(`certificate_must_fit_its_key: ${path}`);
    if (certificate.validToDate.getTime() <= Date.now())
      throw new Error(`${side}_certificate_must_be_current: ${path} was valid until ${certificate.validTo}`);
    createSecureContext({ cert, key, ...(ca && { ca }) });
    return { cert, key, ca };
  } catch (cause) {
    if (/^[a-z]+_[a-z_]+: /.test(messageOf(cause))) throw cause;
    throw new Error(`${side}_certificate_must_be_readable: ${folder}: ${messageOf(cause)}`, { cause });
  }
}

/** @throws Error authority_must_be_named where the file is there and holds none: it would shut everybody out, or let everybody in */
async function authorities(folder: string): Promise<Buffer | undefined> {
  const path = join(folder, files.ca);
  try {
    const ca = await readFile(path);
    const blocks = blocksOf(ca);
    if (!blocks.length) throw new Error(`authority_must_be_named: ${path} holds no certificate`);
    // A context takes those that come before a broken one, and says nothing of that.
    for (const one of blocks) new X509Certificate(one);
    return ca;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a port turns away those of other authorities is settled when it opens. @throws Error authorities_must_stay */
function mustAskAlike(shown: Shown, before: Shown): void {
  if ((shown.ca === undefined) !== (before.ca === undefined))
    throw new Error(`authorities_must_stay: ${files.ca} ${shown.ca ? 'came' : 'went'} while the port is open; start again to have it so`);
}

const isSame = (one: Shown, other: Shown): boolean =>
  one.cert.equals(other.cert) && one.key.equals(other.key) && (one.ca === undefined || other.ca === undefined || one.ca.equals(other.ca));
