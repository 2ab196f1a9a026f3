import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { bytesOf, RemoteSupply, RemoteTerms, type TradeMade } from '#contracts';
import { Clock, Gather, Outbox, type Tx } from '#platform';
import { PieceState } from './core/piece.js';
import { tellDecided } from './pieces.js';
import { Saying } from './saying.js';
import { isAble, lockTalk } from './talk.js';

const minute = 60_000;
const holdMs = minute;
/** Beyond that the partner does not begin to reserve, and says so. */
const validMs = minute;

/** Of a fill that lies on one partner's platform: its pieces are asked for together. */
export interface Wanted {
  /** The market's number of it. */
  readonly number: number;
  readonly partnerId: number;
  readonly pieces: readonly TradeMade[];
  readonly perNode: number;
  readonly image: string;
  readonly publicKey: string;
}

interface Asked {
  readonly wanted: Wanted;
  readonly reservationId: string;
  readonly terms: RemoteTerms;
  readonly amount: bigint;
}

/** What of this platform's bids lies with partners is asked for there; all that one transaction brings by a few statements. */
@Injectable()
export class Asking {
  private readonly wanted = new Gather<Wanted>((tx, wanted) => this.askAll(tx, wanted));

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly saying: Saying,
  ) {}

  /** Asks the partner, or tells the market why nobody can be asked, at the transaction's end. */
  ask(tx: Tx, wanted: Wanted): void {
    this.wanted.add(tx, wanted);
  }

  /** Now. */
  flush(tx: Tx): Promise<void> {
    return this.wanted.flush(tx);
  }

  private async askAll(tx: Tx, all: readonly Wanted[]): Promise<void> {
    const platforms = await this.lockAble(tx, [...new Set(all.map(({ partnerId }) => partnerId))]);
    const adverts = await advertsOf(tx, [...new Set(all.map(({ pieces }) => pieces[0]!.poolId))]);
    const asked: Asked[] = [];
    for (const wanted of all) {
      const [first] = wanted.pieces as [TradeMade];
      const advert = adverts.get(first.poolId);
      // Two kinds cannot be reserved all or none: what the market told of one is taken away, so that it asks for the other alone.
      if (advert && platforms.has(wanted.partnerId) && wanted.pieces.every((piece) => isAlike(piece, first)))
        asked.push(askedOf(wanted, advert));
      else await tellDecided(this.outbox, tx, wanted.number, { made: false, isSupplyThere: false });
    }
    for (const [partnerId, some] of Map.groupBy(asked, ({ wanted }) => wanted.partnerId))
      await this.say(tx, platforms.get(partnerId)!, some);
  }

  /** Those that can be bought of, by their participants; in the order in which all lock them. */
  private async lockAble(tx: Tx, partnerIds: readonly number[]): Promise<Map<number, string>> {
    const rows = await tx.query<{ platform: string }>(
      'select platform from partners where participant_id = any($1) and state < 3 order by platform',
      [partnerIds],
    );
    const able = new Map<number, string>();
    for (const { platform } of rows) {
      const talk = (await lockTalk(tx, platform))!;
      if (isAble(talk)) able.set(talk.participantId, platform);
    }
    return able;
  }

  private async say(tx: Tx, platform: string, asked: readonly Asked[]): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `insert into pieces (reservation_id, platform, number, state, pool_id, terms, units, from_slot, to_slot, amount, asked_at)
       select id, $1, number, $2, pool, terms, units, "from", "to", amount, $3
       from unnest($4::text[], $5::int8[], $6::int4[], $7::bytea[], $8::int4[], $9::int4[], $10::int4[], $11::int8[])
         as p (id, number, pool, terms, units, "from", "to", amount)`,
      [
        ...[platform, PieceState.ASKED, now],
        asked.map(({ reservationId }) => reservationId),
        asked.map(({ wanted }) => wanted.number),
        asked.map(({ wanted }) => wanted.pieces[0]!.poolId),
        asked.map(({ terms }) => bytesOf(RemoteTerms, terms)),
        asked.map(({ terms }) => terms.units),
        asked.map(({ terms }) => terms.window!.from),
        asked.map(({ terms }) => terms.window!.to),
        asked.map(({ amount }) => amount),
      ],
    );
    const trades = asked.flatMap(({ reservationId, wanted }) =>
      wanted.pieces.map(({ tradeId, units }) => ({ reservationId, tradeId, units })),
    );
    await tx.query(
      'insert into piece_trades (trade_id, reservation_id, units) select t.* from unnest($1::int8[], $2::text[], $3::int4[]) as t (id, of, units)',
      [trades.map(({ tradeId }) => tradeId), trades.map(({ reservationId }) => reservationId), trades.map(({ units }) => units)],
    );
    const bodies = asked.map(({ reservationId, terms, wanted: { image, publicKey } }) => ({
      reserve: { reservationId, terms, holdMs, image, publicKey },
    }));
    await this.saying.sayAll(tx, platform, bodies, validMs);
  }
}

/** By the pools under which the market knows them. */
async function advertsOf(tx: Tx, poolIds: readonly number[]): Promise<Map<number, RemoteSupply>> {
  const rows = await tx.query<{ pool_id: number; told: Buffer }>(
    'select pool_id, told from remote_pools where pool_id = any($1) and length(told) > 0',
    [poolIds],
  );
  return new Map(rows.map(({ pool_id, told }) => [pool_id, RemoteSupply.decode(told)]));
}

/** True where both are of one reservation of a partner's: like capacity at one price, in the same slots. */
const isAlike = (a: TradeMade, b: TradeMade): boolean =>
  a.poolId === b.poolId && a.price === b.price && a.window!.from === b.window!.from && a.window!.to === b.window!.to;

function askedOf(wanted: Wanted, advert: RemoteSupply): Asked {
  const { pieces, perNode } = wanted;
  const { price, window, domestic } = pieces[0]!;
  const { advertId, computeClass, model, unit, zone, region } = advert;
  const units = pieces.reduce((sum, piece) => sum + piece.units, 0);
  return {
    wanted,
    reservationId: randomUUID(),
    terms: { advertId, computeClass, model, domestic, unit, zone, region, units, window, price, perNode },
    amount: pieces.reduce((sum, { computeAmount }) => sum + computeAmount, 0n),
  };
}
