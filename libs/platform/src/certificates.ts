// Who this process is to the others: a certificate, its key, and the authorities it trusts, read again when they are rotated.
import { X509Certificate } from 'node:crypto';
import { messageOf } from './fault.js';
import type { Logger } from './log.js';
import { isSame, type Papers, readPapers, servicesOf } from './papers.js';

const lookMs = 1_000;

export class Certificates {
  private readonly told: ((papers: Papers) => void)[] = [];
  private readonly timer: NodeJS.Timeout;
  /** Why those that lie in the folder are not taken, as the log has it; undefined where they are. */
  private refused: string | undefined;

  private constructor(
    private readonly folder: string,
    private papers: Papers,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => void this.look(), lookMs).unref();
  }

  /** @param folder with ca.pem, cert.pem, key.pem and, where some were revoked, crl.pem. Throws where they do not belong together. */
  static async open(folder: string, log: Logger): Promise<Certificates> {
    return new Certificates(folder, await readPapers(folder), log);
  }

  get now(): Papers {
    return this.papers;
  }

  /** Services that this process speaks for. */
  get services(): string[] {
    return servicesOf(new X509Certificate(this.papers.cert).subjectAltName);
  }

  /** `told` hears of new ones. */
  watch(told: (papers: Papers) => void): void {
    this.told.push(told);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Reads the folder again. What is there half written, or does not belong together, is not taken: the old ones serve on, and the log says so once. */
  async look(): Promise<void> {
    try {
      const papers = await readPapers(this.folder);
      this.refused = undefined;
      if (isSame(papers, this.papers)) return;
      this.papers = papers;
      this.log.info({ services: this.services, validTo: new X509Certificate(papers.cert).validTo }, 'the certificates were rotated');
      for (const tell of this.told) tell(papers);
    } catch (error) {
      const cause = messageOf(error);
      if (cause === this.refused) return;
      this.refused = cause;
      this.log.warn({ err: error, folder: this.folder }, 'new certificates cannot be used');
    }
  }
}
