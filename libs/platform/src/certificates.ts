// Who this process is to the others: a certificate, its key, and the authorities it trusts, read again when they are rotated.
import { X509Certificate } from 'node:crypto';
import { messageOf } from './fault.js';
import type { Logger } from './log.js';
import { isSame, mustBelongTogether, type Papers, readPapers, servicesOf } from './papers.js';
import { mustStand } from './revocation.js';

const lookMs = 1_000;

export class Certificates {
  private readonly told: ((papers: Papers) => void)[] = [];
  private readonly timer: NodeJS.Timeout;
  /** Why those that lie in the folder are not taken, as the log has it; undefined where they are. */
  private refused: string | undefined;
  private looking = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private papers: Papers,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => void this.look(), lookMs).unref();
  }

  /** @param folder with ca.pem, cert.pem, key.pem and, where some were revoked, crl.pem. Throws where they do not belong together, or the list may not be judged by. */
  static async open(folder: string, log: Logger): Promise<Certificates> {
    const papers = await readPapers(folder);
    mustBelongTogether(folder, papers);
    await mustStand(folder, papers);
    return new Certificates(folder, papers, log);
  }

  get now(): Papers {
    return this.papers;
  }

  /** Of what lies in the folder something is not taken. */
  get isRefused(): boolean {
    return this.refused !== undefined;
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

  /**
   * Reads the folder again. What is there half written, or does not belong together, is not taken: the old ones serve on, and the log says so once. Where it is the list of
   * revoked ones that cannot be judged by, the others are taken beside the old list, so that a certificate is still rotated. One look follows the other, since each judges
   * by what the one before took.
   */
  look(): Promise<void> {
    return (this.looking = this.looking.then(() => this.lookOnce()));
  }

  private async lookOnce(): Promise<void> {
    try {
      const papers = await readPapers(this.folder);
      // As nearly always: what serves was judged when it was taken.
      if (isSame(papers, this.papers)) return this.refuse(undefined);
      mustBelongTogether(this.folder, papers);
      const wrong = await this.wrongWith(papers);
      const besideOldList = { ...papers, crl: this.papers.crl };
      if (wrong === undefined) this.take(papers);
      else if ((await this.wrongWith(besideOldList)) === undefined) this.take(besideOldList);
      this.refuse(wrong);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Why they may not take the place of those that serve; undefined where they may. */
  private wrongWith(papers: Papers): Promise<unknown> {
    return mustStand(this.folder, papers, this.papers).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  private take(papers: Papers): void {
    if (isSame(papers, this.papers)) return;
    this.papers = papers;
    this.log.info({ services: this.services, validTo: new X509Certificate(papers.cert).validTo }, 'the certificates were rotated');
    for (const tell of this.told) tell(papers);
  }

  private refuse(error: unknown): void {
    const cause = error === undefined ? undefined : messageOf(error);
    if (cause !== undefined && cause !== this.refused)
      this.log.warn({ err: error, folder: this.folder }, 'new certificates cannot be used');
    this.refused = cause;
  }
}
