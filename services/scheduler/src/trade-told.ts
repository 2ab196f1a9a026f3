import { tradeId, type TradeNumber } from '#domain';
import { BidTerms, type TradeMade } from '#contracts';
import type { TradeMade as Made } from '#matching-engine';
import type { BidRow } from './bid.view.js';
import type { Dictionary } from './dictionary.js';
import type { Step } from './entry.js';
import type { Marks } from './marks.js';

/** What of a bid is told with its trades. */
type Labelled = Pick<BidRow, 'project' | 'programme_id' | 'terms'>;

/** A trade, or what will be one, as the others are told of it. */
export class TradeTold {
  constructor(
    private readonly dictionary: Dictionary,
    private readonly shard: number,
  ) {}

  of({ promised, time }: Step, made: Omit<Made, 'kind'>, { project, programme_id, terms }: Labelled, marks: Marks = unmarked): TradeMade {
    const { greenShareBp, pueMilli, domestic, confirmBy } = promised.get(made.tradeNumber)!;
    const { standby, resold, extended, proceeds } = marks;
    return {
      tradeId: this.idOf(made.tradeNumber),
      bidId: made.bidId,
      offerId: made.offerId,
      buyerId: made.buyerId,
      providerId: made.providerId,
      poolId: made.poolId,
      siteId: made.siteId,
      region: made.region,
      book: this.dictionary.get(made.bookId)!.book,
      nodes: made.nodes.map(({ node, units }) => ({ node, units })),
      units: made.units,
      window: { from: made.from, to: made.to },
      price: made.price,
      computeAmount: BigInt(made.computeAmount),
      transferAmount: BigInt(made.transferAmount),
      linkOwnerId: made.linkOwnerId,
      programmeId: programme_id,
      project,
      greenShareBp,
      pueMilli,
      domestic,
      confirmsAtOnce: confirmBy === 0,
      madeAt: time,
      regionOfDemand: BidTerms.decode(terms).demandRegion,
      bidWasFirst: made.bidWasFirst,
      replacesTradeId: made.replaces ? this.idOf(made.replaces) : 0,
      owedAmount: BigInt(made.owedAmount),
      standby,
      resoldLeaseId: this.idOf(resold?.tradeNumber),
      deliveredById: resold?.deliveredById ?? made.providerId,
      extendedLeaseId: this.idOf(extended?.tradeNumber),
      proceeds: proceeds.map(({ tradeNumber, participantId, amount }) => ({
        leaseId: this.idOf(tradeNumber),
        participantId,
        amount: BigInt(amount),
      })),
      subsidy: BigInt(made.subsidy),
      platformId: 0,
      reservationId: 0,
    };
  }

  perNodeOf({ terms }: Pick<BidRow, 'terms'>): number {
    return BidTerms.decode(terms).perNode;
  }

  /** 0 for none. */
  idOf(number: TradeNumber | undefined): number {
    return number === undefined ? 0 : tradeId(this.shard, number);
  }
}

const unmarked: Marks = { standby: false, proceeds: [] };
