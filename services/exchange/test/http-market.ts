// A small market on the whole exchange, made and used through the public HTTP API alone.
import { slotAt, slotMs } from '#domain';
import type { Config } from '#platform';
import { operator, testExchange, type HttpAnswer, type TestExchange } from '#testing';

export type Json = Record<string, unknown>;
export type Answer = HttpAnswer<Json>;

export const rfc = (slot: number): string => new Date(slot * slotMs).toISOString();
export const firm = { computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', tier: 'FIRM' };
export const reclaimable = { ...firm, tier: 'RECLAIMABLE' };

export interface Someone {
  readonly id: number;
  readonly key: string;
}

export interface Place {
  readonly siteId: number;
  readonly poolId: number;
}

/** Cards of a pool: one node of eight. */
const cards = 8;

export class HttpMarket {
  operator = '';
  regulator = '';
  provider!: Someone;
  private names = 0;
  private sequence = 0;

  private constructor(readonly exchange: TestExchange) {}

  /** A provider, an operator and a regulator; nothing to sell yet. */
  static async open(config: Partial<Config> = {}): Promise<HttpMarket> {
    const market = new HttpMarket(await testExchange({ config }));
    market.operator = await market.exchange.key(operator);
    market.provider = await market.someone('PROVIDER');
    market.regulator = (await market.someone('REGULATOR')).key;
    return market;
  }

  stop(): Promise<void> {
    return this.exchange.stop();
  }

  /** The first slot that has not begun. */
  get slot(): number {
    return slotAt(this.exchange.now()) + 1;
  }

  get(key: string, path: string): Promise<Answer> {
    return this.exchange.http(path, { key });
  }

  send(key: string, path: string, body: Json = {}, method = 'POST', idempotencyKey?: string): Promise<Answer> {
    return this.exchange.http(path, { key, body, method, ...(idempotencyKey ? { idempotencyKey } : {}) });
  }

  /** What must go well. */
  async done(key: string, path: string, body: Json = {}, method = 'POST'): Promise<Json> {
    const answer = await this.send(key, path, body, method);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async seen(key: string, path: string): Promise<Json> {
    const answer = await this.get(key, path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A verified participant with a key of the role. */
  async someone(role: string): Promise<Someone> {
    const details = { name: `${role.toLowerCase()} ${++this.names}`, region: 500000, industry: 'I', size: 'SMALL', roles: [role] };
    const { participantId } = await this.done(this.operator, '/v1/participants', { details });
    await this.verified(`/v1/participants/${Number(participantId)}`);
    const { secret } = await this.done(this.operator, '/v1/keys', { participantId, roles: [role], name: role });
    return { id: Number(participantId), key: String(secret) };
  }

  /** A buyer with so many yuan. */
  async buyer(yuan = 1000): Promise<Someone> {
    const buyer = await this.someone('BUYER');
    const bankReference = `receipt ${buyer.id}`;
    await this.done(this.operator, '/v1/deposits', { participantId: buyer.id, amount: `${yuan}`, bankReference });
    await this.exchange.advance();
    return buyer;
  }

  /** A site of the provider with one node of eight cards. */
  async place({
    region = 500000,
    model = firm.model,
    confirmsAtOnce = true,
    greenShareBp = 0,
    heartbeatDeadlineSeconds = 604_800,
  } = {}): Promise<Place> {
    const name = `site ${++this.names}`;
    const site = { name, region, zone: 'DOMESTIC', securityGrade: 3, standardRacks: 200, pueMilli: 1200, greenShareBp };
    const { siteId } = await this.done(this.provider.key, '/v1/sites', { details: site });
    await this.verified(`/v1/sites/${Number(siteId)}`);
    const { computeClass, unit } = firm;
    const pool = { siteId, computeClass, model, unit, unitsPerNode: cards, interconnect: 'NVLINK', confirmsAtOnce };
    const { poolId } = await this.done(this.provider.key, '/v1/pools', { details: { ...pool, heartbeatDeadlineSeconds } });
    await fetch(`${this.exchange.running.httpAddress}/v1/pools/${Number(poolId)}/nodes`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.provider.key}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': crypto.randomUUID(),
      },
      body: `{"serial":"node ${Number(poolId)}"}\n`,
    });
    await this.verified(`/v1/pools/${Number(poolId)}`);
    await this.exchange.advance();
    return { siteId: Number(siteId), poolId: Number(poolId) };
  }

  /** Cards of the pool for ten days from the next slot, in yuan an hour. */
  offer(poolId: number, tier: string, units: number, ask: string): Promise<Json> {
    return this.done(this.provider.key, '/v1/offers', {
      poolId,
      tier,
      units,
      window: { from: rfc(this.slot), to: rfc(this.slot + 960) },
      ask,
    });
  }

  /** One FIRM card for an hour from the next slot, for at most 10 yuan an hour, unless told otherwise. */
  bid(buyer: Someone, terms: Json = {}): Promise<Answer> {
    return this.send(buyer.key, '/v1/bids', { terms: { books: [firm], units: 1, durationSlots: 4, limitPrice: '10', ...terms } });
  }

  /** A bid that is filled at once: its leases, in order. */
  async leases(buyer: Someone, terms: Json = {}): Promise<number[]> {
    const { status, body } = await this.bid(buyer, terms);
    if (status !== 200 || body.state !== 'FILLED') throw new Error(`bid: ${status} ${JSON.stringify(body)}`);
    return (body.trades as { tradeId: number }[]).map(({ tradeId }) => tradeId);
  }

  /** One after the other: a job runs once an advance. */
  async slots(count: number): Promise<void> {
    for (let slot = 0; slot < count; slot++) await this.exchange.advance(slotMs);
  }

  /** Telemetry of the pool: every card was up in the slots [from, to). */
  async wasUp(poolId: number, from: number, to: number): Promise<void> {
    const sample = { poolId, node: 0, from: rfc(from), to: rfc(to), unitsUp: cards, utilisationBp: 5000, powerWatts: 2000 };
    await this.done(this.provider.key, '/v1/telemetry', { sequence: ++this.sequence, samples: [sample] });
  }

  /** The first events of a stream, parsed, that `wanted` lets pass. */
  async events(key: string, path: string, count: number, wanted: (event: Json) => boolean): Promise<Json[]> {
    const gone = new AbortController();
    const answer = await fetch(`${this.exchange.running.httpAddress}${path}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(20_000)]),
    });
    const found: Json[] = [];
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const data = /^data: ?(.*)$/m.exec(part)?.[1];
        if (data && wanted(JSON.parse(data) as Json)) found.push(JSON.parse(data) as Json);
      }
      if (found.length >= count) break;
    }
    gone.abort();
    return found.slice(0, count);
  }

  private async verified(path: string): Promise<void> {
    await this.done(this.operator, `${path}/state`, { state: 'SUBMITTED', reason: 'to be verified' });
    await this.done(this.operator, `${path}/state`, { state: 'VERIFIED', reason: 'papers seen' });
  }
}
