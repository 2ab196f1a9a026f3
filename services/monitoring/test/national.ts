// A region in a test, and the reference receiver as its national node: a process of its own, with its own file.
import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey, createPrivateKey } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Module } from '@nestjs/common';
import {
  ComputeClass,
  Interconnect,
  MonitoringDefinition,
  NationalDefinition,
  NationalItemState,
  type NationalKind,
  NationalReturned,
  OrganisationSize,
  ParticipantDetails,
  PoolDetails,
  RegistrationState,
  RegistryDefinition,
  ResidencyZone,
  Role,
  SiteDetails,
  Unit,
} from '#contracts';
import { MonitoringModule } from '#monitoring';
import { type Config, type EventMeta, On, type SuiteName, type Tx, cryptographyOf, freePorts, service } from '#platform';
import { RegistryModule } from '#registry';
import { type TestExchange, testExchange } from '#testing';

/** Of the checkout: a benchmark runs as it was built, in dist/. */
const root = import.meta.dirname.replace(/([\\/]dist)?[\\/]services[\\/]monitoring[\\/]test$/, '');
const program = join(root, 'dist/deploy/national-receiver/main.js');
const patienceMs = 60_000;

export interface TakenItem {
  readonly receipt: number;
  readonly kind: string;
  readonly itemId: string;
  readonly serial: number;
}

export type Content = Record<string, Record<string, unknown>>;

/** The reference receiver. */
export class Nation {
  private child: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly controlPort: number,
    private readonly options: readonly string[],
    readonly scheme: 'http' | 'https',
  ) {}

  /** @param senderKey file of its public key */
  static async open(folder: string, sender: string, senderKey: string, options: readonly string[] = ['--trust-clocks']): Promise<Nation> {
    const [port, controlPort] = (await freePorts(2)) as [number, number];
    const scheme = options.includes('--tls') ? 'https' : 'http';
    const nation = new Nation(folder, port, controlPort, ['--sender', `${sender}=${senderKey}`, ...options], scheme);
    await nation.start();
    return nation;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}/v1/messages`;
  }

  get publicKey(): string {
    return join(this.folder, 'national-key.pub.pem');
  }

  get file(): string {
    return join(this.folder, 'national.sqlite');
  }

  async start(): Promise<void> {
    const places = ['--data', this.file, '--key', join(this.folder, 'national-key.pem')];
    const ports = ['--port', String(this.port), '--control', String(this.controlPort)];
    const child = spawn(process.execPath, [program, ...places, ...ports, ...this.options], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}: ${said}`)));
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** A copy of what it keeps, made while it is stopped. */
  async backUp(): Promise<string> {
    await this.stop();
    const copy = `${this.file}.back-up`;
    copyFileSync(this.file, copy);
    await this.start();
    return copy;
  }

  async restore(copy: string): Promise<void> {
    await this.stop();
    copyFileSync(copy, this.file);
    await this.start();
  }

  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.controlPort}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  fail(fault: { mode: string; times?: number; match?: string; rule?: string; ms?: number } | undefined): Promise<unknown> {
    return fault ? this.control('PUT', 'fault', fault) : this.control('DELETE', 'fault');
  }

  taken(): Promise<TakenItem[]> {
    return this.control('GET', 'taken');
  }

  /** The newest of each, by kind and id. */
  async items(): Promise<Map<string, Content>> {
    const items = await this.control<{ kind: string; itemId: string; content: Content }[]>('GET', 'items');
    return new Map(items.map(({ kind, itemId, content }) => [`${kind} ${itemId}`, content]));
  }

  state(): Promise<{ receipts: number; heardSerial: number; wantsFull: boolean }> {
    return this.control('GET', 'state');
  }
}

/** Hears what comes back, as another part of the exchange would. */
@Injectable()
export class Returns {
  readonly entries: string[] = [];

  @On(NationalReturned)
  async returned({ entry }: NationalReturned, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.entries.push(entry!.entryId);
  }
}

@Module({ imports: [service({ name: 'returns' })], providers: [Returns] })
class ReturnsModule {}

/** Files of a key: PEM of both halves. */
export function writeKeys(folder: string, suite: SuiteName = 'international'): { key: string; publicKey: string } {
  const { privateKey } = cryptographyOf(suite).newKeys();
  const [key, publicKey] = [join(folder, 'platform-key.pem'), join(folder, 'platform-key.pub.pem')];
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(key, pem);
  writeFileSync(publicKey, createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }));
  return { key, publicKey };
}

const reason = 'papers seen';

export interface Registered {
  readonly id: number;
  readonly identifier: string;
}

/** A region that reports to it. */
export class Region {
  private constructor(
    readonly exchange: TestExchange,
    readonly nation: Nation,
  ) {}

