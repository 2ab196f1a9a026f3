import { GreenEnergyDefinition } from '#contracts';
import type { CloseGreenPeriodRequest, ListCertificatesRequest, ListGreenPeriodsRequest, RegisterCertificateRequest } from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { GreenCertificates } from './green-certificates.js';
import { GreenPeriods } from './green-periods.js';

@Rpc(GreenEnergyDefinition)
export class GreenRpc implements Implementation<typeof GreenEnergyDefinition> {
  constructor(
    private readonly certificates: GreenCertificates,
    private readonly periods: GreenPeriods,
  ) {}

  registerCertificate = (request: RegisterCertificateRequest, call: Call) => this.certificates.register(request, call);
  listCertificates = (request: ListCertificatesRequest, call: Call) => this.certificates.list(request, call);
  closeGreenPeriod = (request: CloseGreenPeriodRequest, call: Call) => this.periods.close(request, call);
  listGreenPeriods = (request: ListGreenPeriodsRequest) => this.periods.list(request);
}
