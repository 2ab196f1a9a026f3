import { Injectable } from '@nestjs/common';
import { PartnerNetted } from '#contracts';
import { type EventMeta, On, type Tx } from '#platform';
import { partner } from './core/account.js';
import type { TransferOrder } from './core/transfer.js';
import { Ledger } from './ledger.js';

/**
 * what is owed either way by agreed items becomes receivable and payable, what adjustments give back of them too, and the lesser of both is netted in one transfer: one of them is left, and it
 * is on the partner's platform what it is here, to the micro-yuan.
 */
@Injectable()
export class PartnerNettings {
  constructor(private readonly ledger: Ledger) {}

  @On(PartnerNetted)
  async netted(netting: PartnerNetted, tx: Tx, { source, sequence, time }: EventMeta): Promise<void> {
    const { participantId, platform, through, currency, sold, bought, items, soldBack, boughtBack } = netting;
    await tx.query(
      `INSERT INTO partner_nettings (partner_id, currency, through, platform, sold, bought, items, netted_at, sold_back, bought_back)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [participantId, currency, through, platform, sold, bought, items, time, soldBack, boughtBack],
    );
    const journal = `partner/${participantId}/netting/${currency}/${through}`;
    await this.ledger.post(tx, { journal, cause: `${source}/${sequence}`, orders: ordersOf(netting, journal) });
  }
}

function ordersOf({ participantId, currency, sold, bought, soldBack, boughtBack }: PartnerNetted, journal: string): TransferOrder[] {
  const of = (part: Parameters<typeof partner>[1]): string => partner(participantId, part, currency);
  const single = (part: string, kind: string, debit: string, credit: string, amount: bigint): TransferOrder[] =>
    amount > 0n ? [{ id: `${journal}/${part}`, kind, phase: 'single', debit, credit, amount }] : [];
  return [
    ...single('sold', 'agreed_with_partner', of('receivable'), of('sold'), sold - boughtBack),
    ...single('bought', 'agreed_with_partner', of('bought'), of('payable'), bought - soldBack),
    ...single('sold_back', 'adjusted_with_partner', of('sold'), of('payable'), soldBack),
    ...single('bought_back', 'adjusted_with_partner', of('receivable'), of('bought'), boughtBack),
    ...single('net', 'netted', of('payable'), of('receivable'), sold < bought ? sold : bought),
  ];
}
