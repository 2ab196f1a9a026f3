import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { bytesOf, type MessageKind, PartnerMessage } from '#contracts';
import { Clock, type Tx } from '#platform';
import { type Body, kindOf } from './body.js';
import { keepSaid } from './message-journal.js';
import { OwnPlatform } from './own-platform.js';

/** Writes what a partner is to be told, in the transaction that has caused it; the sender tells it, and asks until it is answered. */
@Injectable()
export class Saying {
  /** Said once something waits. */
  wake: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
  ) {}

  /** @param validMs after which the partner does not begin it any more. @throws Refusal platform_must_have_a_key */
  say(tx: Tx, platform: string, body: Body, validMs: number): Promise<void> {
    return this.sayAll(tx, platform, [body], validMs);
  }

  /** The same of several, in their order. */
  async sayAll(tx: Tx, platform: string, bodies: readonly Body[], validMs: number): Promise<void> {
    this.own.mustHaveKey();
    const madeAt = this.clock.now();
    const said = bodies.map((body) => {
      const message = PartnerMessage.create({
        ...{ id: randomUUID(), from: this.own.name, to: platform },
        ...{ madeAt, validUntil: madeAt + validMs, ...body },
      });
      return { message, kind: kindOf(body), bytes: bytesOf(PartnerMessage, message) };
    });
    await keepSaid(tx, said);
    tx.onceCommitted(() => this.wake());
  }
}

/** True where something of the kind was said to the partner and has no answer. */
export async function isWaiting(tx: Tx, platform: string, kind: MessageKind): Promise<boolean> {
  return (await tx.query('select 1 from waiting where platform = $1 and kind = $2 limit 1', [platform, kind])).length > 0;
}
