import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Database, Gauges, type Observations } from '#platform';
import { passedAt } from './entries.js';

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

  /** First in, first out: what is left came with the posting by which the one side first passed what the other is now. */
  private clearing(): Promise<Clearing[]> {
    return this.db.query<Clearing>(
      `SELECT code, credits_posted - debits_posted AS balance,
         CASE WHEN credits_posted > debits_posted THEN ${passedAt('a.account_id', 'credits', 'a.debits_posted')} WHEN debits_posted > credits_posted THEN ${passedAt('a.account_id', 'debits', 'a.credits_posted')} END AS since
       FROM accounts a WHERE starts_with(code, 'clearing/')`,
    );
  }
}
