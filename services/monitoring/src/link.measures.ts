import { Inject, Injectable } from '@nestjs/common';
import {
  Compliance,
  type GetLinkQualityRequest,
  LinkMeasured,
  LinkPromise,
  type LinkQuality,
  type LinkTarget,
  ProbeSource,
  RegistryDefinition,
} from '#contracts';
import { At, type Call, type Client, Clock, Database, Outbox, type Tx, clientOf } from '#platform';
import { type LinkMeasure, tellingOf, youngMs } from './core/link-measure.js';

export interface MeasureRow {
  readonly link_id: number;
  readonly by_operator: boolean;
  readonly round_trip_us: number;
  readonly one_way_us: number | null;
  readonly megabits_per_second: number | null;
  readonly probes: number;
  readonly newest_at: bigint;
}

/** Where the operator measures, its word is the one that counts: an owner has an interest in its own link. */
export const medians = (where: string): string => `
  with newest as (select link_id, by_operator, at, round_trip_us, one_way_us, megabits_per_second,
      max(at) over (partition by link_id) as newest_at from link_probes where ${where}),
    young as (select *, bool_or(by_operator) over (partition by link_id) as is_operators from newest where at >= newest_at - ${youngMs})
  select link_id, by_operator, percentile_disc(0.5) within group (order by round_trip_us) as round_trip_us,
    percentile_disc(0.5) within group (order by one_way_us) filter (where one_way_us > 0) as one_way_us,
    percentile_disc(0.5) within group (order by megabits_per_second) filter (where megabits_per_second > 0) as megabits_per_second,
    count(*)::int4 as probes, max(at) as newest_at
  from young where by_operator = is_operators group by link_id, by_operator`;

/** What probes come to: told to the registry where the market should know, and shown beside what was promised. */
@Injectable()
export class LinkMeasures {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    @Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>,
  ) {}

  @At('link measurements', 60_000)
  async tell(now: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      const measured = new Map(
        (await tx.query<MeasureRow>(medians('at >= $1'), [now - youngMs])).map((row) => [row.link_id, measureOf(row)]),
      );
      await tx.query('insert into link_tellings (link_id) select unnest($1::int4[]) on conflict do nothing', [[...measured.keys()]]);
      const told = await tx.query<{ link_id: number; round_trip_us: number; by_operator: boolean; told_at: bigint }>(
        'select * from link_tellings where round_trip_us > 0 or link_id = any($1::int4[]) order by link_id for update',
        [[...measured.keys()]],
      );
      for (const { link_id: linkId, round_trip_us, by_operator, told_at } of told) {
        const roundTripUs = tellingOf(
          { roundTripUs: round_trip_us, byOperator: by_operator, toldAt: Number(told_at) },
          measured.get(linkId),
          now,
        );
        if (roundTripUs !== undefined)
          await this.tellOne(tx, { linkId, roundTripUs, byOperator: measured.get(linkId)?.byOperator ?? false }, now);
      }
    });
  }

  async quality({ linkId }: GetLinkQualityRequest, call: Call): Promise<LinkQuality> {
    const link = await this.registry.getLink({ id: linkId }, call);
    const { fromRegion, toRegion, toSiteId, oneWayUs, roundTripUs, gigabitsPerSecond } = link.details!;
    const [row] = await this.database.query<MeasureRow>(medians('link_id = $1'), [linkId]);
    const measured = row ? measureOf(row) : undefined;
    const [told] = await this.database.query<{ round_trip_us: number }>('select round_trip_us from link_tellings where link_id = $1', [
      linkId,
    ]);
    const now = this.clock.now();
    return {
      ...{ linkId, fromRegion, toRegion, toSiteId },
      targets: [
        targetOf(LinkPromise.ONE_WAY, oneWayUs, measured?.oneWayUs ?? 0),
        targetOf(LinkPromise.ROUND_TRIP, roundTripUs, measured?.roundTripUs ?? 0),
        targetOf(LinkPromise.THROUGHPUT, gigabitsPerSecond * 1_000, measured?.megabitsPerSecond ?? 0),
      ],
      countedRoundTripUs: link.countedRoundTripUs,
      countsMeasured: (told?.round_trip_us ?? 0) > 0,
      measuredAt: measured?.newestAt ?? 0,
      ageSeconds: measured ? Math.max(0, Math.floor((now - measured.newestAt) / 1_000)) : 0,
      source: !row ? ProbeSource.UNSPECIFIED : row.by_operator ? ProbeSource.OPERATOR : ProbeSource.OWNER,
      probes: measured?.probes ?? 0,
    };
  }

  private async tellOne(tx: Tx, { linkId, roundTripUs, byOperator }: LinkMeasured, now: number): Promise<void> {
    await tx.query('update link_tellings set round_trip_us = $2, by_operator = $3, told_at = $4 where link_id = $1', [
      ...[linkId, roundTripUs, byOperator, now],
    ]);
    await this.outbox.publish(tx, LinkMeasured, { linkId, roundTripUs, byOperator }, `link/${linkId}`);
  }
}

const measureOf = (row: MeasureRow): LinkMeasure => ({
  roundTripUs: row.round_trip_us,
  oneWayUs: row.one_way_us ?? 0,
  megabitsPerSecond: row.megabits_per_second ?? 0,
  probes: row.probes,
  byOperator: row.by_operator,
  newestAt: Number(row.newest_at),
});

function targetOf(promise: LinkPromise, promised: number, measured: number): LinkTarget {
  const isKept = promise === LinkPromise.THROUGHPUT ? measured >= promised : measured <= promised;
  return {
    promise,
    promised,
    measured,
    compliance: measured === 0 ? Compliance.NOT_MEASURED : isKept ? Compliance.KEPT : Compliance.BROKEN,
  };
}
