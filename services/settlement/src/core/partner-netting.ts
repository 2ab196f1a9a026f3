// what a netting moves between a partner's accounts.
import type { Money } from '#domain';
import { partner } from './account.js';
import type { TransferOrder } from './transfer.js';

/** As agreed on by both platforms. */
export interface Netted {
  readonly partnerId: number;
  readonly currency: string;
  /** What the partner owes, and is owed. */
  readonly sold: Money;
  readonly bought: Money;
  /** Of `bought`, what goes back of what was sold and netted before; of `sold`, what comes back of what was bought. */
  readonly soldBack: Money;
  readonly boughtBack: Money;
}

/** Of leases on the partner's platform, and of those that it bought here. */
export interface BySide {
  readonly bought: Money;
  readonly sold: Money;
}

/** What buyers here paid above what their items say, and what items say above what the leases cost here that the partner bought; below 0: lost. */
export const marginOf = ({ sold, bought, soldBack, boughtBack }: Netted, cost: BySide): BySide => ({
  bought: cost.bought - (bought - soldBack - boughtBack),
  sold: sold - boughtBack - soldBack - cost.sold,
});

/** What is owed either way becomes receivable and payable, what adjustments give back of them too, and the lesser of both is netted: one of them is left. */
export function nettingOrders(netted: Netted, journal: string): TransferOrder[] {
  const { sold, bought, soldBack, boughtBack } = netted;
  const of = accountsOf(netted);
  return [
    ...single(`${journal}/sold`, 'agreed_with_partner', of('receivable'), of('sold'), sold - boughtBack),
    ...single(`${journal}/bought`, 'agreed_with_partner', of('bought'), of('payable'), bought - soldBack),
    ...single(`${journal}/sold_back`, 'adjusted_with_partner', of('sold'), of('payable'), soldBack),
    ...single(`${journal}/bought_back`, 'adjusted_with_partner', of('receivable'), of('bought'), boughtBack),
    ...single(`${journal}/net`, 'netted', of('payable'), of('receivable'), sold < bought ? sold : bought),
  ];
}

/** Leaves in `bought` and `sold` what no netting has settled. */
export function marginOrders(netted: Netted, margin: BySide, journal: string): TransferOrder[] {
  const of = accountsOf(netted);
  return (['bought', 'sold'] as const).flatMap((side) => [
    ...single(`${journal}/gained/${side}`, 'partner_margin', of(side), of('margin'), margin[side]),
    ...single(`${journal}/lost/${side}`, 'partner_margin', of('margin'), of(side), -margin[side]),
  ]);
}

type Part = Parameters<typeof partner>[1];
const accountsOf =
  ({ partnerId, currency }: Netted) =>
  (part: Part): string =>
    partner(partnerId, part, currency);

const single = (id: string, kind: string, debit: string, credit: string, amount: Money): TransferOrder[] =>
  amount > 0n ? [{ id, kind, phase: 'single', debit, credit, amount }] : [];
