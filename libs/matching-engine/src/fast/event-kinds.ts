import type { CommandKind } from '../command.js';
import type { BookHalted, EventKind, LeaseCutShort, OrderCancelled, ReservationEnded } from '../event.js';

// The numbers by which the event buffer knows kinds and reasons: places in these lists. New ones go to the end.

export const eventKinds = [
  'LeaseEnded',
  'OrderExpired',
  'Applied',
  'CommandRefused',
  'OrderAccepted',
  'OrderRefused',
  'OrderAmended',
  'ChangeRefused',
  'BuyingPowerRaised',
  'BuyingPowerLowered',
  'TradeReleased',
  'LeaseLost',
  'TradeMade',
  'LeaseCutShort',
  'OrderFilled',
  'OrderRested',
  'OrderCancelled',
  'BookHalted',
  'BookReopened',
  'LeaseReclaimed',
  'BidContinued',
  'LeaseResold',
  'LeaseExtended',
  'ProceedsShared',
  'StandbyMade',
  'SliceTaken',
  'PieceReserved',
  'ReservationEnded',
] as const satisfies readonly EventKind[];

export const commandKinds = [
  'SubmitBid',
  'SubmitOffer',
  'AmendBid',
  'AmendOffer',
  'CancelOrder',
  'CancelAll',
  'FailLease',
  'AdvanceTime',
  'RulesVersion',
  'RaiseBuyingPower',
  'LowerBuyingPower',
  'SettleTrade',
  'SetParticipant',
  'SetSite',
  'SetPool',
  'SetLink',
  'DefineBook',
  'PoolHealthChanged',
  'NodeHealthChanged',
  'DrainChanged',
  'HaltBook',
  'ReopenBook',
  'StopMarket',
  'StartMarket',
  'EndSessions',
  'CurtailSite',
  'ResellLease',
  'ExtendLease',
  'EndLease',
  'OverdueChanged',
  'TakeSlice',
  'DecideReservation',
  'RemoteLeasesLost',
] as const satisfies readonly CommandKind[];

export const cancelReasons = [
  'asked',
  'ended',
  'suspended',
  'disconnected',
  'lease_ended',
  'supply_gone',
] as const satisfies readonly OrderCancelled['reason'][];
export const cutReasons = ['lost', 'gang_broken', 'ended_early'] as const satisfies readonly LeaseCutShort['reason'][];
export const reservationEnds = ['returned', 'lapsed'] as const satisfies readonly ReservationEnded['reason'][];
export const haltReasons = ['operator', 'band'] as const satisfies readonly BookHalted['reason'][];
