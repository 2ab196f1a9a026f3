import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { type SignDayRequest, SignedDay, SignedDayState } from '#contracts';
import { slotsPerDay, startOfShanghaiDay, startOfSlot } from '#domain';
import {
  type Call,
  Clock,
  Config,
  Cryptography,
  Database,
  Logger,
  Refusal,
  type SuiteName,
  type Tx,
  absent,
  conflict,
  has,
  invalid,
  isSigned,
  keyIdOf,
  readPublicKey,
  signingKey,
  signingKeyPath,
} from '#platform';
import { AgentKeys } from './agent.keys.js';
import { measureGraceMs } from './core/availability.js';
import { lateMsMax } from './core/block.js';
import { type Difference, differencesOf } from './core/node-numbers.js';
import { areEqual, counterStatementOf, differentPlaces, nodeText, slotDigest, slotText, statementOf } from './core/signed-day.js';
import { DayDigests } from './day.digests.js';
import { digestOf } from './digest.js';
import { RollupRetention } from './rollup.retention.js';
import { readSignedDay } from './signed-day.row.js';

/** What comes later is late, and a day of which nothing came by then is missing. */
export const signMsMax = 7 * 86_400_000;
/** Values of a statement that are kept; more are counted. */
const differencesKept = 1_000;
const statementsMax = 20;

/** When the last slot of the day has ended. */
export const endOfDay = (day: number): number => startOfSlot(startOfShanghaiDay(day + 1));

interface SlotDifference extends Difference {
  readonly slot: number;
}

/** What a statement comes to beside what the exchange has. */
interface Compared {
  readonly suite: SuiteName;
  readonly statement: Uint8Array;
  readonly differentSlots: number[];
  readonly differences: SlotDifference[];
}

