import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Database, Gauges, type Observations } from '#platform';

interface Clearing {
  code: string;
  balance: bigint;
  since: bigint | null;
}

/** What is measured of the books. */
@Injectable()
export class LedgerGauges implements OnApplicationBootstrap {
  constructor(
    private readonly gauges: Gauges,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const { gauges } = this;
    gauges.add('exchange.ledger.imbalance', '{micro_yuan}', 'Debits that no credits stand against, over all accounts', () =>
      this.imbalance(),
    );
    gauges.add('exchange.ledger.clearing.balance', '{micro_yuan}', 'What is between two hands: credits less debits', async () =>
      (await this.clearing()).map(({ code, balance }) => [Number(balance), { 'exchange.account': code }]),
    );
    gauges.add('exchange.ledger.clearing.age', 's', 'How long the oldest of it has been there', async () =>
      (await this.clearing()).map(({ code, since }) => [
        since === null ? 0 : (this.clock.now() - Number(since)) / 1_000,
        { 'exchange.account': code },
      ]),
    );
  }

  /** Of the accounts' sums alone: GET /v1/ledger/summary also holds them against all transfers, which is no work for each minute. */
  private async imbalance(): Promise<Observations> {
    const [row] = await this.db.query<{ imbalance: string }>(
      `SELECT coalesce(abs(sum(debits_posted) - sum(credits_posted)) + abs(sum(debits_pending) - sum(credits_pending)), 0)::text AS imbalance FROM accounts`,
    );
    return [[Number(row!.imbalance)]];
  }

  /** First in, first out: what is left came last. Newest first its transfers are summed until they cover it, so that no more of them are read. */
  private clearing(): Promise<Clearing[]> {
    return this.db.query<Clearing>(
      `SELECT code, balance, CASE WHEN balance > 0 THEN credited.since WHEN balance < 0 THEN debited.since END AS since
       FROM (SELECT code, credits_posted - debits_posted AS balance FROM accounts WHERE starts_with(code, 'clearing/')) a
       ${coveredBy('credit', 'balance')} ${coveredBy('debit', '-balance')}`,
    );
  }
}

const coveredBy = (side: 'credit' | 'debit', balance: string): string =>
  `LEFT JOIN LATERAL (
     SELECT made_at AS since FROM (
       SELECT made_at, sequence, sum(amount) OVER (ORDER BY sequence DESC ROWS UNBOUNDED PRECEDING) AS covered
       FROM transfers WHERE ${side}_account = a.code AND phase IN ('single', 'post') AND ${balance} > 0
     ) t WHERE covered >= ${balance} ORDER BY sequence DESC LIMIT 1
   ) ${side}ed ON true`;
