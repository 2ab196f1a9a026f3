import { SupplyDefinition } from '#contracts';
import type {
  Empty,
  ListAdvertisementsRequest,
  ListAdvertisementsResponse,
  ListSupplyRequest,
  ListSupplyResponse,
  OfferSupplyRequest,
  RemoteSupply,
  WithdrawSupplyRequest,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { SupplyDesk } from './supply.js';

@Rpc(SupplyDefinition)
export class SupplyRpc implements Implementation<typeof SupplyDefinition> {
  constructor(private readonly desk: SupplyDesk) {}

  offerSupply({ supply }: OfferSupplyRequest, call: Call): Promise<RemoteSupply> {
    return this.desk.offer(supply!, call);
  }

  withdrawSupply({ advertId }: WithdrawSupplyRequest, call: Call): Promise<Empty> {
    return this.desk.withdraw(advertId, call);
  }

  listSupply(request: ListSupplyRequest): Promise<ListSupplyResponse> {
    return this.desk.list(request);
  }

  listAdvertisements(request: ListAdvertisementsRequest): Promise<ListAdvertisementsResponse> {
    return this.desk.advertisements(request);
  }
}
