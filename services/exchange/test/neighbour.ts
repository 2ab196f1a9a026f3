// A platform as a process of its own, with its own database, keys and certificate, as another platform and its operator meet it.
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { PartnerMessage, PartnerPlatformDefinition, SignedMessage } from '#contracts';
import { Elsewhere, embeddedPlace, freePorts } from '#platform';
import { type Authority, PartnerKey, TlsDoor } from '#testing';
import { Api, type Json, Problem } from '../src/demo/client.js';
import { type ExchangeProcess, startExchange } from '../src/demo/exchange-process.js';
import { participant } from '../src/demo/registering.js';

const hour = 3_600_000;

interface Place {
  readonly data: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly settings: Record<string, string>;
}

export class Neighbour {
  private constructor(
    readonly name: string,
    private readonly place: Place,
    readonly authority: Authority,
    readonly way: TlsDoor,
    private process: ExchangeProcess,
    readonly operator: string,
    public api: Api,
  ) {}

  static async start(name: string, folder: string, authority: Authority): Promise<Neighbour> {
    const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
    const place = { data: join(folder, name), httpPort, grpcPort, settings: { EXCHANGE_PLATFORM: name } };
    const process = await startExchange(place);
    const way = await TlsDoor.open(grpcPort, await authority.issueHost());
    return new Neighbour(name, place, authority, way, process, process.key!, new Api(process.address, name));
  }

  /** Of its HTTP API. */
  get address(): string {
    return this.process.address;
  }

  get(path: string): Promise<Json> {
    return this.api.get(this.operator, path);
  }

  post(path: string, body: unknown): Promise<Json> {
    return this.api.post(this.operator, path, body, randomUUID());
  }

  /** The other's operator has given its key by a way that both trust. @param ca that vouches for the other's certificate */
  async register(other: Neighbour, { ca = other.authority.ca, ratePerSecond = 1_000 } = {}): Promise<number> {
    const { id } = await participant(this.api, this.operator, {
      // Each reserve of a partner is an order of its participant.
      ...{ name: other.name, roles: ['PARTNER'], region: 500000, industry: 'I', size: 'LARGE', orderRatePerSecond: 1_000_000 },
    });
    const { keys } = await other.get('/v1/interconnect/platform');
    const details = {
      ...{ participantId: id, address: `localhost:${other.way.port}`, tls: true, ca, creditLimit: '1000000.00', ratePerSecond },
      ...{ classes: ['INTELLIGENT'], zones: ['DOMESTIC'] },
    };
    // Before any clock that a test tells wrongly.
    const validFrom = new Date(Date.now() - 24 * hour).toISOString();
    const [{ suite, publicKey }] = keys as [{ suite: string; publicKey: string }];
    await eventually(() =>
      this.post('/v1/interconnect/partners', { platform: other.name, details, keys: [{ suite, publicKey, validFrom }] }),
    );
    return id;
  }

  /** Believes another authority of the other's certificate from now on. */
  async amend(other: Neighbour, ca: string): Promise<void> {
    const { details } = (await this.get(`/v1/interconnect/partners/${other.name}`)) as { details: Json };
    await this.api.put(this.operator, `/v1/interconnect/partners/${other.name}`, { details: { ...details, ca }, reason: 'certificate' });
  }

  async kill(): Promise<void> {
    await this.process.kill();
    await this.api.destroy();
  }

  async stop(): Promise<void> {
    await this.process.stop();
    await this.api.destroy();
  }

  /** On what it had kept. */
  async begin(): Promise<void> {
    this.process = await startExchange(this.place);
    this.api = new Api(this.process.address, this.name);
  }

  /** As the superuser, after a kill: its server lives on. */
  async onDatabase(sql: string): Promise<void> {
    const client = new pg.Client((await embeddedPlace(this.place.data)).address);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** Of all its data, while it stands. */
  backUp(): void {
    copy(this.place.data, `${this.place.data}.backup`);
  }

  restore(): void {
    rmSync(this.place.data, { recursive: true });
    copy(`${this.place.data}.backup`, this.place.data);
  }

  async close(): Promise<void> {
    await this.stop();
    await this.way.close();
  }

  message(to: Neighbour, content: Partial<PartnerMessage>): Buffer {
    const madeAt = Date.now();
    return Buffer.from(
      PartnerMessage.encode(
        PartnerMessage.create({ id: randomUUID(), from: this.name, to: to.name, madeAt, validUntil: madeAt + hour, ...content }),
      ).finish(),
    );
  }

  /** By its own key, as docs/interconnection.md says, and none of its code. */
  signed(message: Uint8Array, saidAt = Date.now()): SignedMessage {
    return PartnerKey.read(readFileSync(join(this.place.data, 'platform-key.pem'), 'utf8')).sign(message, saidAt);
  }

  /** Over TLS to the other, whose certificate must hold. */
  async tell(to: Neighbour, signed: SignedMessage): Promise<SignedMessage> {
    const elsewhere = new Elsewhere(PartnerPlatformDefinition, 2 << 20);
    try {
      return await elsewhere.ask({ address: `localhost:${to.way.port}`, tls: true, ca: to.authority.ca }, 'tell', signed, patienceMs);
    } catch (error) {
      throw error instanceof Error && error.cause ? error.cause : error;
    } finally {
      elsewhere.close();
    }
  }
}

/** With whose each file is: the database is not run by root. */
function copy(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** A partner that does not answer is asked again after a minute at most. */
const patienceMs = 120_000;

/** What reaches others by events or messages is asked for until it has. */
export async function eventually<T>(call: () => Promise<T>, isThere: (answer: T) => boolean = () => true): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ;) {
    try {
      const answer = await call();
      if (isThere(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`it_must_come_to_that_in_time: ${JSON.stringify(answer)}`);
    } catch (error) {
      if (!(error instanceof Problem) || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
