// The key by which roots are signed: a file that is not in the database, and no copy of the database holds.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config.js';
import type { Cryptography } from '../crypto.js';
import { codeOf } from '../fault.js';

/** First 16 hexadecimal digits of the SHA-256 of the public key. */
export const keyIdOf = (key: KeyObject): string => {
  const shown = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(shown.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
};

/** Where the key is: as configured, or beside the embedded database. Undefined where the database is another's and no key was given: nothing is signed then. */
export const signingKeyPath = ({
  signingKey,
  databaseUrl,
  data,
}: Pick<Config, 'signingKey' | 'databaseUrl' | 'data'>): string | undefined =>
  signingKey || (databaseUrl ? undefined : join(data, 'signing-key.pem'));

/** The public key's file beside the private one's: what who verifies is given. */
export const publicPath = (path: string): string => path.replace(/(\.pem)?$/, '.pub.pem');

/** Reads the key, or makes one where the file is missing. Throws where the key is of the other suite. */
export async function signingKey(path: string, cryptography: Cryptography): Promise<KeyObject> {
  const read = async (): Promise<KeyObject> => createPrivateKey(await readFile(path));
  try {
    const key = await read();
    if (key.asymmetricKeyType !== cryptography.keyType)
      throw new Error(`signing_key_must_be_of_its_suite: ${path} is not of ${cryptography.suite}`);
    return key;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const { privateKey } = cryptography.newKeys();
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // Another process was first.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const kept = await read();
  await writeFile(publicPath(path), createPublicKey(kept).export({ type: 'spki', format: 'pem' }));
  return kept;
}
