// A greeting by API key, before a partner is registered with its keys: is there a version that both speak?
import { HelloResponse, InterconnectDefinition } from '#contracts';
import type { HelloRequest, ListHellosRequest, ListHellosResponse, PartnerHello } from '#contracts';
import { Clock, Database, Rpc, conflict, nextPage, pageOf } from '#platform';
import type { Call, Implementation } from '#platform';
import { agreed, spoken } from './core/version.js';
import { OwnPlatform } from './own-platform.js';

interface HelloRow {
  hello_id: bigint;
  participant_id: number;
  platform: string;
  version: number;
  said_at: bigint;
}

@Rpc(InterconnectDefinition)
export class InterconnectRpc implements Implementation<typeof InterconnectDefinition> {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
  ) {}

  /** @throws conflict platforms_must_share_a_version */
  hello({ platform, versions }: HelloRequest, call: Call): Promise<HelloResponse> {
    return this.database.once(call, HelloResponse, async (tx) => {
      const version = agreed(versions);
      if (version === undefined)
        throw conflict('platforms_must_share_a_version', `this platform speaks version ${spoken.join(', ')} of the protocol`, 'versions');
      const time = this.clock.now();
      await tx.query('insert into hellos (participant_id, platform, version, said_at) values ($1, $2, $3, $4)', [
        call.caller.participantId,
        platform,
        version,
        time,
      ]);
      return { version, platform: this.own.name, time };
    });
  }

  async listHellos(request: ListHellosRequest): Promise<ListHellosResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.database.query<HelloRow>(
      `select hello_id, participant_id, platform, version, said_at from hellos
       where ($1::int8 is null or hello_id < $1) order by hello_id desc limit $2`,
      [after?.[0] ?? null, limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.hello_id]);
    return { hellos: rows.map(helloOf), page };
  }
}

const helloOf = (row: HelloRow): PartnerHello => ({
  helloId: Number(row.hello_id),
  participantId: row.participant_id,
  platform: row.platform,
  version: row.version,
  saidAt: Number(row.said_at),
});
