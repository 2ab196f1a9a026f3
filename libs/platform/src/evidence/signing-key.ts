// The key by which roots are signed: a file that is not in the database, and no copy of the database holds.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { access, link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config.js';
import type { Cryptography } from '../crypto.js';
import { codeOf, messageOf } from '../fault.js';

/** First 16 hexadecimal digits of the SHA-256 of the public key. */
export const keyIdOf = (key: KeyObject): string => {
  const shown = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(shown.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
};

type KeyPlace = Pick<Config, 'signingKey' | 'databaseUrl' | 'data'>;

/** Where the key is: as configured, or beside the embedded database. Undefined where the database is another's and no key was given: nothing is signed then. */
export const signingKeyPath = ({ signingKey, databaseUrl, data }: KeyPlace): string | undefined =>
  signingKey || (databaseUrl ? undefined : join(data, 'signing-key.pem'));

/** The public key's file beside the private one's: what who verifies is given. */
export const publicPath = (path: string): string => path.replace(/(\.pem)?$/, '.pub.pem');

/**
 * Reads the key and, where it is missing, writes its public half beside it. One that was configured must be there: a wrong path would sign by a key that nobody
 * knows. Only in the exchange's own data folder one is made where there is none.
 * @throws Error signing_key_must_be_there, or signing_key_must_be_of_its_suite
 */
export async function signingKey(config: KeyPlace, cryptography: Cryptography): Promise<KeyObject> {
  const path = signingKeyPath(config)!;
  if (!config.signingKey && !(await isThere(path))) await makeSigningKey(path, cryptography);
  const key = await readKey(path);
  if (key.asymmetricKeyType !== cryptography.keyType)
    throw new Error(`signing_key_must_be_of_its_suite: ${path} is not of ${cryptography.suite}`);
  if (!(await isThere(publicPath(path)))) await tellPublic(path, key);
  return key;
}

/** Makes a key; whole or not at all, and never in place of one that is there: then that one stays. @returns its id */
export async function makeSigningKey(path: string, cryptography: Cryptography): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const making = `${path}.${randomUUID()}`;
  await writeFile(making, cryptography.newKeys().privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  try {
    await link(making, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(making);
  }
  const key = await readKey(path);
  await tellPublic(path, key);
  return keyIdOf(key);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function readKey(path: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await readFile(path));
  } catch (cause) {
    throw new Error(`signing_key_must_be_there: ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Where the folder may not be written to, as one of secrets may not, who made the key has its public half. */
async function tellPublic(path: string, key: KeyObject): Promise<void> {
  const making = `${publicPath(path)}.${randomUUID()}`;
  try {
    await writeFile(making, createPublicKey(key).export({ type: 'spki', format: 'pem' }));
    await rename(making, publicPath(path));
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error))) throw error;
  }
}
