import { PartnerPaymentsDefinition } from '#contracts';
import type {
  ListPartnerNettingsRequest,
  ListPartnerPaymentsRequest,
  RecordPartnerPaymentRequest,
  ReturnPartnerPaymentRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { PartnerPayments } from './partner-payments.js';

@Rpc(PartnerPaymentsDefinition)
export class PartnerPaymentsRpc implements Implementation<typeof PartnerPaymentsDefinition> {
  constructor(private readonly payments: PartnerPayments) {}

  listPartnerNettings = (request: ListPartnerNettingsRequest) => this.payments.nettings(request);
  recordPartnerPayment = (request: RecordPartnerPaymentRequest, call: Call) => this.payments.record(request, call);
  returnPartnerPayment = (request: ReturnPartnerPaymentRequest, call: Call) => this.payments.return(request, call);
  listPartnerPayments = (request: ListPartnerPaymentsRequest) => this.payments.list(request);
}
