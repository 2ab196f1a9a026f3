import { Injectable } from '@nestjs/common';
import type { RemoteSupply } from '#contracts';
import { type Call, Clock, Database, Refusal, conflict } from '#platform';
import { PartnerState } from './core/partner-state.js';
import { brokenBySupply } from './core/supply.js';
import { sharesOf } from './shares.js';

export interface ForeignPartner {
  readonly platform: string;
  readonly state: PartnerState;
  readonly classes: readonly number[];
  readonly zones: readonly number[];
}

/** Partners that speak another protocol: known by a key of the API, and the same partners that the operator registers, with the same limits. */
@Injectable()
export class ForeignPartners {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** For whom the caller stands. @throws Refusal caller_must_stand_for_a_partner */
  async of({ caller }: Call): Promise<ForeignPartner> {
    const [partner] = await this.database.query<ForeignPartner>(
      'select platform, state, classes, zones from partners where participant_id = $1 order by state limit 1',
      [caller.participantId],
    );
    if (partner) return partner;
    throw conflict(
      'caller_must_stand_for_a_partner',
      `the operator has registered no partner platform for participant ${caller.participantId}`,
    );
  }

  /** What is advertised to it now, by advert id. @throws Refusal partner_must_not_be_suspended, partner_must_not_have_left */
  async supplyFor(partner: ForeignPartner): Promise<RemoteSupply[]> {
    if (partner.state === PartnerState.SUSPENDED)
      throw new Refusal('forbidden', 'partner_must_not_be_suspended', 'the operator of this platform has suspended the partner');
    if (partner.state === PartnerState.LEFT)
      throw new Refusal('forbidden', 'partner_must_not_have_left', 'the interconnection with the partner has ended');
    const now = this.clock.now();
    const shares = await sharesOf(this.database, partner, now);
    return shares.filter((supply) => brokenBySupply({ ...supply, window: supply.window! }, now) === undefined);
  }
}
