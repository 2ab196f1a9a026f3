// Code generated from proto/ by scripts/generate.mjs. DO NOT EDIT.
export { Event } from './gen/exchange/common/v1/event.js';
export {
  ComputeClass,
  Unit,
  Tier,
  Precision,
  ResidencyZone,
  DataClass,
  Interconnect,
  Health,
  Book,
} from './gen/exchange/common/v1/market.js';
export {
  ClockState,
  AdvanceClockRequest,
  ListDeadLettersRequest,
  ListDeadLettersResponse,
  ReplayDeadLetterRequest,
  DeadLetter,
} from './gen/exchange/common/v1/operations.js';
export { PageRequest, PageInfo, Window, FileChunk, Empty } from './gen/exchange/common/v1/page.js';
export { Role, Format, MethodRule, FieldRule } from './gen/exchange/common/v1/rule.js';
export {
  HelloRequest,
  HelloResponse,
  ListHellosRequest,
  ListHellosResponse,
  PartnerHello,
} from './gen/exchange/interconnect/v1/interconnect.js';
export { PoolHealthChanged, NodeHealthChanged, LeaseMeasured } from './gen/exchange/monitoring/v1/event.js';
export {
  RegistrationState,
  OrganisationSize,
  ParticipantChanged,
  SiteChanged,
  PoolChanged,
  LinkChanged,
  DrainChanged,
} from './gen/exchange/registry/v1/event.js';
export {
  LeaseState,
  NodeUnits,
  TradeMade,
  LeaseChanged,
  OrderClosed,
  BuyingPowerLowered,
  TradeReleased,
} from './gen/exchange/scheduling/v1/event.js';
export {
  ListBooksRequest,
  BookEntry,
  ListBooksResponse,
  SetBookRequest,
  GetDepthRequest,
  DepthLevel,
  Depth,
  ListMarketTradesRequest,
  MarketTrade,
  ListMarketTradesResponse,
  WatchMarketRequest,
  MarketEvent,
  GetMarketStateRequest,
  MarketState,
  VerifyMarketRequest,
  MarketVerification,
} from './gen/exchange/scheduling/v1/market.js';
export {
  TimeInForce,
  Placement,
  Preference,
  OrderState,
  ClassFloor,
  Constraints,
  BidTerms,
  SubmitBidRequest,
  AmendBidRequest,
  CancelBidRequest,
  Fill,
  BidAnswer,
  OfferAnswer,
  GetBidRequest,
  Bid,
  ListBidsRequest,
  ListBidsResponse,
  ExplainBidRequest,
  ConstraintCount,
  TradeChoice,
  Explanation,
  QuoteBidRequest,
  Quote,
  SubmitOfferRequest,
  AmendOfferRequest,
  CancelOfferRequest,
  GetOfferRequest,
  Offer,
  ListOffersRequest,
  ListOffersResponse,
  CancelAllRequest,
  CancelAllResponse,
  WatchOrdersRequest,
  OrderEvent,
  GetTradeRequest,
  Trade,
  ListTradesRequest,
  ListTradesResponse,
  GetLeaseRequest,
  Lease,
  ListLeasesRequest,
  ListLeasesResponse,
  ConfirmLeaseRequest,
} from './gen/exchange/scheduling/v1/scheduling.js';
export {
  BuyingPowerRaised,
  BuyingPowerLowerRequested,
  TradeSettled,
  BillIssued,
  BillLine,
  BillRefunded,
} from './gen/exchange/settlement/v1/event.js';
export { SubsidyDecided, SubsidyClawedBack } from './gen/exchange/voucher/v1/event.js';
export { OperationsDefinition, InterconnectDefinition, MarketDefinition, SchedulingDefinition, definitions } from './gen/services.js';
export { enums, messages } from './gen/schema.js';
export type {
  AnyMessage,
  EnumSchema,
  FieldRules,
  FieldSchema,
  Message,
  MessageSchema,
  Method,
  MethodRules,
  RoleName,
  ServiceDefinition,
} from './schema-types.js';
export { topicOf, topics } from './topics.js';
export type { Topic } from './topics.js';
