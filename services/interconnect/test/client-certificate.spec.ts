// A partner whose server asks who calls: this platform shows the certificate of its folder, and another one as soon as it lies there.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { Logger, ShownPapers } from '#platform';
import { Authority, type Issued, eventually, writePapers } from '#testing';
import { type Answering, answering } from './answering.js';
import { HandMade, Platform } from './platforms.js';

const minute = 60_000;

let folder: string;
let ours: Authority;
let theirs: Authority;
let stranger: Authority;
let shuitu: Platform | undefined;
let answers: Answering | undefined;
let heard: number;
beforeAll(async () => {
  [ours, theirs, stranger] = await Promise.all([Authority.make(), Authority.make(), Authority.make()]);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-shown-'));
  heard = 0;
});
afterEach(async () => {
  answers?.stop();
  await shuitu?.stop();
  shuitu = answers = undefined;
  await rm(folder, { recursive: true });
});

/** A partner by TLS that lets in who has a certificate of our authority. */
async function open(shown: Issued | undefined): Promise<void> {
  if (shown) await writePapers(folder, ours, shown);
  shuitu = await Platform.open('Shuitu', 'international', [], { partnerCertificates: shown ? folder : '' });
  const tianfu = new HandMade('Tianfu', shuitu);
  const { cert, key } = await theirs.issueHost();
  const pair = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }];
  const greeting = ({ hello }: { hello?: object | undefined }) => ((heard += 1), hello ? { helloAnswer: tianfu.hello().hello } : undefined);
  answers = await answering(() => tianfu, greeting, ServerCredentials.createSsl(Buffer.from(ours.ca), pair, true));
  await shuitu.register(tianfu, answers.port, { address: `localhost:${answers.port}`, tls: true, ca: theirs.ca });
  await shuitu.exchange.advance();
}

const version = async (): Promise<number> => (await shuitu!.partners.getPartner({ platform: 'Tianfu' })).version;
async function whyUnanswered(): Promise<string | undefined> {
  const { messages } = await shuitu!.partners.listPartnerMessages({});
  return messages[0]?.lastFailure;
}

it('the certificate that lies in the folder is shown, and the partner lets this platform in', async () => {
  await open(await ours.issueHost());
  expect(await version()).toBe(1);
  expect(heard).toBe(1);
});

it.each<[string, () => Promise<Issued | undefined>]>([
  ['no certificate', async () => undefined],
  ['one of another authority', () => stranger.issueHost()],
])('%s: the partner lets nobody in, and the message waits', async (_what, issue) => {
  await open(await issue());
  expect(await version()).toBe(0);
  expect(heard).toBe(0);
  // The partner knows why; who is turned away hears that there is no connection.
  expect(await whyUnanswered()).toMatch(/\S/);
});

it('another certificate is shown as soon as it lies there, without a restart', async () => {
  await open(await stranger.issueHost());
  expect(await version()).toBe(0);
  await writePapers(folder, ours, await ours.issueHost());
  await eventually(async () => {
    await shuitu!.exchange.advance(minute);
    return version();
  });
  expect(await version()).toBe(1);
});

describe('what cannot be shown is not taken', () => {
  const logged: string[] = [];
  const log = { info: () => undefined, warn: (_of: object, said: string) => logged.push(said) } as unknown as Logger;

  it.each<[string, () => Promise<Issued>, string]>([
    ['one that is over', () => ours.issue(['exchange'], -minute), 'client_certificate_must_be_current'],
    [
      'the key of another',
      async () => ({ ...(await ours.issueHost()), key: (await ours.issueHost()).key }),
      'certificate_must_fit_its_key',
    ],
    ['half a certificate', async () => half(await ours.issueHost()), 'client_certificate_must_be_readable'],
  ])('%s: at the start an error by name; later the old one is shown on, and the log says so once', async (_what, issue, rule) => {
    logged.length = 0;
    await writePapers(folder, ours, await issue());
    await expect(ShownPapers.open(folder, 'client', log)).rejects.toThrow(rule);
    const good = await ours.issueHost();
    await writePapers(folder, ours, good);
    const papers = await ShownPapers.open(folder, 'client', log);
    papers.close();
    const { cert, key } = await issue();
    await writeFile(join(folder, 'cert.pem'), cert);
    await writeFile(join(folder, 'key.pem'), key);
    for (let looks = 0; looks < 3; looks += 1) await papers.look();
    expect(papers.now.cert.toString()).toBe(good.cert);
    expect(logged).toEqual(['another certificate to show cannot be used']);
  });

  const half = ({ cert, ...rest }: Issued): Issued => ({ ...rest, cert: cert.slice(0, cert.length / 2) });
});
