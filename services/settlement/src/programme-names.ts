import { Inject, Injectable } from '@nestjs/common';
import { VoucherDefinition } from '#contracts';
import { clientOf, Refusal, serviceCall } from '#platform';
import type { Client } from '#platform';

/** What programmes are called, for documents that people read. */
@Injectable()
export class ProgrammeNames {
  constructor(@Inject(clientOf(VoucherDefinition)) private readonly voucher: Client<typeof VoucherDefinition>) {}

  /** Those that the voucher service tells now: a document is no less right for a name that is missing, since it says the number. */
  async of(programmeIds: ReadonlySet<number>): Promise<Map<number, string>> {
    const names = new Map<number, string>();
    for (const programmeId of programmeIds)
      try {
        const { terms } = await this.voucher.getProgramme({ programmeId }, serviceCall('settlement'));
        if (terms) names.set(programmeId, terms.name);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    return names;
  }
}
