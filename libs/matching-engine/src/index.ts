export { noConstraints } from './command.js';
export type {
  AdvanceTime,
  AmendBid,
  AmendOffer,
  BidTerms,
  CancelAll,
  CancelOrder,
  ClassFloor,
  Command,
  CommandKind,
  Constraints,
  DefineBook,
  DrainChanged,
  FailLease,
  LowerBuyingPower,
  NodeHealthChanged,
  OfferTerms,
  OverdueChanged,
  PoolHealthChanged,
  RaiseBuyingPower,
  TakeSlice,
  RulesVersion,
  SetLink,
  SetParticipant,
  SetPool,
  SetSite,
  SettleTrade,
  Stamp,
  Subsidy,
  SubmitBid,
  SubmitOffer,
} from './command.js';
export type { CurtailSite, EndSessions, HaltBook, ReopenBook, StartMarket, StopMarket } from './control.js';
export type { EndLease, ExtendLease, ResellLease } from './lease-command.js';
export type { DecideReservation, PieceReserved, RemoteLeasesLost, RemoteLeft, ReservationEnded } from './reservation.js';
export type {
  BuyingPower,
  CreateEngine,
  Depth,
  DepthLevel,
  EngineOptions,
  IndexPrice,
  MatchingEngine,
  Quote,
  QuotedBid,
  QuotedFill,
  RestoreEngine,
} from './engine.js';
export type {
  Applied,
  BidContinued,
  BookHalted,
  BookReopened,
  BuyingPowerLowered,
  BuyingPowerRaised,
  SliceTaken,
  ChangeRefused,
  CommandRefused,
  Event,
  EventKind,
  LeaseCutShort,
  LeaseEnded,
  LeaseExtended,
  LeaseLost,
  LeaseReclaimed,
  LeaseResold,
  NodeUnits,
  OrderAccepted,
  OrderAmended,
  OrderCancelled,
  OrderExpired,
  OrderFilled,
  OrderRefused,
  OrderRested,
  ProceedsShared,
  StandbyMade,
  TradeMade,
  TradeReleased,
} from './event.js';
export { obstacles } from './explanation.js';
export type { Explanation, Obstacle, Relaxation, TradeChoice } from './explanation.js';
export type { OnSale } from './on-sale.js';
export { isGuard, rejections } from './rejection.js';
export type { Rejection } from './rejection.js';
export type { Snapshot } from './snapshot.js';
export { EventBuffer } from './fast/event-buffer.js';
export { createFastEngine, restoreFastEngine } from './fast/fast-engine.js';
export type { FastEngine } from './fast/fast-engine.js';
export { hashOf as stateHashOf, hashSteps as stateHashSteps } from './fast/hash.js';