/** Takes what agents signed of days, and counter-signs what is equal to what the exchange has. */
@Injectable()
export class DaySigning implements OnApplicationBootstrap {
  private key: KeyObject | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly cryptography: Cryptography,
    private readonly keys: AgentKeys,
    private readonly digests: DayDigests,
    private readonly retention: RollupRetention,
    private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (signingKeyPath(this.config) !== undefined) this.key = await signingKey(this.config, this.cryptography);
  }

  async sign(request: SignDayRequest, call: Call): Promise<SignedDay> {
    const providerId = await this.mustOwn(request.poolId, call);
    await this.mustBeOver(request.day);
    const key = this.mustHaveKey();
    const compared = await this.compare(request, providerId);
    return this.database.once(call, SignedDay, (tx) => this.keep(tx, request, providerId, compared, key));
  }

  private mustHaveKey(): KeyObject {
    if (this.key) return this.key;
    throw new Refusal('unavailable', 'exchange_must_have_a_signing_key', 'EXCHANGE_SIGNING_KEY names none: nothing can be counter-signed');
  }

  private async mustOwn(poolId: number, call: Call): Promise<number> {
    const [pool] = await this.database.query<{ provider_id: number }>('select provider_id from pools where pool_id = $1', [poolId]);
    if (!pool || !(pool.provider_id === call.caller.participantId || has(call, 'service'))) throw absent(`pool ${poolId}`);
    return pool.provider_id;
  }

  /** Nothing can change the roll-ups of a day any more. */
  private async mustBeOver(day: number): Promise<void> {
    const end = endOfDay(day);
    if (startOfShanghaiDay(day) < this.retention.keptFrom) throw conflict('day_must_be_kept', 'its roll-ups may have been dropped', 'day');
    if (this.clock.now() < end + measureGraceMs) throw conflict('day_must_be_over_for_an_hour', 'points of it may still come', 'day');
    if (await this.digests.isOpen(end + lateMsMax))
      throw new Refusal(
        'unavailable',
        'points_must_be_merged',
        'points of the day are still on their way into the roll-ups',
        'day',
        [],
        10,
      );
  }

  private async compare({ poolId, day, keyId, slots, signature, rollups }: SignDayRequest, providerId: number): Promise<Compared> {
    const { suite: name, publicKey } = await this.keys.mustSign(providerId, keyId, poolId);
    const suite = name as SuiteName;
    const digest = digestOf(suite);
    const statement = statementOf(this.config.platform, poolId, day, slots, digest);
    if (!isSigned(suite, statement, readPublicKey(publicKey, suite), signature))
      throw invalid('signature', 'signature_must_be_of_the_key', `key ${keyId} did not sign this statement of the day`);

    const first = startOfShanghaiDay(day);
    const places = differentPlaces(slots, await this.digests.of(poolId, day, suite));
    const differences: SlotDifference[] = [];
    for (const [index, { slot, nodes }] of rollups.entries()) {
      const place = slot - first;
      if (place < 0 || place >= slotsPerDay) throw invalid(`rollups[${index}].slot`, 'slot_must_be_of_the_day', 'it is of another day');
      const given = digest(
        slotText(
          slot,
          nodes.map((node) => digest(nodeText(slot, node))),
        ),
      );
      if (!areEqual(given, slotDigest(slots, place)))
        throw invalid(`rollups[${index}].nodes`, 'rollups_must_be_those_that_were_signed', 'their digest is not the one in slots');
      if (places.includes(place))
        for (const difference of differencesOf(nodes, await this.digests.nodes(poolId, slot))) differences.push({ slot, ...difference });
    }
    return { suite, statement, differentSlots: places.map((place) => first + place), differences };
  }

  private async keep(tx: Tx, request: SignDayRequest, providerId: number, compared: Compared, key: KeyObject): Promise<SignedDay> {
    const { poolId, day, slots } = request;
    // Who signs the same day beside it waits for this one.
    await tx.query('select from pools where pool_id = $1 for no key update', [poolId]);
    const known = await readSignedDay(tx, poolId, day);
    if (known?.state === SignedDayState.COUNTERSIGNED) {
      if (areEqual(known.slots, slots)) return known;
      throw conflict('day_must_not_be_countersigned', 'both have signed other roll-ups of this day', 'day');
    }
    await this.insert(tx, request, providerId, compared, key);
    const differs = compared.differentSlots.length > 0;
    if (differs)
      this.log.warn({ poolId, day, slots: compared.differentSlots.length }, 'an agent signed other roll-ups than the exchange has');
    return (await readSignedDay(tx, poolId, day))!;
  }

  private async insert(tx: Tx, request: SignDayRequest, providerId: number, compared: Compared, key: KeyObject): Promise<void> {
    const { poolId, day, keyId, slots, signature } = request;
    const { suite, statement, differentSlots, differences } = compared;
    const [count] = await tx.query<{ count: bigint }>('select count(*) from rollup_statements where pool_id = $1 and day = $2', [
      poolId,
      day,
    ]);
    if (Number(count!.count) >= statementsMax)
      throw conflict('day_must_be_signed_at_most_20_times', 'what differs is settled with the operator', 'day');
    const now = this.clock.now();
    const isEqual = differentSlots.length === 0;
    const counter = isEqual
      ? [keyIdOf(key), this.cryptography.suite, this.cryptography.sign(counterStatementOf(now, signature, statement), key)]
      : ['', '', Buffer.alloc(0)];
    const [row] = await tx.query<{ number: bigint }>(
      `insert into rollup_statements (pool_id, day, provider_id, key_id, suite, slots, signature, signed_at, late, different_slots, differences,
         exchange_key_id, exchange_suite, countersignature)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning number`,
      [
        ...[poolId, day, providerId, keyId, suite, slots, signature, now],
        ...[now > endOfDay(day) + signMsMax, differentSlots, differences.length],
        ...counter,
      ],
    );
    await tx.query(
      `insert into signed_days (pool_id, day, provider_id, state, statement) values ($1, $2, $3, $4, $5)
       on conflict (pool_id, day) do update set state = excluded.state, statement = excluded.statement`,
      [poolId, day, providerId, isEqual ? SignedDayState.COUNTERSIGNED : SignedDayState.DIFFERENT, row!.number],
    );
    await insertDifferences(tx, row!.number, differences.slice(0, differencesKept));
  }
}

async function insertDifferences(tx: Tx, statement: bigint, some: readonly SlotDifference[]): Promise<void> {
  if (some.length === 0) return;
  await tx.query(
    `insert into rollup_differences (statement, slot, node, metric, what, agent, exchange)
     select $1, * from unnest($2::int4[], $3::int4[], $4::int4[], $5::text[], $6::int8[], $7::int8[])`,
    [
      statement,
      some.map(({ slot }) => slot),
      some.map(({ node }) => node),
      some.map(({ metric }) => metric),
      some.map(({ what }) => what),
      some.map(({ agent }) => agent),
      some.map(({ exchange }) => exchange),
    ],
  );
}
