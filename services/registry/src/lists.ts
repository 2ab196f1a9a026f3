// The resource list 算力资源清单 and the needs list 需求清单: as they stand now, or of a published quarter, which never changes.
import { Injectable } from '@nestjs/common';
import { Publication, ResourceLine, SiteClass, WantedLine } from '#contracts';
import type {
  ListPublicationsRequest,
  ListPublicationsResponse,
  ListResourcesRequest,
  ListResourcesResponse,
  ListWantedComputeRequest,
  ListWantedComputeResponse,
  PageInfo,
  PageRequest,
} from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { At, Clock, Database, absent, conflict, invalid, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { fromRow } from './contents.js';
import { beginningOfQuarter, quarterAt, quarterBefore, startOfQuarter } from './core/quarter.js';
import { siteClassOf } from './core/site-class.js';
import { Filters } from './filters.js';

const hourMs = 3_600_000;

interface ResourceRow extends Record<string, unknown> {
  site_id: number;
  pool_id: number;
  standard_racks: number;
}

interface WantedRow extends Record<string, unknown> {
  need_id: number;
}

interface PublicationRow {
  quarter: string;
  published_at: bigint;
  by_name: string;
  resource_lines: number;
  need_lines: number;
}

@Injectable()
export class Lists {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** One line a verified pool; a site without one has a line of its own. Throws absent for a quarter that is not published. */
  async resources(request: ListResourcesRequest): Promise<ListResourcesResponse> {
    const { quarter, region, district, computeClass, model } = request;
    const filters = new Filters()
      .add('region = ?', region)
      .add('district = ?', district)
      .add('compute_class = ?', computeClass)
      .add('model = ?', model);
    const { rows, page, publishedAt } = await this.read<ResourceRow>(request, quarter, filters, 'resource_lines', 'current_resources', [
      'site_id',
      'pool_id',
    ]);
    const resources = rows.map((row) => fromRow(ResourceLine, { ...row, site_class: SiteClass[siteClassOf(row.standard_racks)] }));
    return { resources, publishedAt, page };
  }

  /** Verified needs that are not over; who needs is not told. */
  async needs(request: ListWantedComputeRequest): Promise<ListWantedComputeResponse> {
    const { quarter, region, district, computeClass } = request;
    const filters = new Filters().add('region = ?', region).add('district = ?', district).add('compute_class = ?', computeClass);
    if (!quarter) filters.always('to_day > ?', shanghaiDay(slotAt(this.clock.now())));
    const { rows, page, publishedAt } = await this.read<WantedRow>(request, quarter, filters, 'need_lines', 'current_needs', ['need_id']);
    return { needs: rows.map((row) => fromRow(WantedLine, row)), publishedAt, page };
  }

  /** Publishes this quarter's lists or, where nobody did, the last one's, as things stand now. */
  async publish(quarter: string, call: Call): Promise<Publication> {
    return this.database.once(call, Publication, async (tx) => {
      const now = this.clock.now();
      if (![quarterAt(now), quarterBefore(quarterAt(now))].includes(quarter))
        throw invalid('quarter', 'published_quarter_must_be_this_or_the_last', `it is ${quarterAt(now)}`);
      const published = await this.take(tx, quarter, call.caller.name);
      if (!published) throw conflict('quarter_must_be_published_once', `${quarter} is published`, 'quarter');
      return published;
    });
  }

  /** When a quarter has ended in which the exchange was open and whose lists nobody published, they are published as they then stand. */
  @At('quarterly lists', hourMs)
  async publishLastQuarter(now: number): Promise<void> {
    const quarter = quarterBefore(quarterAt(now));
    await this.database.transaction(async (tx) => {
      const [due] = await tx.query(
        `select from (select at from history order by id limit 1) opening
         where at < $1 and not exists (select from list_publications where quarter = $2)`,
        [beginningOfQuarter(quarterAt(now)), quarter],
      );
      if (due) await this.take(tx, quarter, 'exchange');
    });
  }

  /** Newest first. */
  async publications(request: ListPublicationsRequest): Promise<ListPublicationsResponse> {
    const { limit, after } = pageOf(request.page);
    const filters = new Filters().add('quarter < ?', after?.[0]);
    const sql = `select * from list_publications ${filters.where} order by quarter desc limit ${limit + 1}`;
    const { rows, page } = nextPage(await this.database.query<PublicationRow>(sql, filters.params), limit, (row) => [row.quarter]);
    return { publications: rows.map(publicationOf), page };
  }

  private async read<R extends Record<string, unknown>>(
    { page: asked }: { page?: PageRequest },
    quarter: string,
    filters: Filters,
    published: string,
    current: string,
    key: readonly [string] | readonly [string, string],
  ): Promise<{ rows: R[]; page: PageInfo; publishedAt: number }> {
    const { limit, after } = pageOf(asked);
    let publishedAt = 0;
    if (quarter) {
      const [found] = await this.database.query<PublicationRow>('select * from list_publications where quarter = $1', [quarter]);
      if (!found) throw absent(`list of ${quarter}`);
      publishedAt = Number(found.published_at);
      filters.always('quarter = ?', quarter);
    }
    filters.after(key, after);
    const sql = `select * from ${quarter ? published : current} ${filters.where} order by ${key.join(', ')} limit ${limit + 1}`;
    const { rows, page } = nextPage(await this.database.query<R>(sql, filters.params), limit, (row) =>
      key.map((column) => Number(row[column])),
    );
    return { rows, page, publishedAt };
  }

  /** Undefined where the quarter was published before. */
  private async take(tx: Tx, quarter: string, by: string): Promise<Publication | undefined> {
    // One statement, so that the lines and their counts are of one moment.
    const [row] = await tx.query<PublicationRow>(
      `with published as (
         insert into list_publications (quarter, published_at, by_name, resource_lines, need_lines)
         select $1, $2, $3, (select count(*) from current_resources), (select count(*) from current_needs where to_day > $4)
         on conflict do nothing returning *
       ), resources as (
         insert into resource_lines select published.quarter, current_resources.* from published, current_resources
       ), needs as (
         insert into need_lines select published.quarter, current_needs.* from published, current_needs where to_day > $4
       )
       select * from published`,
      [quarter, this.clock.now(), by, startOfQuarter(quarter)],
    );
    if (!row) return undefined;
    return publicationOf(row);
  }
}

const publicationOf = (row: PublicationRow): Publication => ({
  quarter: row.quarter,
  publishedAt: Number(row.published_at),
  by: row.by_name,
  resourceLines: row.resource_lines,
  needLines: row.need_lines,
});
