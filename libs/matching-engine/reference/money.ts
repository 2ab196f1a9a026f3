import { isWithin, maxOrderValue } from '#domain';
import type { LowerBuyingPower, RaiseBuyingPower, SettleTrade, TakeSlice } from '../src/command.js';
import type { Rejection } from '../src/rejection.js';
import { endTrade } from './keeping.js';
import type { Run } from './run.js';

// R-26: buying power changes by numbered raises, by lowerings that open orders and trades leave room for, and by trades' final costs.

export function raiseBuyingPower(run: Run, { kind, participantId, number, amount }: RaiseBuyingPower): void {
  const { total, raises } = run.market.accounts.get(participantId) ?? { total: 0, raises: 0 };
  const rejection: Rejection | null =
    !isWithin(amount, 1, Number.MAX_SAFE_INTEGER) || !isWithin(participantId, 1, Number.MAX_SAFE_INTEGER)
      ? 'fact_must_be_within_its_range'
      : number !== raises + 1
        ? 'raise_must_be_the_next_of_its_participant'
        : Number.isSafeInteger(total + amount)
          ? null
          : 'buying_power_must_stay_a_safe_integer';
  if (rejection) return run.emit({ kind: 'CommandRefused', command: kind, rejection });
  const account = run.market.account(participantId);
  account.raises = number;
  account.total += amount;
  run.emit({ kind: 'BuyingPowerRaised', participantId, number, buyingPower: account.total });
}

export function lowerBuyingPower(run: Run, { participantId, requestId, amount }: LowerBuyingPower): void {
  const account = run.market.accounts.get(participantId);
  const accepted = account !== undefined && isWithin(amount, 1, account.total - account.reserved);
  if (accepted) account.total -= amount;
  run.emit({ kind: 'BuyingPowerLowered', participantId, requestId, amount, accepted, buyingPower: account?.total ?? 0 });
}

export function takeSlice(run: Run, { kind, participantId, amount }: TakeSlice): void {
  const { total } = run.market.accounts.get(participantId) ?? { total: 0 };
  const rejection: Rejection | null =
    !isWithin(amount, 1, Number.MAX_SAFE_INTEGER) || !isWithin(participantId, 1, Number.MAX_SAFE_INTEGER)
      ? 'fact_must_be_within_its_range'
      : Number.isSafeInteger(total + amount)
        ? null
        : 'buying_power_must_stay_a_safe_integer';
  if (rejection) return run.emit({ kind: 'CommandRefused', command: kind, rejection });
  const account = run.market.account(participantId);
  account.total += amount;
  run.emit({ kind: 'SliceTaken', participantId, amount, buyingPower: account.total });
}

export function settleTrade(run: Run, { kind, tradeNumber, cost }: SettleTrade): void {
  const { market } = run;
  const trade = market.trades.get(tradeNumber);
  const refuse = (rejection: Rejection): void => run.emit({ kind: 'CommandRefused', command: kind, rejection });
  if (!trade || trade.settled || trade.reserved) return refuse('trade_must_be_open');
  if (!isWithin(cost, 0, Math.min(trade.held - trade.subsidy, maxOrderValue))) return refuse('cost_must_be_within_what_the_trade_holds');
  const { participantId } = trade.bid;
  const account = market.account(participantId);
  const money = trade.held - trade.subsidy;
  account.total -= cost;
  account.reserved -= money;
  trade.held = 0;
  trade.subsidy = 0;
  trade.settled = true;
  run.emit({ kind: 'TradeReleased', tradeNumber, participantId, cost, freed: money - cost });
  endTrade(market, trade);
}
