import { isWithin, maxOrderValue } from '#domain';
import type { LowerBuyingPower, RaiseBuyingPower, SettleTrade, TakeSlice } from '../command.js';
import type { Rejection } from '../rejection.js';
import { buyerOf, dropTrade } from './keeping.js';
import { Trade } from './records.js';
import type { Run } from './run.js';

// R-26: buying power changes by numbered raises, by lowerings that open orders and trades leave room for, and by trades' final costs.

export function raiseBuyingPower({ market }: Run, { kind, participantId, number, amount }: RaiseBuyingPower): void {
  const { participants, events } = market;
  const known = participants.placeOf(participantId);
  const total = known < 0 ? 0 : participants.totals[known]!;
  const raises = known < 0 ? 0 : participants.raises[known]!;
  const rejection: Rejection | null =
    !isWithin(amount, 1, Number.MAX_SAFE_INTEGER) || !isWithin(participantId, 1, Number.MAX_SAFE_INTEGER)
      ? 'fact_must_be_within_its_range'
      : number !== raises + 1
        ? 'raise_must_be_the_next_of_its_participant'
        : Number.isSafeInteger(total + amount)
          ? null
          : 'buying_power_must_stay_a_safe_integer';
  if (rejection) return events.commandRefused(kind, rejection);
  const place = participants.add(participantId);
  participants.hasAccount[place] = true;
  participants.raises[place] = number;
  participants.totals[place] = total + amount;
  events.buyingPowerRaised(participantId, number, total + amount);
}

export function lowerBuyingPower({ market }: Run, { participantId, requestId, amount }: LowerBuyingPower): void {
  const { participants, events } = market;
  const place = participants.placeOf(participantId);
  const total = place < 0 ? 0 : participants.totals[place]!;
  const accepted = place >= 0 && isWithin(amount, 1, total - participants.reserved[place]!);
  if (accepted) participants.totals[place] = total - amount;
  events.buyingPowerLowered(participantId, requestId, amount, accepted, accepted ? total - amount : total);
}

export function takeSlice({ market }: Run, { kind, participantId, amount }: TakeSlice): void {
  const { participants, events } = market;
  const known = participants.placeOf(participantId);
  const total = known < 0 ? 0 : participants.totals[known]!;
  const rejection: Rejection | null =
    !isWithin(amount, 1, Number.MAX_SAFE_INTEGER) || !isWithin(participantId, 1, Number.MAX_SAFE_INTEGER)
      ? 'fact_must_be_within_its_range'
      : Number.isSafeInteger(total + amount)
        ? null
        : 'buying_power_must_stay_a_safe_integer';
  if (rejection) return events.commandRefused(kind, rejection);
  const place = participants.add(participantId);
  participants.hasAccount[place] = true;
  participants.totals[place] = total + amount;
  events.sliceTaken(participantId, amount, total + amount);
}

export function settleTrade({ market }: Run, { kind, tradeNumber, cost }: SettleTrade): void {
  const { participants, events } = market;
  const trade = market.tradeOf.get(tradeNumber);
  const { data } = market.tables.trades;
  if (trade < 0 || data[trade + Trade.SETTLED] !== 0) return events.commandRefused(kind, 'trade_must_be_open');
  const held = data[trade + Trade.HELD]! - data[trade + Trade.SUBSIDY]!;
  if (!isWithin(cost, 0, Math.min(held, maxOrderValue))) return events.commandRefused(kind, 'cost_must_be_within_what_the_trade_holds');
  const place = buyerOf(market, trade);
  participants.totals[place] = participants.totals[place]! - cost;
  participants.reserved[place] = participants.reserved[place]! - held;
  data[trade + Trade.HELD] = 0;
  data[trade + Trade.SUBSIDY] = 0;
  data[trade + Trade.SETTLED] = 1;
  events.tradeReleased(tradeNumber, participants.ids[place]!, cost, held - cost);
  dropTrade(market, trade);
}
