import { ReservationsDefinition } from '#contracts';
import { Refusal, Rpc, type Implementation } from '#platform';

/** what a partner's platform reserves here for its own buyers. The market does not reserve yet: who asks is told to come again. */
@Rpc(ReservationsDefinition)
export class ReservationsRpc implements Implementation<typeof ReservationsDefinition> {
  reserve(): Promise<never> {
    return notYet();
  }

  decideReservation(): Promise<never> {
    return notYet();
  }

  getReservation(): Promise<never> {
    return notYet();
  }
}

const notYet = (): Promise<never> =>
  Promise.reject(new Refusal('unavailable', 'market_must_know_reservations', 'this market does not reserve for partners yet'));