  static async open(suite: SuiteName = 'international', options?: readonly string[], config: Partial<Config> = {}): Promise<Region> {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-national-'));
    const { key, publicKey } = writeKeys(folder, suite);
    const nation = await Nation.open(folder, 'Shuitu', publicKey, options);
    const exchange = await testExchange({
      modules: [RegistryModule, MonitoringModule, ReturnsModule],
      config: {
        ...{ platform: 'Shuitu', platformKey: key, cryptography: suite, nationalUrl: nation.url, nationalKey: nation.publicKey },
        ...config,
      },
    });
    return new Region(exchange, nation);
  }

  get national() {
    return this.exchange.call(NationalDefinition);
  }

  get registry() {
    return this.exchange.call(RegistryDefinition);
  }

  get returns(): string[] {
    return this.exchange.running.get<Returns>(Returns).entries;
  }

  sql<R>(text: string): Promise<R[]> {
    return this.exchange.database.query<R>(text);
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
    await this.nation.stop();
    rmSync(this.nation.folder, { recursive: true, force: true });
  }

  /** With a provider, a site and a pool, reported. */
  static async opened(): Promise<{ region: Region; provider: number; site: Registered; pool: Registered }> {
    const region = await Region.open();
    const provider = await region.provider();
    const site = await region.site(provider);
    const pool = await region.pool(site.id);
    await region.exchange.advance();
    return { region, provider, site, pool };
  }

  async items(kind: NationalKind, state = NationalItemState.UNSPECIFIED) {
    return (await this.national.listNationalItems({ kind, state })).items;
  }

  /** Ids that the nation took, in its order. */
  async takenIds(kind: string): Promise<string[]> {
    return (await this.nation.taken()).filter((one) => one.kind === kind).map(({ itemId }) => itemId);
  }

  async waiting(): Promise<number> {
    return (await this.national.getNationalConnection({})).lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  }

  /** Looks until it is so, without moving the clock. */
  async becomes(is: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + patienceMs; !(await is()); await sleep(20))
      if (Date.now() > deadline) throw new Error('it_must_come_to_that_in_time');
  }

  async provider(name = 'Shuitu Compute 水土算力'): Promise<number> {
    const details = ParticipantDetails.create({
      name,
      roles: [Role.PROVIDER],
      region: 500_000,
      industry: 'I',
      size: OrganisationSize.LARGE,
    });
    const { participantId: id } = await this.registry.registerParticipant({ details });
    for (const state of [RegistrationState.SUBMITTED, RegistrationState.VERIFIED])
      await this.registry.moveParticipant({ id, state, reason });
    return id;
  }

  /** A verified site. @returns its id and identifier */
  async site(providerId: number, details: Partial<SiteDetails> = {}): Promise<Registered> {
    const { siteId: id } = await this.registry.registerSite({ providerId, details: siteDetails(details) });
    await this.registry.moveSite({ id, state: RegistrationState.SUBMITTED, reason });
    const { identifier } = await this.registry.moveSite({ id, state: RegistrationState.VERIFIED, reason });
    return { id, identifier };
  }

  /** A verified pool of two nodes with eight cards each. */
  async pool(siteId: number): Promise<Registered> {
    const details = PoolDetails.create({
      ...{ siteId, computeClass: ComputeClass.INTELLIGENT, model: 'G2', unit: Unit.CARD, unitsPerNode: 8 },
      ...{ interconnect: Interconnect.NVLINK, domestic: true, tflopsFp16Milli: 320_000 },
    });
    const { poolId: id } = await this.registry.registerPool({ details });
    await this.registry.registerNodes(nodesOf(id));
    await this.registry.movePool({ id, state: RegistrationState.SUBMITTED, reason });
    const { identifier } = await this.registry.movePool({ id, state: RegistrationState.VERIFIED, reason });
    return { id, identifier };
  }

  /** Both nodes worked through these slots with all their cards, at 3 kW. */
  async report(providerId: number, poolId: number, from: number, to: number): Promise<void> {
    const samples = [0, 1].map((node) => ({ poolId, node, from, to, unitsUp: 8, utilisationBp: 6_000, powerWatts: 3_000 }));
    await this.exchange
      .call(MonitoringDefinition, { participantId: providerId, roles: ['provider'] })
      .reportTelemetry({ sequence: from, samples });
  }
}

export const siteDetails = (details: Partial<SiteDetails> = {}): SiteDetails =>
  SiteDetails.create({
    ...{ name: 'Shuitu 水土', region: 500_000, zone: ResidencyZone.DOMESTIC, securityGrade: 3, standardRacks: 900, pueMilli: 1_220 },
    ...{ greenShareBp: 6_500, energyMwhPerYear: 30_000, ...details },
  });

async function* nodesOf(poolId: number) {
  for (const serial of ['a', 'b']) yield { poolId, serial: `p${poolId}-${serial}` };
}
