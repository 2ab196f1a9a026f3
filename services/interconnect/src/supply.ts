import { Injectable } from '@nestjs/common';
import {
  bytesOf,
  Empty,
  type ListAdvertisementsRequest,
  type ListAdvertisementsResponse,
  type ListSupplyRequest,
  type ListSupplyResponse,
  RemoteSupply,
} from '#contracts';
import { type Call, Clock, Database, type Tx, absent, conflict, invalid, nextPage, pageOf } from '#platform';
import { Advertising, advertsMax } from './advertising.js';
import { brokenBySupply } from './core/supply.js';
import { Sharing } from './sharing.js';

interface AdvertRow {
  readonly platform: string;
  readonly advert_id: string;
  readonly supply: Buffer;
  readonly heard_at: bigint;
}

/** Supply that is offered to partners, and that they offer. What of its own market this platform offers is entered by its operator, and told as far as the market has it. */
@Injectable()
export class SupplyDesk {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly advertising: Advertising,
    private readonly sharing: Sharing,
  ) {}

  async offer(supply: RemoteSupply, call: Call): Promise<RemoteSupply> {
    const now = this.clock.now();
    if (supply.unitsBySlot)
      throw invalid('supply.unitsBySlot', 'units_by_slot_must_not_be_entered', 'by slot the market says what is there');
    const broken = brokenBySupply({ ...supply, window: supply.window! }, now);
    if (broken) throw invalid('supply', broken, 'supply is offered for slots to come, and for seven days at most before it is renewed');
    return this.database.once(call, RemoteSupply, async (tx) => {
      await this.lock(tx, supply.advertId);
      await this.mustHaveRoom(tx, supply.advertId, now);
      await tx.query(
        `insert into own_supply (advert_id, supply, expires_at) values ($1, $2, $3)
         on conflict (advert_id) do update set supply = excluded.supply, expires_at = excluded.expires_at, there = null`,
        [supply.advertId, bytesOf(RemoteSupply, supply), supply.expiresAt],
      );
      tx.onceCommitted(() => this.sharing.look());
      return supply;
    });
  }

  async withdraw(advertId: string, call: Call): Promise<Empty> {
    return this.database.once(call, Empty, async (tx) => {
      const before = await this.lock(tx, advertId);
      if (!before) throw absent(`supply ${advertId}`);
      await tx.query('delete from own_supply where advert_id = $1', [advertId]);
      await this.advertising.tellChange(tx, advertId);
      return {};
    });
  }

  async list({ page: asked }: ListSupplyRequest): Promise<ListSupplyResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.database.query<AdvertRow>(
      'select advert_id, supply from own_supply where expires_at > $1 and advert_id > $2 order by advert_id limit $3',
      [this.clock.now(), after?.[0] ?? '', limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.advert_id]);
    return { supply: rows.map((row) => RemoteSupply.decode(row.supply)), page };
  }

  async advertisements(request: ListAdvertisementsRequest): Promise<ListAdvertisementsResponse> {
    const { limit, after } = pageOf(request.page);
    if (after && after.length !== 2) throw invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');
    const found = await this.database.query<AdvertRow>(
      `select platform, advert_id, supply, heard_at from remote_supply join partners using (platform)
       where state = 1 and expires_at > $1 and ($2 = '' or platform = $2) and ($3 = 0 or compute_class = $3) and ($4 = '' or model = $4)
         and ($5 = 0 or zone = $5) and ($6 = 0 or region = $6) and (platform, advert_id) > ($7, $8)
       order by platform, advert_id limit $9`,
      [
        ...[this.clock.now(), request.platform, request.computeClass, request.model, request.zone, request.region],
        ...[after?.[0] ?? '', after?.[1] ?? '', limit + 1],
      ],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.platform, row.advert_id]);
    const advertisements = rows.map(({ platform, supply, heard_at }) => ({
      platform,
      remote: true,
      supply: RemoteSupply.decode(supply),
      heardAt: Number(heard_at),
    }));
    return { advertisements, page };
  }

  private async lock(tx: Tx, advertId: string): Promise<RemoteSupply | undefined> {
    await tx.query(`select pg_advisory_xact_lock(hashtext('own supply'))`);
    const [row] = await tx.query<{ supply: Buffer }>('select supply from own_supply where advert_id = $1 and expires_at > $2', [
      ...[advertId, this.clock.now()],
    ]);
    return row && RemoteSupply.decode(row.supply);
  }

  private async mustHaveRoom(tx: Tx, advertId: string, now: number): Promise<void> {
    const [row] = await tx.query<{ count: bigint }>('select count(*) as count from own_supply where advert_id <> $1 and expires_at > $2', [
      ...[advertId, now],
    ]);
    if (Number(row!.count) >= advertsMax) throw conflict('adverts_must_not_exceed_1000', 'add supply of a kind and region up', 'supply');
  }
}
