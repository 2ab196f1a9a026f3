// What is measured of a process's papers: which of several counts, when it ends, and that a rotation moves it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, type Issued, writePapers } from '#testing';
import { Certificates } from '../src/certificates.js';
import { makeLogger } from '../src/log.js';
import { observePapers } from '../src/paper-gauges.js';
import { revocationListsOf } from '../src/revocation-list.js';
import type { Gauges, Observations } from '../src/telemetry.js';

const dayMs = 86_400_000;
let papers: string;
let folder: string;
let authority: Authority;
let issued: Issued;
const open: Certificates[] = [];

beforeAll(async () => {
  papers = await mkdtemp(join(tmpdir(), 'exchange-papers-'));
  authority = await Authority.make();
  issued = await authority.issue(['voucher']);
});
beforeEach(async () => void (folder = await mkdtemp(join(papers, 'mesh-'))));
afterEach(() => open.splice(0).forEach((one) => one.close()));
afterAll(() => rm(papers, { recursive: true }));

interface Measured {
  readonly end: Record<string, number>;
  readonly life_left: Record<string, number>;
  readonly refused: number;
}

/** What is measured now, by paper. */
async function measuring(): Promise<{ measured: () => Promise<Measured>; certificates: Certificates }> {
  const certificates = await Certificates.open(folder, makeLogger('silent'));
  open.push(certificates);
  const observers = new Map<string, () => Observations | Promise<Observations>>();
  const gauges = { add: (name: string, _unit: string, _said: string, observe: () => Observations) => void observers.set(name, observe) };
  observePapers(gauges as unknown as Gauges, certificates);
  const of = async (name: string): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await observers.get(`exchange.mesh.paper.${name}`)!()).map(([value, what]) => [String(what!['exchange.paper']), value]),
    );
  const measured = async () => ({
    end: await of('end'),
    life_left: await of('life_left'),
    refused: (await observers.get('exchange.mesh.paper.refused')!())[0]![0],
  });
  return { measured, certificates };
}

/** Certificates and lists tell whole seconds. */
const seconds = (ms: number) => Math.floor(ms / 1_000);

it('tells when each ends, and what share of its life is left', async () => {
  await writePapers(folder, authority, issued, await authority.revocations([], 3 * dayMs));
  const { measured } = await measuring();
  const { end, life_left } = await measured();
  expect(Object.keys(end).sort()).toEqual(['authority', 'certificate', 'revocation_list']);
  expect(end.certificate).toBe(seconds(+issued.certificate.notAfter));
  expect(end.revocation_list! - end.certificate!).toBeCloseTo((-7 * dayMs) / 1_000, -2);
  expect(life_left.certificate).toBeCloseTo(10 / 11, 3);
  expect(life_left.authority).toBeCloseTo(30 / 31, 3);
  expect(life_left.revocation_list).toBeCloseTo(3 / 4, 3);
});

it('follows a rotation, and falls below nothing where the end is over', async () => {
  await writePapers(folder, authority, issued);
  const { measured, certificates } = await measuring();
  expect((await measured()).life_left).not.toHaveProperty('revocation_list');
  await writePapers(folder, authority, await authority.issue(['voucher'], -dayMs / 2), await authority.revocations([], dayMs));
  await certificates.look();
  const { life_left } = await measured();
  expect(life_left.certificate).toBeCloseTo(-1, 2);
  expect(life_left.revocation_list).toBeCloseTo(1 / 2, 3);
});

it('of authorities counts the one above its own certificate, of lists the one with the least life left', async () => {
  const [alike, other] = [await Authority.make(dayMs), await Authority.make(dayMs, 'another')];
  const lists = [await authority.revocations([], 9 * dayMs), await other.revocations([], dayMs)];
  const cas = [authority, alike, other].map(({ ca }) => ca);
  for (const ca of [cas, cas.toReversed()]) {
    await writePapers(folder, { ca: ca.join('\n') }, issued, lists.join('\n'));
    const { measured } = await measuring();
    const { life_left } = await measured();
    expect(life_left.authority).toBeCloseTo(30 / 31, 3);
    expect(life_left.revocation_list).toBeCloseTo(1 / 2, 3);
  }
});

it('tells where something in the folder is not taken', async () => {
  await writePapers(folder, authority, issued, await authority.revocations([]));
  const { measured, certificates } = await measuring();
  for (const [list, refused] of [
    [await authority.revocations([], -dayMs / 2), 1],
    [await authority.revocations([]), 0],
  ] as const) {
    await writePapers(folder, authority, issued, list);
    await certificates.look();
    expect((await measured()).refused).toBe(refused);
  }
});

describe('a list of revoked certificates', () => {
  const der = (tag: number, ...parts: (Buffer | string)[]): Buffer => {
    const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
  };
  const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
  const version = der(0x02, '\x01');
  const [algorithm, issuer] = [sequence(der(0x06, '\x2a')), sequence(der(0x31, 'x'.repeat(200)))];
  const utc = (text: string) => der(0x17, text);
  const general = (text: string) => der(0x18, text);
  const pem = (...fields: Buffer[]) =>
    Buffer.from(
      `Certificate Revocation List\n-----BEGIN X509 CRL-----\n${sequence(sequence(...fields), algorithm, der(0x03, '\0sig')).toString('base64')}\n-----END X509 CRL-----\n`,
    );
  const revoked = sequence(sequence(der(0x02, '\x07'), utc('260101000000Z')));

  it.each<[string, Buffer, string, string | undefined]>([
    [
      'of this century',
      pem(version, algorithm, issuer, utc('261122174200Z'), utc('270101000000Z')),
      '2026-11-22T17:42:00',
      '2027-01-01T00:00:00',
    ],
    [
      'of the last',
      pem(version, algorithm, issuer, utc('991231235959Z'), utc('491231235959Z'), revoked),
      '1999-12-31T23:59:59',
      '2049-12-31T23:59:59',
    ],
    [
      'beyond 2049',
      pem(version, algorithm, issuer, utc('491231235959Z'), general('20500101000000Z')),
      '2049-12-31T23:59:59',
      '2050-01-01T00:00:00',
    ],
    [
      'of the first version',
      pem(algorithm, issuer, utc('261122174200Z'), utc('270101000000Z')),
      '2026-11-22T17:42:00',
      '2027-01-01T00:00:00',
    ],
    ['without an end', pem(version, algorithm, issuer, utc('261122174200Z'), revoked), '2026-11-22T17:42:00', undefined],
  ])('%s tells its times', (_what, list, from, to) => {
    const at = (text: string | undefined) => text && new Date(`${text}Z`);
    expect(revocationListsOf(Buffer.concat([list, list]))).toEqual(Array(2).fill({ issuer, thisUpdate: at(from), nextUpdate: at(to) }));
  });
});
