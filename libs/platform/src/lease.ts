// A lease: a row that says who leads, in which epoch and until when. Only the database's clock counts, so no process's clock can give it to two; and
// where one that lost it does not know that yet, whatever it writes carries a stale epoch.
import type { Database } from './database.js';

/** What became of asking for a lease. */
export interface Asked {
  /** Of the term that begins, higher than any before; undefined where another holds the lease. */
  readonly epoch: number | undefined;
  /** Who held it when this was asked, and until when; undefined where nobody ever did. */
  readonly before: { readonly holder: string; readonly until: string } | undefined;
}

export class Lease {
  /**
   * @param holder a name that no other process has
   * @param termMs Infinity where no other process can come
   */
  constructor(
    private readonly database: Database,
    readonly name: string,
    readonly holder: string,
    readonly termMs: number,
  ) {}

  /**
   * Begins a term where nobody else's runs; the holder of one begins another. Where another's runs, the row is read and not locked: whoever asks ten
   * times a second would else hold it while the disk is slow, and the holder could not renew.
   */
  async take(): Promise<Asked> {
    const [row] = await this.database.query<{ epoch: bigint | null; holder: string | null; until: string | null }>(
      `with taken as (
         insert into leader_lease as lease (name, holder, epoch, until)
         select $1, $2, 1, clock_timestamp() + $3::interval
         where not exists (select from leader_lease where name = $1 and holder <> $2 and until >= clock_timestamp())
         on conflict (name) do update set holder = $2, epoch = lease.epoch + 1, until = clock_timestamp() + $3::interval
           where lease.holder = $2 or lease.until < clock_timestamp()
         returning epoch
       )
       select (select epoch from taken) as epoch, lease.holder, lease.until::text
       from (values ($1)) as asked (name) left join leader_lease as lease using (name)`,
      [this.name, this.holder, this.term],
    );
    const { epoch, holder, until } = row!;
    // Another's first term began while this was asked, unseen by it: the next look sees it.
    if (epoch === null && holder === null) return this.take();
    return { epoch: epoch === null ? undefined : Number(epoch), before: holder === null ? undefined : { holder, until: until! } };
  }

  /**
   * A whole term from now on. False where another has begun one. It does not wait for the disk: the term would pass while that is busy, and where a crash of
   * the database takes it back another term may begin early, whose epoch the journal holds against this one's.
   */
  async renew(): Promise<boolean> {
    const rows = await this.database.query(
      `with renewed as (update leader_lease set until = clock_timestamp() + $3::interval where name = $1 and holder = $2 returning name)
       select set_config('synchronous_commit', 'off', true) from renewed`,
      [this.name, this.holder, this.term],
    );
    return rows.length === 1;
  }

  /** The next may begin at once. */
  async release(): Promise<void> {
    await this.database.query(`update leader_lease set until = '-infinity' where name = $1 and holder = $2`, [this.name, this.holder]);
  }

  private get term(): string {
    return Number.isFinite(this.termMs) ? `${this.termMs} milliseconds` : 'infinity';
  }
}
