import { ReservationsDefinition, type DecideReservationRequest, type GetReservationRequest, type ReserveRequest } from '#contracts';
import { Rpc, type Implementation } from '#platform';
import { Reservations } from './reservations.js';

@Rpc(ReservationsDefinition)
export class ReservationsRpc implements Implementation<typeof ReservationsDefinition> {
  constructor(private readonly reservations: Reservations) {}

  reserve(request: ReserveRequest) {
    return this.reservations.reserve(request);
  }

  decideReservation({ commit, ...name }: DecideReservationRequest) {
    return this.reservations.decide(name, commit);
  }

  getReservation(name: GetReservationRequest) {
    return this.reservations.get(name);
  }
}
