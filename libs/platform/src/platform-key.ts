// The key by which this platform speaks to others: apart from the one that signs evidence, since who is reached from outside shall not hold that.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.js';
import type { Cryptography } from './crypto.js';
import { makeSigningKey } from './evidence/signing-key.js';
import { messageOf } from './fault.js';

/**
 * As configured, or beside the embedded database, where it is made. Undefined where the database is another's and no key was given.
 * @throws Error where the file cannot be read, or the key is of the other suite
 */
export async function platformKey(
  { platformKey: given, databaseUrl, data }: Pick<Config, 'platformKey' | 'databaseUrl' | 'data'>,
  cryptography: Cryptography,
): Promise<KeyObject | undefined> {
  if (!given && databaseUrl) return undefined;
  const path = given || join(data, 'platform-key.pem');
  if (!given) await access(path).catch(() => makeSigningKey(path, cryptography));
  const key = await readFile(path)
    .then((pem) => createPrivateKey(pem))
    .catch((cause: unknown) => {
      throw new Error(`platform_key_must_be_readable: ${path}: ${messageOf(cause)}`, { cause });
    });
  if (key.asymmetricKeyType !== cryptography.keyType)
    throw new Error(`platform_key_must_be_of_its_suite: ${path} is not of ${cryptography.suite}`);
  return key;
}
