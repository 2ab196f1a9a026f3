import { createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { OwnPlatform as OwnPlatformAnswer, PlatformKey, SignedMessage } from '#contracts';
import { Clock, Config, Cryptography, keyIdOf, platformKey, Refusal } from '#platform';
import { lineKinds } from './core/statement-item.js';
import { spoken } from './core/version.js';
import { signedText } from './envelope.js';
import { PartnerPapers } from './partner-papers.js';
import { bySlot } from './shares.js';

/** What this platform is among others: its name and the key by which it speaks. */
@Injectable()
export class OwnPlatform implements OnModuleInit {
  /** Kinds of messages that are heard beside hello. */
  readonly kinds: string[] = ['advertise', 'quote', 'reserve', 'commit', 'cancel', 'lease_state', 'usage', 'statement', 'netting'];
  /** Those, the kinds of lines of a statement beside items, and what is read of supply. */
  readonly capabilities: string[] = [...this.kinds, ...lineKinds, bySlot];
  private key: KeyObject | undefined;
  private keyId = '';

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly cryptography: Cryptography,
    private readonly papers: PartnerPapers,
  ) {}

  async onModuleInit(): Promise<void> {
    this.key = await platformKey(this.config, this.cryptography);
    if (this.key) this.keyId = keyIdOf(this.key);
  }

  get name(): string {
    return this.config.platform;
  }

  get hasKey(): boolean {
    return this.key !== undefined;
  }

  /** Partners are heard by the port that asks for their certificates, and by no other. */
  get asksForCertificates(): boolean {
    return this.config.partnerListen !== '';
  }

  get keys(): PlatformKey[] {
    if (!this.key) return [];
    const publicKey = createPublicKey(this.key).export({ type: 'spki', format: 'pem' }).toString();
    return [{ keyId: this.keyId, suite: this.cryptography.suite, publicKey }];
  }

  show(): OwnPlatformAnswer {
    const { name: platform, capabilities, keys } = this;
    return { platform, versions: [...spoken], capabilities, keys, certificate: this.papers.sha256 };
  }

  /** Throws unavailable platform_must_have_a_key. */
  mustHaveKey(): KeyObject {
    if (this.key) return this.key;
    throw new Refusal('unavailable', 'platform_must_have_a_key', 'EXCHANGE_PLATFORM_KEY names none: this platform says and hears nothing');
  }

  /** @param message encoded PartnerMessage */
  sign(message: Uint8Array): SignedMessage {
    const key = this.mustHaveKey();
    const saidAt = this.clock.now();
    const signature = this.cryptography.sign(signedText(saidAt, message), key);
    return { message, saidAt, keyId: this.keyId, suite: this.cryptography.suite, signature };
  }
}
