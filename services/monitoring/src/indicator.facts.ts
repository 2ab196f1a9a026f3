import { Injectable } from '@nestjs/common';
import { LeaseState, OrganisationSize, RegistrationState, Role } from '#contracts';
import { Health, slotAt } from '#domain';
import { Database, type Tx } from '#platform';
import type { Facts, IndicatorPool, LeaseFact, LinkFact, ParticipantFact, SiteFact } from './core/indicator-facts.js';
import { probesLeast, youngMs } from './core/link-measure.js';
import { IndicatorCarry } from './indicator.carry.js';
import { type MeasureRow, medians } from './link.measures.js';

const verified = RegistrationState.VERIFIED;
const operatorId = 1;

const siteFacts = `
  select site_id as "siteId", provider_id as "providerId", name, region, district, standard_racks as "standardRacks", occupancy_bp as "occupancyBp",
    pue_milli as "pueMilli", green_share_bp as "greenShareBp", energy_mwh_per_year as "energyMwhPerYear", commissioned_day as "commissionedDay",
    wue_milli as "wueMilli", cue_milli as "cueMilli", storage_tb as "storageTb", flash_storage_tb as "flashTb"
  from indicator_sites where state = ${verified} order by site_id`;

const verifiedPools = `
  select p.pool_id as "poolId", p.site_id as "siteId", p.provider_id as "providerId", model, compute_class as "computeClass",
    p.units_per_node as "unitsPerNode", p.node_count as "nodeCount", tflops_fp16_milli as "tflopsFp16Milli", tflops_fp32_milli as "tflopsFp32Milli",
    domestic as "isDomestic", coalesce(judged.health = ${Health.LOST}, false) as "isLost", coalesce(lost.nodes, 0) as "lostNodes"
  from indicator_pools p join indicator_sites s on s.site_id = p.site_id and s.state = ${verified}
  left join pools judged on judged.pool_id = p.pool_id
  left join (select pool_id, count(*)::int4 as nodes from unwell_nodes where health = ${Health.LOST} group by pool_id) lost on lost.pool_id = p.pool_id
  where p.state = ${verified} order by p.pool_id`;

const verifiedLinks = `
  select link_id as "linkId", l.owner_id as "ownerId", from_region as "fromRegion", to_region as "toRegion", to_site_id as "toSiteId",
    coalesce(nullif(s.district, 0), to_region) as "toDistrict", one_way_us as "oneWayUs", round_trip_us as "roundTripUs"
  from indicator_links l left join indicator_sites s on s.site_id = l.to_site_id where l.state = ${verified} order by link_id`;

/** Who has used compute has used it, whatever became of the registration since. */
const participantFacts = `
  select participant_id as "participantId", name, state = ${verified} and ${Role.PROVIDER} = any(roles) as "isProvider",
    state = ${verified} and ${Role.PARTNER} = any(roles) as "isPartner", size = ${OrganisationSize.INDIVIDUAL} as "isPerson", region,
    first_use as "firstUse"
  from indicator_participants left join (
    select buyer_id, min(from_slot) as first_use from leases
    where from_slot <= $1 and to_slot > from_slot and state in (${LeaseState.ACTIVE}, ${LeaseState.ENDED}, ${LeaseState.CUT_SHORT}) group by buyer_id
  ) used on buyer_id = participant_id order by participant_id`;

const leasesEnded = `
  select lease_id as "leaseId", unit_slots_due as "unitSlotsDue", unit_slots_up as "unitSlotsUp", energy_wh as "energyWh"
  from leases where measured and to_slot > $1 and to_slot <= $2 order by lease_id`;

/** Reads all that indicators are computed from. */
@Injectable()
export class IndicatorFacts {
  constructor(
    private readonly database: Database,
    private readonly carry: IndicatorCarry,
  ) {}

  /** Verified sites by id, and the region of the hub. Throws as `read` does. */
  async sites(): Promise<Pick<Facts, 'sites' | 'homeRegion'>> {
    await this.carry.once();
    const { database } = this;
    return { sites: await numbered<SiteFact>(database, siteFacts), homeRegion: await homeRegionOf(database) };
  }

  /**
   * Of one moment of the database; what is of a period is of [from, to).
   * @throws Refusal unavailable where the registry must be asked first and does not answer
   */
  async read(at: number, period: { readonly from: number; readonly to: number }): Promise<Facts> {
    await this.carry.once();
    return this.database.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      return {
        at,
        homeRegion: await homeRegionOf(tx),
        sites: await numbered<SiteFact>(tx, siteFacts),
        pools: await numbered<IndicatorPool>(tx, verifiedPools),
        links: await linkFacts(tx, at),
        participants: await numbered<ParticipantFact>(tx, participantFacts, [slotAt(at)]),
        leases: await numbered<LeaseFact>(tx, leasesEnded, [slotAt(period.from), slotAt(period.to)]),
      };
    });
  }
}

/** A delay that probes did not measure is the registered one. */
async function linkFacts(tx: Pick<Tx, 'query'>, at: number): Promise<LinkFact[]> {
  const links = await numbered<LinkFact>(tx, verifiedLinks);
  const rows = await tx.query<MeasureRow>(medians('at >= $1'), [at - youngMs]);
  const measured = new Map(rows.filter(({ probes }) => probes >= probesLeast).map((row) => [row.link_id, row]));
  return links.map((link) => {
    const row = measured.get(link.linkId);
    if (!row) return { ...link, isMeasured: false };
    return { ...link, oneWayUs: row.one_way_us ?? link.oneWayUs, roundTripUs: row.round_trip_us, isMeasured: true };
  });
}

/** Region of the operator; 0 before the registry told of it. */
async function homeRegionOf(tx: Pick<Tx, 'query'>): Promise<number> {
  const [operator] = await tx.query<{ region: number }>('select region from indicator_participants where participant_id = $1', [
    operatorId,
  ]);
  return operator?.region ?? 0;
}

/** Rows whose 64-bit columns are safe integers, as the contract bounds them; null is undefined. */
async function numbered<T>(tx: Pick<Tx, 'query'>, sql: string, params: readonly unknown[] = []): Promise<T[]> {
  const rows = await tx.query<Record<string, unknown>>(sql, params);
  for (const row of rows)
    for (const name in row) {
      if (typeof row[name] === 'bigint') row[name] = Number(row[name]);
      else row[name] ??= undefined;
    }
  return rows as T[];
}
