import { Injectable } from '@nestjs/common';
import { numberOfTrade } from '#domain';
import { Lease, LeaseState, type ConfirmLeaseRequest } from '#contracts';
import { absent, conflict, Database, mayAct, type Call } from '#platform';
import { Leases } from './lease.query.js';
import { Shards } from './shards.js';

/** The provider's promise to deliver (R-27a). */
@Injectable()
export class LeaseConfirmation {
  constructor(
    private readonly shards: Shards,
    private readonly leases: Leases,
    private readonly database: Database,
  ) {}

  /**
   * Said again with the same endpoint and secret it answers the lease as it stands.
   * @throws Refusal absent for a lease of others, conflict where it does not wait for its provider
   */
  confirm(call: Call, request: ConfirmLeaseRequest): Promise<Lease> {
    return this.database.answerOnce(call, Lease, () => this.journal(call, request));
  }

  private async journal(call: Call, request: ConfirmLeaseRequest): Promise<Lease> {
    await this.shards.fence();
    const lease = await this.leases.get(call, request.leaseId);
    if (!mayAct(call, lease.providerId)) throw absent('lease');
    const sealedSecret = Buffer.from(request.sealedSecret).toString('base64');
    if (lease.state === LeaseState.PENDING) {
      const tradeNumber = numberOfTrade(request.leaseId);
      const step = await this.shards.ofTrade(request.leaseId)!.submitOne({
        command: { kind: 'ConfirmLease', tradeNumber, endpoint: request.endpoint, sealedSecret },
      });
      await this.shards.passed(step);
    }
    if (!(await this.leases.isConfirmedWith(request.leaseId, request.endpoint, Buffer.from(request.sealedSecret))))
      throw conflict('lease_must_be_pending', 'the lease does not wait for its provider');
    return this.leases.get(call, request.leaseId);
  }
}
