import { RearDefinition } from '#contracts';
import type {
  ForeignDocument,
  ListFlavorsOfTypeRequest,
  ListFlavorsRequest,
  PurchaseFlavorRequest,
  ReserveFlavorRequest,
} from '#contracts';
import { type Call, type Implementation, Rpc, absent } from '#platform';
import { documentOf } from './foreign-document.js';
import { RearDesk } from './rear.js';

/** As REAR's API names them and, singular, as FLUIDOS' node does. */
const services = ['services', 'service'];
const others = ['k8slices', 'k8slice', 'vms', 'vm', 'sensors', 'sensor'];

@Rpc(RearDefinition)
export class RearRpc implements Implementation<typeof RearDefinition> {
  constructor(private readonly desk: RearDesk) {}

  async listFlavors(_request: ListFlavorsRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.flavors(call));
  }

  async listFlavorsOfType({ flavorType }: ListFlavorsOfTypeRequest, call: Call): Promise<ForeignDocument> {
    const flavors = await this.desk.flavors(call);
    if (services.includes(flavorType)) return documentOf(flavors);
    if (others.includes(flavorType)) return documentOf([]);
    throw absent(`flavor type ${flavorType}`);
  }

  async reserveFlavor({ flavorId, body }: ReserveFlavorRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.reserve(body, call, flavorId));
  }

  async makeReservation({ body }: ForeignDocument, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.reserve(body, call));
  }

  async purchaseFlavor({ transactionId }: PurchaseFlavorRequest, call: Call): Promise<ForeignDocument> {
    return documentOf(await this.desk.purchase(transactionId, call));
  }
}
