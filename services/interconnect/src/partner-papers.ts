import { X509Certificate } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config, Gauges, Logger, type Shown, ShownPapers, observeShown } from '#platform';
import { plainDigest } from './core/certificate.js';

/** The certificate that partners' servers are shown, where the operator has one for that. */
@Injectable()
export class PartnerPapers implements OnModuleInit, OnModuleDestroy {
  private papers: ShownPapers | undefined;

  constructor(
    private readonly config: Config,
    private readonly log: Logger,
    private readonly gauges: Gauges,
  ) {}

  async onModuleInit(): Promise<void> {
    const folder = this.config.partnerCertificates;
    if (!folder) return;
    this.papers = await ShownPapers.open(folder, 'client', this.log);
    observeShown(this.gauges, this.papers);
  }

  onModuleDestroy(): void {
    this.papers?.close();
  }

  /** Undefined: none is shown. */
  get now(): Shown | undefined {
    return this.papers?.now;
  }

  /** SHA-256 of the certificate, as its partners register it; empty: none is shown. */
  get sha256(): string {
    return this.now ? plainDigest(new X509Certificate(this.now.cert).fingerprint256) : '';
  }
}
