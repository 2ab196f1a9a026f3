import { Inject, Injectable } from '@nestjs/common';
import { type Link, type LinkProbe, RegistryDefinition, type ReportLinkProbesRequest, ReportLinkProbesResponse } from '#contracts';
import { At, type Call, type Client, Clock, Database, type Tx, clientOf, has, invalid } from '#platform';
import { futureMsMax } from './core/block.js';
import { brokenByProbe, youngMs } from './core/link-measure.js';

const linksMax = 100;
const probesKeptMs = 31 * 86_400_000;

/** Takes what agents measured of links. */
@Injectable()
export class LinkProbes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>,
  ) {}

  async report({ probes }: ReportLinkProbesRequest, call: Call): Promise<ReportLinkProbesResponse> {
    const links = await this.links(probes, call);
    for (const [index, probe] of probes.entries()) {
      const broken = brokenByProbe(probe, links.get(probe.linkId)!.details!.gigabitsPerSecond);
      if (broken) throw invalid(`probes[${index}].${broken[0]}`, broken[1], 'it cannot have been measured so');
    }
    return this.database.once(call, ReportLinkProbesResponse, (tx) => this.keep(tx, probes, call));
  }

  @At('forget probes', 86_400_000)
  async forget(now: number): Promise<void> {
    await this.database.query('delete from link_probes where at < $1', [now - probesKeptMs]);
  }

  /** The registry says whose they are: those of others are absent. */
  private async links(probes: readonly LinkProbe[], call: Call): Promise<Map<number, Link>> {
    const ids = [...new Set(probes.map(({ linkId }) => linkId))];
    if (ids.length > linksMax) throw invalid('probes', 'probes_must_be_of_at_most_100_links', `they are of ${ids.length}`);
    const links = new Map<number, Link>();
    for (const id of ids) links.set(id, await this.registry.getLink({ id }, call));
    return links;
  }

  private async keep(tx: Tx, probes: readonly LinkProbe[], call: Call): Promise<ReportLinkProbesResponse> {
    const now = this.clock.now();
    const late = probes.filter(({ at }) => at < now - youngMs).length;
    const future = probes.filter(({ at }) => at > now + futureMsMax).length;
    const timely = probes.filter(({ at }) => at >= now - youngMs && at <= now + futureMsMax);
    const kept = await tx.query(
      `insert into link_probes (link_id, participant_id, at, by_operator, round_trip_us, one_way_us, megabits_per_second)
       select link_id, $2, at, $1, round_trip_us, one_way_us, megabits from unnest($3::int4[], $4::int8[], $5::int4[], $6::int4[], $7::int4[])
         as probe (link_id, at, round_trip_us, one_way_us, megabits)
       on conflict do nothing returning 1`,
      [
        has(call, 'operator'),
        call.caller.participantId,
        timely.map(({ linkId }) => linkId),
        timely.map(({ at }) => at),
        timely.map(({ roundTripUs }) => roundTripUs),
        timely.map(({ oneWayUs }) => oneWayUs),
        timely.map(({ megabitsPerSecond }) => megabitsPerSecond),
      ],
    );
    return { kept: kept.length, repeated: timely.length - kept.length, late, future };
  }
}
