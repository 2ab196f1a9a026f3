import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ListPointDeadLettersRequest, type ListPointDeadLettersResponse, PointDeadLetter, SignedDayState } from '#contracts';
import { shanghaiDay, startOfShanghaiDay } from '#domain';
import {
  type Call,
  Clock,
  Database,
  Gauges,
  Refusal,
  type Tx,
  absent,
  conflict,
  isOutage,
  messageOf,
  nextPage,
  numberAfter,
  pageOf,
} from '#platform';
import { NewestUnits } from './core/newest-units.js';
import type { Gathered } from './gathered.js';
import { blocksOf, gatheredOf } from './point.salvage.js';
import { RollupRetention } from './rollup.retention.js';
import { RollupStore } from './rollup.store.js';

interface LetterRow {
  readonly letter_id: bigint;
  readonly received_at: bigint;
  readonly bytes: number | null;
  readonly cause: string;
  readonly attempts: number;
  readonly failed_at: bigint;
  readonly replayed_at: bigint | null;
}

const columns = 'letter_id, received_at, octet_length(frames) as bytes, cause, attempts, failed_at, replayed_at';

/** Rows of the points' log that were put aside: told, counted, and merged once more where the operator says so. */
@Injectable()
export class PointLetters implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly gauges: Gauges,
    private readonly store: RollupStore,
    private readonly retention: RollupRetention,
  ) {}

  onApplicationBootstrap(): void {
    this.gauges.add(
      'exchange.telemetry.log.dead_letters',
      '{row}',
      'Rows of the points’ log that were put aside and not replayed',
      async () => {
        const [row] = await this.database.query<{ count: bigint }>('select count(*) from point_dead_letters where replayed_at is null');
        return [[Number(row!.count)]];
      },
    );
  }

  async list({ page: request }: ListPointDeadLettersRequest): Promise<ListPointDeadLettersResponse> {
    const asked = pageOf(request);
    const found = await this.database.query<LetterRow>(
      `select ${columns} from point_dead_letters where letter_id < $1 order by letter_id desc limit $2`,
      [numberAfter(asked, Number.MAX_SAFE_INTEGER), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.letter_id]);
    return { deadLetters: rows.map(toLetter), page };
  }

  /** Merges the row into the roll-ups, as of when it was received. @throws Refusal; nothing of it is merged then */
  async replay(letterId: number, call: Call): Promise<PointDeadLetter> {
    try {
      return await this.database.once(call, PointDeadLetter, (tx) => this.merge(tx, letterId));
    } catch (error) {
      if (error instanceof Refusal || isOutage(error)) throw error;
      await this.database.query(
        'update point_dead_letters set attempts = attempts + 1, cause = $2, failed_at = $3 where letter_id = $1 and replayed_at is null',
        [letterId, messageOf(error), this.clock.now()],
      );
      throw conflict('frames_must_be_readable', messageOf(error));
    }
  }

  private async merge(tx: Tx, letterId: number): Promise<PointDeadLetter> {
    const [row] = await tx.query<LetterRow & { frames: Buffer | null }>(
      `select ${columns}, frames from point_dead_letters where letter_id = $1 for update`,
      [letterId],
    );
    if (!row) throw absent(`row ${letterId} put aside`);
    if (row.replayed_at !== null) throw conflict('dead_letter_must_not_be_replayed_twice', 'it was replayed before');
    if (!row.frames) throw new Error('the disk did not give its bytes back');
    const now = this.clock.now();
    const gathered = gatheredOf(blocksOf(row.frames), Number(row.received_at), now);
    await this.mustBeOpen(tx, gathered);
    await this.store.mergeLeft(tx, gathered, new NewestUnits(), now);
    await tx.query('update point_dead_letters set replayed_at = $2 where letter_id = $1', [letterId, now]);
    return toLetter({ ...row, replayed_at: BigInt(now) });
  }

  /** What both have signed must not change, and what is dropped must not begin anew. */
  private async mustBeOpen(tx: Tx, { fold }: Gathered): Promise<void> {
    const days = [...fold.cells()].map(({ poolId, slot }) => ({ poolId, day: shanghaiDay(slot) }));
    if (days.some(({ day }) => startOfShanghaiDay(day) < this.retention.keptFrom))
      throw conflict('day_must_be_kept', 'roll-ups of its day may have been dropped');
    const poolIds = days.map(({ poolId }) => poolId);
    // As who signs a day does, so that none is signed meanwhile.
    await tx.query('select from pools where pool_id = any($1::int4[]) order by pool_id for no key update', [poolIds]);
    const [signed] = await tx.query<{ pool_id: number; day: number }>(
      `select pool_id, day from signed_days join (select distinct * from unnest($1::int4[], $2::int4[]) as told (pool_id, day)) told using (pool_id, day)
       where state = ${SignedDayState.COUNTERSIGNED} limit 1`,
      [poolIds, days.map(({ day }) => day)],
    );
    if (signed) throw conflict('day_must_not_be_countersigned', `both have signed day ${signed.day} of pool ${signed.pool_id}`);
  }
}

const toLetter = (row: LetterRow): PointDeadLetter => ({
  letterId: Number(row.letter_id),
  receivedAt: Number(row.received_at),
  bytes: row.bytes ?? 0,
  cause: row.cause,
  attempts: row.attempts,
  failedAt: Number(row.failed_at),
  replayed: row.replayed_at !== null,
});
