import { Injectable } from '@nestjs/common';
import { Explanation, OrderState, type Quote, type QuoteBidRequest } from '#contracts';
import { absent, Clock, Database, mayAct, type Call } from '#platform';
import { Bids } from './bid.query.js';
import { explanationOf, summaryOf } from './explanation.js';
import { freeIn } from './gathering.js';
import { Shards } from './shards.js';
import { bidTerms } from './terms.js';

/** Why a bid matched or not, and what one would get. Nothing here changes the market. */
@Injectable()
export class Explanations {
  constructor(
    private readonly shards: Shards,
    private readonly bids: Bids,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * As it was when the bid closed with something lacking, else as the market stands.
   * @throws Refusal absent, also for a bid of others
   */
  async explain(call: Call, bidId: number): Promise<Explanation> {
    const { terms, state } = await this.bids.get(call, bidId);
    const { market, shard } = this.shards.all[await this.bids.shardOf(bidId)]!;
    const { engine, time } = market;
    const explained = engine.explain(bidId);
    // A filled bid's leases may have been placed anew since it closed; an open one may have taken the id of one that closed (R-10a).
    const kept = explained?.rest === 0 || state === OrderState.OPEN ? undefined : await this.kept(bidId);
    if (kept) return kept;
    if (!explained) throw absent('explanation');
    const explanation = explanationOf(bidId, time, explained, shard);
    return { ...explanation, summary: summaryOf(explanation, terms!.pflops > 0) };
  }

  private async kept(bidId: number): Promise<Explanation | undefined> {
    const [row] = await this.database.query<{ body: Buffer }>('select body from explanation where bid_id = $1', [bidId]);
    return row && Explanation.decode(row.body);
  }

  /** @throws Refusal invalid where the bid names what does not exist; one that the market would refuse is answered with its rejection */
  quote(call: Call, request: QuoteBidRequest): Quote {
    const participantId = request.participantId || call.caller.participantId;
    if (!mayAct(call, participantId)) throw absent('participant');
    const to = this.shards.ofTerms(request.terms!);
    const { market, shard } = to;
    const elsewhere = this.shards.gathering.freeOf(participantId) - freeIn(to, participantId);
    const { engine, dictionary } = market;
    const terms = bidTerms(request.terms!, dictionary);
    const quote = engine.quote({ participantId, elsewhere, terms }, this.clock.now());
    const explanation = explanationOf(0, this.clock.now(), quote.explanation, shard);
    return {
      rejection: quote.rejection ?? '',
      fills: quote.fills.map((fill) => ({
        tradeId: 0,
        book: dictionary.book(fill.bookId),
        poolId: fill.poolId,
        region: 0,
        units: fill.units,
        nodeCount: fill.nodes,
        window: { from: fill.from, to: fill.to },
        price: fill.price,
        computeAmount: BigInt(fill.computeAmount),
        transferAmount: BigInt(fill.transferAmount),
        standby: fill.standby,
        platformId: market.platformOf(fill.poolId),
        reserved: false,
      })),
      filled: quote.filled,
      rest: quote.rest,
      cost: BigInt(quote.cost),
      buyingPower: BigInt(quote.buyingPowerUsed),
      explanation: { ...explanation, summary: summaryOf(explanation, terms.precision !== null) },
    };
  }
}
