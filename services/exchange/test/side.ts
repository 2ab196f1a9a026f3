// A platform with a market of its own in a test between two.
import { createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bytesOf,
  ComputeClass,
  PartnerMessage,
  PartnerPlatformDefinition,
  PartnersDefinition,
  ResidencyZone,
  SupplyDefinition,
  Unit,
} from '#contracts';
import { slotMs } from '#domain';
import { cryptographyOf, keyIdOf } from '#platform';
import { firm, HttpMarket, type Someone } from './http-market.js';

const minute = 60_000;

/** A platform of its own name and key, and the participant that stands there for the other. */
export class Side {
  private constructor(
    readonly name: string,
    readonly market: HttpMarket,
    readonly partner: Someone,
    private readonly privateKey: KeyObject,
    private readonly publicKey: KeyObject,
    private readonly folder: string,
  ) {}

  static async open(name: string): Promise<Side> {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-market-'));
    const keys = cryptographyOf('international').newKeys();
    const [privateKey, publicKey] = [createPrivateKey(pem(keys.privateKey)), createPublicKey(pem(keys.publicKey))];
    const platformKey = join(folder, 'platform-key.pem');
    writeFileSync(platformKey, pem(privateKey));
    const market = await HttpMarket.open({ platform: name, platformKey });
    return new Side(name, market, await market.someone('PARTNER'), privateKey, publicKey, folder);
  }

  async knows(other: Side): Promise<void> {
    const { exchange } = this.market;
    await exchange.call(PartnersDefinition).registerPartner({
      platform: other.name,
      details: {
        participantId: this.partner.id,
        address: `127.0.0.1:${other.market.exchange.running.grpcAddress!.split(':').at(-1)}`,
        creditLimit: 1_000_000_000n,
        ratePerSecond: 1_000,
        classes: [ComputeClass.INTELLIGENT],
        zones: [ResidencyZone.DOMESTIC],
      },
      keys: [{ suite: 'international', publicKey: pem(other.publicKey) }],
    });
  }

  /** Twelve cards at most; what its market has less of is told as that. */
  async advertise(price: number): Promise<void> {
    const { exchange, slot } = this.market;
    await exchange.call(SupplyDefinition).offerSupply({
      supply: {
        advertId: 'a100',
        ...{ computeClass: ComputeClass.INTELLIGENT, model: firm.model, unit: Unit.CARD, zone: ResidencyZone.DOMESTIC, region: 500_000 },
        ...{ greenShareBp: 5_000, pueMilli: 1_200 },
        ...{ units: 12, price, window: { from: slot, to: slot + 96 }, unitsPerNode: 8, expiresAt: exchange.now() + 90 * slotMs },
      },
    });
  }

  /** What the other answers to a message that this side never says by itself. */
  async ask({ name, market: { exchange } }: Side, body: Partial<PartnerMessage>): Promise<PartnerMessage> {
    const saidAt = exchange.now();
    const head = { id: randomUUID(), from: this.name, to: name, madeAt: saidAt, validUntil: saidAt + minute };
    const message = bytesOf(PartnerMessage, PartnerMessage.create({ ...head, ...body }));
    const time = Buffer.alloc(8);
    time.writeBigInt64BE(BigInt(saidAt));
    const signature = sign(undefined, Buffer.concat([Buffer.from('compute-exchange interconnect v1\n'), time, message]), this.privateKey);
    const signed = { message, saidAt, keyId: keyIdOf(this.publicKey), suite: 'international', signature };
    return PartnerMessage.decode((await exchange.grpc(PartnerPlatformDefinition, '').tell(signed)).message);
  }

  async stop(): Promise<void> {
    await this.market.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const pem = (key: KeyObject): string => key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString();

/** What one says the other hears while it is said; what follows of it there comes with its next turn. */
export async function bothAdvance(one: Side, other: Side, ms: number): Promise<void> {
  for (const side of [one, other, one, other]) await side.market.exchange.advance(ms / 2);
}
