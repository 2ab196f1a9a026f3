import { Injectable } from '@nestjs/common';
import type { SignedMessage } from '#contracts';
import { Database, isSigned, Joined, readPublicKey, sha256Hex, type SuiteName } from '#platform';
import { signedText } from './envelope.js';

interface KeyRow {
  readonly suite: SuiteName;
  readonly public_key: string;
  readonly valid_from: bigint;
  readonly valid_until: bigint | null;
}

interface Name {
  readonly platform: string;
  readonly keyId: string;
}

/** Whether what was said is signed by a partner. */
@Injectable()
export class PartnerKeys {
  /** Read anew for each message, since a key that is ended counts at once; those of messages that come together by one statement. */
  private readonly keys = new Joined<Name, KeyRow | undefined>((names) => this.find(names));

  constructor(private readonly database: Database) {}

  /**
   * Why the signature does not count; undefined: a key of the platform that was valid when it says so signed it. Whether there is such a partner is told to
   * nobody, and from when to when a key is valid only to who has it.
   */
  async brokenSignature(platform: string, signed: SignedMessage): Promise<string | undefined> {
    const { keyId, suite, saidAt, message, signature } = signed;
    const key = await this.keys.one({ platform, keyId });
    if (!key) return `no key ${keyId} of a partner ${platform} is registered`;
    if (key.suite !== suite) return `key ${keyId} is of the suite ${key.suite}, and the message names another`;
    const text = signedText(saidAt, message);
    if (!isSigned(key.suite, text, readPublicKey(key.public_key, key.suite), signature))
      return `it is not by key ${keyId} of the ${text.length} bytes that are to be signed, whose SHA-256 is ${sha256Hex(text)}`;
    const { valid_from: since, valid_until: until } = key;
    if (saidAt < since || (until !== null && saidAt >= until))
      return `key ${keyId} signed it at ${saidAt}, and is registered from ${since} ${until === null ? 'on' : `until ${until}`}`;
    return undefined;
  }

  private async find(names: readonly Name[]): Promise<(KeyRow | undefined)[]> {
    const rows = await this.database.query<KeyRow & { nth: bigint }>(
      `select asked.nth, k.* from unnest($1::text[], $2::text[]) with ordinality as asked (platform, key_id, nth) cross join lateral (
         select suite, public_key, valid_from, valid_until from partner_keys where platform = asked.platform and key_id = asked.key_id) k`,
      [names.map(({ platform }) => platform), names.map(({ keyId }) => keyId)],
    );
    const byNth = new Map(rows.map((row) => [Number(row.nth), row]));
    return names.map((_, at) => byNth.get(at + 1));
  }
}
