import { Injectable } from '@nestjs/common';
import { bytesOf, Greeting, MessageKind } from '#contracts';
import { At, Clock, Database, type Tx } from '#platform';
import { Advertising } from './advertising.js';
import { type Body, refusal } from './body.js';
import { PartnerState } from './core/partner-state.js';
import { agreed, spoken } from './core/version.js';
import { OwnPlatform } from './own-platform.js';
import { RemoteMarket } from './remote-market.js';
import { Saying, isWaiting } from './saying.js';
import { type Talk, lockTalk } from './talk.js';

const minute = 60_000;

/** Hello: versions, capabilities, keys and clocks; and how far each has heard the other, by which one sees that the other was restored. */
@Injectable()
export class Greetings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
    private readonly saying: Saying,
    private readonly advertising: Advertising,
    private readonly market: RemoteMarket,
  ) {}

  /** Unless one is said and has no answer, or the partner speaks other protocols. */
  async say(tx: Tx, talk: Talk): Promise<void> {
    if (!talk.hasAddress || (await isWaiting(tx, talk.platform, MessageKind.HELLO))) return;
    await this.saying.say(tx, talk.platform, { hello: this.greetingFor(talk) }, 10 * minute);
  }

  async hear(tx: Tx, talk: Talk, hello: Greeting): Promise<Body> {
    const version = agreed(hello.versions);
    if (version === undefined)
      return refusal('platforms_must_share_a_version', `this platform speaks version ${spoken.join(', ')}`, this.clock.now());
    await this.learn(tx, talk, hello, version);
    return { helloAnswer: this.greetingFor(talk) };
  }

  async answered(tx: Tx, talk: Talk, answer: Greeting | undefined): Promise<void> {
    const version = answer && agreed(answer.versions);
    if (answer && version !== undefined && talk.state === PartnerState.ACTIVE) await this.learn(tx, talk, answer, version);
  }

  @At('say hello to partners', 10 * minute)
  async sayAll(_now: number): Promise<void> {
    if (!this.own.hasKey) return;
    const active = await this.database.query<{ platform: string }>('select platform from partners where state = 1 order by platform');
    for (const { platform } of active)
      await this.database.transaction(async (tx) => {
        const talk = await lockTalk(tx, platform);
        if (talk?.state === PartnerState.ACTIVE) await this.say(tx, talk);
      });
  }

  private async learn(tx: Tx, talk: Talk, greeting: Greeting, version: number): Promise<void> {
    const now = this.clock.now();
    await tx.query('update partner_talk set version = $2, greeting = $3, clock_ahead_ms = $4 where platform = $1', [
      ...[talk.platform, version, bytesOf(Greeting, greeting), greeting.time - now],
    ]);
    const learned = { ...talk, version, capabilities: greeting.capabilities };
    await this.market.tell(tx, learned);
    await this.advertising.catchUp(tx, learned, greeting.heardSerial);
  }

  private greetingFor({ saidSerial, heardSerial }: Talk): Greeting {
    const { capabilities, keys } = this.own;
    return { versions: [...spoken], capabilities, keys, time: this.clock.now(), saidSerial, heardSerial };
  }
}
