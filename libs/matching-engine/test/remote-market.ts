import { Tier } from '#domain';
import type { CreateEngine, Event } from '#matching-engine';
import { buyer, hami, of, origin, Scenario, yuan } from './scenario.js';

export const partner = 31;
const otherPartner = 32;
export const remotePool = 1_000_000_001;
const otherRemote = 1_000_000_002;

/** Pool 1 here, and two partners' pools of 16 cards in Hami: 1 asks 4, 2 asks 6. Book 1; nothing of it is offered here yet. */
export function remoteMarket(create: CreateEngine): Scenario {
  const at = new Scenario(create);
  for (const [participantId, poolId, ask] of [
    [partner, remotePool, 4],
    [otherPartner, otherRemote, 6],
  ] as const) {
    at.participant(participantId);
    at.send('RaiseBuyingPower', { participantId, number: 1, amount: 1_000_000 * yuan });
    at.site(poolId, { region: hami, platform: participantId });
    at.pool(poolId, { siteId: poolId, providerId: participantId });
    at.offer({ units: 16, ask: ask * yuan }, poolId, Tier.FIRM, participantId);
  }
  return at;
}

/** Pieces as trades are written, and the reservation that they are of. */
export const pieces = (events: readonly Event[]): string[] =>
  of(events, 'PieceReserved').map(
    (piece) => `${piece.units}@${piece.price / yuan}+${piece.from - origin}#${piece.poolId % 1_000_000} of ${piece.reservation}`,
  );

export const decide = (at: Scenario, tradeNumber: number, made: boolean, supplyStillThere = false): Event[] =>
  at.send('DecideReservation', { tradeNumber, made, supplyStillThere });

export const power = (at: Scenario, participantId = buyer): number => at.engine.buyingPower(participantId)!.reserved;
