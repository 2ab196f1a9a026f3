// Platforms in a test: whole exchanges of a name and key of their own, and one made by hand from docs/interconnection.md alone.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import {
  ComputeClass,
  PartnerMessage,
  PartnersDefinition,
  PartnerPlatformDefinition,
  ResidencyZone,
  SignedMessage,
  Unit,
} from '#contracts';
import type { PartnerDetails, RemoteSupply } from '#contracts';
import { slotAt } from '#domain';
import { GatewayModule } from '#gateway';
import { InterconnectModule } from '#interconnect';
import type { Config, SuiteName } from '#platform';
import { PartnerKey, type TestExchange, firstMoment, testExchange } from '#testing';
import { MarketByHand, MarketByHandModule, MonitoringByHand, MonitoringByHandModule } from './market.js';

/** The participant that stands for the partner on either side. */
export const partnerParticipant = 7;

/** A whole exchange that speaks to others. */
export class Platform {
  private constructor(
    readonly name: string,
    readonly suite: SuiteName,
    readonly exchange: TestExchange,
    private readonly folder: string,
    private readonly key: PartnerKey,
  ) {}

  static async open(
    name: string,
    suite: SuiteName = 'international',
    more: Type[] = [],
    settings: Partial<Config> = {},
  ): Promise<Platform> {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-platform-'));
    const key = PartnerKey.make(suite);
    const path = join(folder, 'platform-key.pem');
    writeFileSync(path, key.privateKey);
    const config = { platform: name, platformKey: path, cryptography: suite, ...settings };
    const modules = [GatewayModule, InterconnectModule, MarketByHandModule, MonitoringByHandModule, ...more];
    const exchange = await testExchange({ modules, config });
    await exchange.database.query('insert into interconnect.participants values ($1, 3, true)', [partnerParticipant]);
    return new Platform(name, suite, exchange, folder, key);
  }

  get publicKey(): string {
    return this.key.publicKey;
  }

  get port(): number {
    return Number(this.exchange.running.grpcAddress!.split(':').at(-1));
  }

  get market(): MarketByHand {
    return this.exchange.running.get(MarketByHand);
  }

  get monitoring(): MonitoringByHand {
    return this.exchange.running.get(MonitoringByHand);
  }

  get partners() {
    return this.exchange.call(PartnersDefinition);
  }

  /** @param port where the other is reached */
  async register(
    other: { name: string; suite: SuiteName; publicKey: string },
    port: number,
    details: Partial<PartnerDetails> = {},
    certificates: string[] = [],
  ) {
    return this.partners.registerPartner({
      platform: other.name,
      details: { ...usual(port), ...details },
      keys: [{ suite: other.suite, publicKey: other.publicKey }],
      certificates,
    });
  }

  sql<R>(text: string, parameters: unknown[] = []): Promise<R[]> {
    return this.exchange.database.query<R>(text, parameters);
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const usual = (port: number): PartnerDetails => ({
  ...{
    participantId: partnerParticipant,
    address: `127.0.0.1:${port}`,
    tls: false,
    ca: '',
    creditLimit: 1_000_000_000n,
    ratePerSecond: 1_000,
  },
  ...{ classes: [ComputeClass.INTELLIGENT], zones: [ResidencyZone.DOMESTIC] },
});

const hour = 3_600_000;

/** Good for seven days from the test's first moment on. */
export const supplyOf = (advertId: string, change: Partial<RemoteSupply> = {}): RemoteSupply => ({
  ...{ advertId, computeClass: ComputeClass.INTELLIGENT, model: 'G2', domestic: true, unit: Unit.CARD, zone: ResidencyZone.DOMESTIC },
  ...{ region: 500_000, units: 640, price: 4_800_000, window: { from: slotAt(firstMoment) + 96, to: slotAt(firstMoment) + 192 } },
  ...{ roundTripUs: 18_000, gigabitsPerSecond: 100, greenShareBp: 6_500, pueMilli: 1_220, expiresAt: firstMoment + 24 * hour },
  ...{ unitsPerNode: 8, securityGrade: 3, nodeShape: undefined, unitsBySlot: undefined },
  ...change,
});

type Content = Partial<PartnerMessage>;

/** Another province's platform, which shares no line with this one but the contract. */
export class HandMade {
  readonly keys: PartnerKey;

  constructor(
    readonly name: string,
    private readonly to: Platform,
    readonly suite: SuiteName = 'international',
  ) {
    this.keys = PartnerKey.make(suite);
  }

  get publicKey(): string {
    return this.keys.publicKey;
  }

  message(content: Content): Buffer {
    const madeAt = this.to.exchange.now();
    return Buffer.from(
      PartnerMessage.encode(
        PartnerMessage.create({ id: randomUUID(), from: this.name, to: this.to.name, madeAt, validUntil: madeAt + hour, ...content }),
      ).finish(),
    );
  }

  signed(message: Uint8Array, { saidAt = this.to.exchange.now(), keys = this.keys } = {}): SignedMessage {
    return keys.sign(message, saidAt);
  }

  /** Over gRPC, without any key of the API. */
  async tell(signed: SignedMessage): Promise<PartnerMessage> {
    return PartnerMessage.decode((await this.tellRaw(signed)).message);
  }

  tellRaw(signed: SignedMessage): Promise<SignedMessage> {
    return this.to.exchange.grpc(PartnerPlatformDefinition, '').tell(signed);
  }

  say(content: Content): Promise<PartnerMessage> {
    return this.tell(this.signed(this.message(content)));
  }

  hello(versions = [1]): Content {
    return { hello: { versions, capabilities: [], keys: [], time: this.to.exchange.now(), saidSerial: 0, heardSerial: 0 } };
  }
}

export const advert = (serial: number, full: boolean, supply: RemoteSupply[] = [], withdrawn: string[] = []): Content => ({
  advertise: { serial, full, supply, withdrawn },
});
