// A region's platform: an exchange as a process of its own, with its own database, keys and authority; it hears the others by TLS, each by the certificate that it shows.
import { join } from 'node:path';
import { Api, buildMarket, participant, startExchange } from '#demo';
import type { ExchangeProcess, ExchangeProcessOptions, Json, NodeGroup, World } from '#demo';
import { freePorts, startedWithUs, temporaryFolder } from '#platform';
import { Authority, Door, writePapers } from '#testing';
import type { Division } from './division.js';

/** What a region's operator pays in at another's, and may owe there. */
const creditYuan = '100000000.00';

export class Region {
  /** By the platform's name: the participant that stands for it here. */
  readonly partners = new Map<string, number>();
  world!: World;

  private constructor(
    readonly division: Division,
    readonly api: Api,
    readonly operator: string,
    readonly way: Door,
    private readonly authority: Authority,
    private readonly place: ExchangeProcessOptions,
    private process: ExchangeProcess,
  ) {}

  /** @param folder in which its database and keys are */
  static async start(division: Division, folder: string, settings: Record<string, string>): Promise<Region> {
    const [httpPort, grpcPort, partnerPort] = (await freePorts(3)) as [number, number, number];
    const { platform } = division;
    const authority = await Authority.make(undefined, `authority of ${platform}`);
    const papers = await writePapers(join(folder, `${platform}-papers`), undefined, await authority.issueHost());
    const own = {
      ...{ EXCHANGE_PLATFORM: platform, EXCHANGE_PARTNER_CERTIFICATES: papers },
      ...{ EXCHANGE_PARTNER_LISTEN: `127.0.0.1:${partnerPort}`, EXCHANGE_PARTNER_LISTEN_CERTIFICATES: papers },
    };
    const place = { data: join(folder, platform), httpPort, grpcPort, settings: { ...settings, ...own } };
    const process = await startExchange(place);
    const way = await Door.open(partnerPort);
    const api = new Api(process.address, `regions-${platform}`);
    return new Region(division, api, process.key!, way, authority, place, process);
  }

  get platform(): string {
    return this.division.platform;
  }

  get(path: string): Promise<Json> {
    return this.api.get(this.operator, path);
  }

  post(path: string, body: unknown): Promise<Json> {
    return this.api.post(this.operator, path, body);
  }

  async list(path: string, rows: string): Promise<Json[]> {
    const found: Json[] = [];
    for await (const row of this.api.list(this.operator, path, rows)) found.push(row);
    return found;
  }

  /** Moves its clock; answers when all that follows here is done, and what is said to others has an answer or none for now. */
  async advance(time: number): Promise<void> {
    await this.post('/v1/clock/advance', { to: new Date(time).toISOString() });
  }

  async build(groups: readonly NodeGroup[]): Promise<void> {
    this.world = await buildMarket(this.api, this.operator, groups, this.division.cast);
  }

  /** Whom it will deal with, before either knows the other's key. */
  async admit(other: Region): Promise<void> {
    const details = {
      name: `${other.platform} 平台`,
      roles: ['PARTNER'],
      region: 500000,
      industry: 'I',
      size: 'LARGE',
      orderRatePerSecond: 10_000,
    };
    const { id } = await participant(this.api, this.operator, details);
    await this.post('/v1/deposits', { participantId: id, amount: creditYuan, bankReference: `of ${other.platform}` });
    this.partners.set(other.platform, id);
  }

  /** The other's operator has given its key and its certificate's digest by a way that both trust. */
  async register(other: Region): Promise<void> {
    const { keys, certificate } = await other.get('/v1/interconnect/platform');
    const [{ suite, publicKey }] = keys as [{ suite: string; publicKey: string }];
    const details = {
      ...{ participantId: this.partners.get(other.platform), address: `localhost:${other.way.port}`, tls: true, ca: other.authority.ca },
      ...{ creditLimit: creditYuan, ratePerSecond: 10_000, classes: ['INTELLIGENT', 'GENERAL'], zones: ['DOMESTIC'] },
    };
    await this.post('/v1/interconnect/partners', {
      ...{ platform: other.platform, details, keys: [{ suite, publicKey }], certificates: [certificate] },
    });
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** On what it had kept. */
  async begin(): Promise<void> {
    this.process = await startExchange(this.place);
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.process.stop();
    await this.way.close();
  }
}

/** All regions, in a folder that goes with them. @returns to end all */
export async function startRegions(
  divisions: readonly Division[],
  settings: Record<string, string>,
): Promise<{ regions: Region[]; stop: () => Promise<void> }> {
  const [folder, remove] = temporaryFolder('exchange-regions-');
  const started = await Promise.all(
    divisions.map((division) =>
      startedWithUs(
        () => Region.start(division, folder, settings),
        (region) => region.stop(),
      ),
    ),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(([, end]) => end()));
    await remove();
  };
  return { regions: started.map(([region]) => region), stop };
}
