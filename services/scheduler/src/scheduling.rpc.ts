import {
  SchedulingDefinition,
  type AmendBidRequest,
  type AmendOfferRequest,
  type CancelAllRequest,
  type CancelBidRequest,
  type CancelOfferRequest,
  type CertifyExplanationRequest,
  type ConfirmLeaseRequest,
  type EnterOrdersRequest,
  type ExplainBidRequest,
  type GetBidRequest,
  type GetLeaseRequest,
  type GetOfferRequest,
  type GetTradeRequest,
  type ListBidsRequest,
  type ListLeasesRequest,
  type ListOffersRequest,
  type ListTradesRequest,
  type QuoteBidRequest,
  type SubmitBidRequest,
  type SubmitOfferRequest,
  type VerifyCertificateRequest,
  type WatchOrdersRequest,
} from '#contracts';
import { Rpc, type Call, type Implementation } from '#platform';
import { Bids } from './bid.query.js';
import { Certificates } from './certificates.js';
import { Explanations } from './explanations.js';
import { LeaseConfirmation } from './lease-confirmation.js';
import { Leases } from './lease.query.js';
import { Live } from './live.js';
import { Offers } from './offer.query.js';
import { OrderEntries } from './order-entry.js';
import { Orders } from './orders.js';
import { Shards } from './shards.js';
import { Trades } from './trade.query.js';

/** Reads wait until the query tables have passed what was answered before, so that who was answered sees what it did. */
@Rpc(SchedulingDefinition)
export class SchedulingRpc implements Implementation<typeof SchedulingDefinition> {
  constructor(
    private readonly shards: Shards,
    private readonly orders: Orders,
    private readonly entries: OrderEntries,
    private readonly bids: Bids,
    private readonly offers: Offers,
    private readonly trades: Trades,
    private readonly leases: Leases,
    private readonly confirmation: LeaseConfirmation,
    private readonly explanations: Explanations,
    private readonly certificates: Certificates,
    private readonly live: Live,
  ) {}

  submitBid(request: SubmitBidRequest, call: Call) {
    return this.orders.submitBid(call, request);
  }

  amendBid(request: AmendBidRequest, call: Call) {
    return this.orders.amendBid(call, request);
  }

  cancelBid({ bidId }: CancelBidRequest, call: Call) {
    return this.orders.cancelBid(call, bidId);
  }

  async getBid({ bidId }: GetBidRequest, call: Call) {
    await this.shards.fence();
    return this.bids.get(call, bidId);
  }

  async listBids(request: ListBidsRequest, call: Call) {
    await this.shards.fence();
    return this.bids.list(call, request);
  }

  async certifyExplanation(request: CertifyExplanationRequest, call: Call) {
    await this.shards.fence();
    return this.certificates.certify(call, request);
  }

  async verifyCertificate({ certificate }: VerifyCertificateRequest, call: Call) {
    await this.shards.fence();
    return this.certificates.verify(call, certificate!);
  }

  async explainBid({ bidId }: ExplainBidRequest, call: Call) {
    await this.shards.fence();
    return this.explanations.explain(call, bidId);
  }

  async quoteBid(request: QuoteBidRequest, call: Call) {
    return this.explanations.quote(call, request);
  }

  submitOffer(request: SubmitOfferRequest, call: Call) {
    return this.orders.submitOffer(call, request);
  }

  amendOffer(request: AmendOfferRequest, call: Call) {
    return this.orders.amendOffer(call, request);
  }

  cancelOffer({ offerId }: CancelOfferRequest, call: Call) {
    return this.orders.cancelOffer(call, offerId);
  }

  async getOffer({ offerId }: GetOfferRequest, call: Call) {
    await this.shards.fence();
    return this.offers.get(call, offerId);
  }

  async listOffers(request: ListOffersRequest, call: Call) {
    await this.shards.fence();
    return this.offers.list(call, request);
  }

  cancelAll({ participantId }: CancelAllRequest, call: Call) {
    return this.orders.cancelAll(call, participantId);
  }

  enterOrders(requests: AsyncIterable<EnterOrdersRequest>, call: Call) {
    return this.entries.enter(requests, call);
  }

  watchOrders(request: WatchOrdersRequest, call: Call) {
    return this.live.orders(call, request);
  }

  async getTrade({ tradeId }: GetTradeRequest, call: Call) {
    await this.shards.fence();
    return this.trades.get(call, tradeId);
  }

  async listTrades(request: ListTradesRequest, call: Call) {
    await this.shards.fence();
    return this.trades.list(call, request);
  }

  async getLease({ leaseId }: GetLeaseRequest, call: Call) {
    await this.shards.fence();
    return this.leases.get(call, leaseId);
  }

  async listLeases(request: ListLeasesRequest, call: Call) {
    await this.shards.fence();
    return this.leases.list(call, request);
  }

  confirmLease(request: ConfirmLeaseRequest, call: Call) {
    return this.confirmation.confirm(call, request);
  }
}
