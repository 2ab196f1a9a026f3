import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ClientPapers, Config, Logger, type Shown } from '#platform';

/** The certificate that partners' servers are shown, where the operator has one for that. */
@Injectable()
export class PartnerPapers implements OnModuleInit, OnModuleDestroy {
  private papers: ClientPapers | undefined;

  constructor(
    private readonly config: Config,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const folder = this.config.partnerCertificates;
    if (folder) this.papers = await ClientPapers.open(folder, this.log);
  }

  onModuleDestroy(): void {
    this.papers?.close();
  }

  /** Undefined: none is shown. */
  get now(): Shown | undefined {
    return this.papers?.now;
  }
}
