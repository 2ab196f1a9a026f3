// The example of docs/interconnection.md, byte for byte: what a partner builds from is what this platform signs and takes.
import { createHash, createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PartnerMessage } from '#contracts';
import { amountOf } from '#domain';
import { isSigned, keyIdOf, sha256Hex } from '#platform';
import { signedText } from '../src/envelope.js';

const document = readFileSync(join(process.cwd(), 'docs/interconnection.md'), 'utf8');
const [example] = /(?<=### An example[^]*?```text\n)[^]*?(?=```)/.exec(document)!;
const [common, international, national] = example.split(/^(?:inter)?national$/m) as [string, string, string];
const told = (part: string, name: string): string => new RegExp(`^${name} +([0-9a-f]+)$`, 'm').exec(part)![1]!;
const bytesTold = (part: string, name: string): Buffer => Buffer.from(told(part, name), 'hex');

const message = bytesTold(common, 'message');
const saidAt = Number(told(common, 'said_at'));
const signed = bytesTold(common, 'signed');
const publicKeyOf = (part: string): KeyObject => createPublicKey({ key: bytesTold(part, 'public key'), format: 'der', type: 'spki' });

it('the message is a cancel, and its bytes are those of its content', () => {
  const content = PartnerMessage.create({
    ...{ id: 'example-0001', from: 'Tianfu', to: 'Shuitu', madeAt: 1_767_225_600_000, validUntil: 1_767_226_200_000 },
    cancel: { reservationId: 'reservation-0001' },
  });
  expect(PartnerMessage.decode(message)).toEqual(content);
  expect(Buffer.from(PartnerMessage.encode(content).finish())).toEqual(message);
});

it('what is signed is the text, the time and the message', () => {
  expect(signedText(saidAt, message)).toEqual(signed);
  expect(sha256Hex(signed)).toBe(told(common, 'sha-256'));
});

it('international: the private key makes this public key, and this signature', () => {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytesTold(international, 'private key')]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  expect(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })).toEqual(bytesTold(international, 'public key'));
  expect(sign(undefined, signed, privateKey)).toEqual(bytesTold(international, 'signature'));
});

it.each([
  ['international', international],
  ['national', national],
] as const)('%s: the signature is taken, of these bytes alone, and the key has this id', (suite, part) => {
  const key = publicKeyOf(part);
  const signature = bytesTold(part, 'signature');
  expect(isSigned(suite, signed, key, signature)).toBe(true);
  expect(isSigned(suite, signed.subarray(1), key, signature)).toBe(false);
  expect(keyIdOf(key)).toBe(told(part, 'key_id'));
});

it('national: Z is of an empty identifier, the curve and the key, and e of Z and what is signed', () => {
  // GB/T 32918.5: a, b and the base point of the curve.
  const curve = [
    ...[
      'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
      '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
    ],
    ...[
      '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
      'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
    ],
  ];
  const point = bytesTold(national, 'public key').subarray(-64);
  const z = hash('sm3', Buffer.concat([Buffer.alloc(2), Buffer.from(curve.join(''), 'hex'), point]), 'buffer');
  expect(z).toEqual(bytesTold(national, 'Z'));
  expect(createHash('sm3').update(z).update(signed).digest()).toEqual(bytesTold(national, 'e'));
});

it('the digest of a netting, and the amount of a reservation', () => {
  const ids = ['reservation-0001', 'reservation-0002', 'reservation-0002~1'];
  expect(document).toContain(
    `Of \`${ids[0]}\`, \`${ids[1]}\` and the adjustment \`${ids[2]}\` it is \`${sha256Hex(ids.map((id) => `${id}\n`).join(''))}\``,
  );
  expect(document).toContain('16 cards for 8 slots at 4,800,000 are 153,600,000 micro-yuan');
  expect(BigInt(amountOf(4_800_000, 16, 8))).toBe(153_600_000n);
});
