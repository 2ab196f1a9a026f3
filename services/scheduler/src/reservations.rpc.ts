import {
  ReservationsDefinition,
  type DecideReservationRequest,
  type GetReservationRequest,
  type ListOnSaleRequest,
  type ListOnSaleResponse,
  type ReserveRequest,
} from '#contracts';
import { Rpc, type Implementation } from '#platform';
import { OnSaleQuery } from './on-sale.js';
import { Reservations } from './reservations.js';

@Rpc(ReservationsDefinition)
export class ReservationsRpc implements Implementation<typeof ReservationsDefinition> {
  constructor(
    private readonly reservations: Reservations,
    private readonly onSale: OnSaleQuery,
  ) {}

  reserve(request: ReserveRequest) {
    return this.reservations.reserve(request);
  }

  decideReservation({ commit, ...name }: DecideReservationRequest) {
    return this.reservations.decide(name, commit);
  }

  getReservation(name: GetReservationRequest) {
    return this.reservations.get(name);
  }

  async listOnSale(request: ListOnSaleRequest): Promise<ListOnSaleResponse> {
    return { onSale: this.onSale.list(request) };
  }
}
