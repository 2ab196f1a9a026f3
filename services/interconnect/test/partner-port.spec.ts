// The port that asks partners for a certificate: what a connection shows is held against the partner whose key has signed what comes by it.
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartnerMessage, PartnerPlatformDefinition, type SignedMessage } from '#contracts';
import { GatewayModule } from '#gateway';
import { Elsewhere, type Logger, type Shown, ShownPapers } from '#platform';
import { RegistryModule } from '#registry';
import { Authority, type Issued, eventually, testExchange, writePapers } from '#testing';
import { HandMade, Platform, partnerParticipant } from './platforms.js';

const minute = 60_000;
const port = '127.0.0.1:0';

let folder: string;
/** Of our servers. */
let ours: Authority;
/** Of partners. */
let theirs: Authority;
let stranger: Authority;
const authority = (name: string) => Authority.make(undefined, name);
const open: (() => unknown)[] = [];
beforeAll(async () => {
  // Of several authorities of one name a client would send the wrong one along.
  [ours, theirs, stranger] = await Promise.all([authority('ours'), authority('theirs'), authority('stranger')]);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-port-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

/** As `openssl x509 -fingerprint -sha256` writes it. */
const digest = ({ cert }: Issued): string => new X509Certificate(cert).fingerprint256;
const plain = ({ cert }: Issued): string => createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');

/** The folder of the port, anew. @param vouching for partners' certificates; undefined: they may be anybody's */
async function papers(name: string, server: Issued, vouching?: Authority): Promise<string> {
  const path = join(folder, name);
  await rm(path, { recursive: true, force: true });
  return writePapers(path, vouching, server);
}

/** A platform that hears partners by their certificates alone. */
async function platform(name = 'Shuitu', vouching?: Authority, shown = ''): Promise<Platform> {
  const partnerListenCertificates = await papers(name, await ours.issueHost(), vouching);
  const opened = await Platform.open(name, 'international', [], {
    ...{ partnerListen: port, partnerListenCertificates, partnerCertificates: shown },
  });
  open.push(() => opened.stop());
  return opened;
}

const portOf = ({ exchange }: Platform): number => Number(exchange.running.partnerAddress!.split(':').at(-1));

/** A partner whose server is nowhere. @param participantId that stands for it */
async function partner(here: Platform, certificates: string[], name = 'Tianfu', participantId = partnerParticipant): Promise<HandMade> {
  const made = new HandMade(name, here);
  await here.sql('insert into interconnect.participants values ($1, 3, true) on conflict do nothing', [participantId]);
  await here.register(made, 9, { participantId, address: '127.0.0.1:9' }, certificates);
  return made;
}

const shownOf = ({ cert, key }: Issued): Shown => ({ cert: Buffer.from(cert), key: Buffer.from(key), ca: undefined });

/** By TLS, showing this. @throws Unanswered with what the call ended by */
async function tellBy(to: number, shown: Issued | undefined, signed: SignedMessage, ca = ours.ca): Promise<PartnerMessage> {
  const papers = shown && shownOf(shown);
  const elsewhere = new Elsewhere(PartnerPlatformDefinition, 2 << 20, () => papers);
  try {
    const answer = await elsewhere.ask({ address: `localhost:${to}`, tls: true, ca }, 'tell', signed, 20_000);
    return PartnerMessage.decode(answer.message);
  } finally {
    elsewhere.close();
  }
}

const heardCount = async (here: Platform) => {
  const [row] = await here.sql<{ count: string }>('select count(*) from interconnect.messages where direction = 2');
  return Number(row!.count);
};
const greeted = { helloAnswer: { versions: [1] } };

describe('whose the certificate is', () => {
  const another = /^certificate_must_be_the_partners: the connection shows the one whose SHA-256 is [0-9a-f]{64}, and that one is not reg/;

  it.each<[string, (own: Issued, others: Issued) => Promise<Issued | undefined>, RegExp]>([
    ['none', async () => undefined, /^certificate_must_be_the_partners: the connection shows none/],
    ['one that nobody registered, of the same authority', () => theirs.issueHost(), another],
    ['one of a stranger', () => stranger.issueHost(), another],
    ['that of another partner', async (_own, others) => others, another],
  ])('%s is shown: what the partner has signed is not heard, and nothing is kept of it', async (_what, shown, rule) => {
    const here = await platform();
    const [own, others] = [await theirs.issueHost(), await theirs.issueHost()];
    const tianfu = await partner(here, [digest(own)]);
    await partner(here, [digest(others)], 'Bashu', 8);
    const message = tianfu.message(tianfu.hello());
    await expect(tellBy(portOf(here), await shown(own, others), tianfu.signed(message))).rejects.toThrow(rule);
    expect(await heardCount(here)).toBe(0);
    expect(await tellBy(portOf(here), own, tianfu.signed(message))).toMatchObject(greeted);
    expect(await heardCount(here)).toBe(1);
  });

  it('one that is over is not taken, though it is registered', async () => {
    const here = await platform();
    const over = await theirs.issue(['tianfu'], -minute);
    const tianfu = await partner(here, [digest(over)]);
    const told = tellBy(portOf(here), over, tianfu.signed(tianfu.message(tianfu.hello())));
    await expect(told).rejects.toThrow(/^certificate_must_be_the_partners: .* not valid now/);
    expect(await heardCount(here)).toBe(0);
  });

  it('the right certificate is no signature', async () => {
    const here = await platform();
    const own = await theirs.issueHost();
    const tianfu = await partner(here, [digest(own)]);
    const bashu = await partner(here, [], 'Bashu', 8);
    const signed = tianfu.signed(tianfu.message(tianfu.hello()), { keys: bashu.keys });
    await expect(tellBy(portOf(here), own, signed)).rejects.toThrow(/^message_must_be_signed_by_a_partner: /);
  });

  it('connections of one address have one rate, however many they are', async () => {
    const here = await platform();
    const own = await theirs.issueHost();
    const tianfu = await partner(here, [digest(own)]);
    await here.exchange.restart({ requestsPerSecond: 1, requestBurst: 2 });
    const signed = tianfu.signed(tianfu.message(tianfu.hello()));
    const told = await Promise.allSettled(Array.from({ length: 40 }, () => tellBy(portOf(here), own, signed)));
    const refused = told.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(refused).toContainEqual(expect.stringMatching(/requests_must_keep_the_rate/));
  });

  it('without a registered one a partner is not heard, whatever it shows', async () => {
    const here = await platform();
    const tianfu = await partner(here, []);
    const told = tellBy(portOf(here), await theirs.issueHost(), tianfu.signed(tianfu.message(tianfu.hello())));
    await expect(told).rejects.toThrow(/^certificate_must_be_the_partners: no certificate is registered/);
  });

  it('the port of gRPC is no way around, and hears as before where there is no other', async () => {
    const here = await platform();
    const own = await theirs.issueHost();
    const tianfu = await partner(here, [digest(own)]);
    const rule = expect.stringMatching(/^message_must_come_by_the_port_for_partners: /) as string;
    await expect(tianfu.say(tianfu.hello())).rejects.toMatchObject({ code: 16, details: rule });
    expect(await heardCount(here)).toBe(0);
    await here.exchange.restart({ partnerListen: '' });
    expect(await tianfu.say(tianfu.hello())).toMatchObject(greeted);
  });
});

it('a partner goes from one certificate to the next with both registered, and is heard all the while', async () => {
  const here = await platform();
  const [first, second] = [await theirs.issueHost(), await theirs.issueHost()];
  const tianfu = await partner(here, [digest(first)]);
  const hello = () => tianfu.signed(tianfu.message(tianfu.hello()));
  await expect(tellBy(portOf(here), second, hello())).rejects.toThrow(/^certificate_must_be_the_partners/);
  await here.partners.addPartnerCertificate({ platform: 'Tianfu', sha256: digest(second), reason: 'rotation' });
  expect(await tellBy(portOf(here), first, hello())).toMatchObject(greeted);
  expect(await tellBy(portOf(here), second, hello())).toMatchObject(greeted);
  await here.partners.endPartnerCertificate({ platform: 'Tianfu', sha256: plain(first), reason: 'rotation' });
  await expect(tellBy(portOf(here), first, hello())).rejects.toThrow(/^certificate_must_be_the_partners/);
  expect(await tellBy(portOf(here), second, hello())).toMatchObject(greeted);
});

it('a certificate that is ended is refused on a connection that is open', async () => {
  const here = await platform();
  const own = await theirs.issueHost();
  const tianfu = await partner(here, [digest(own)]);
  const shown = shownOf(own);
  const elsewhere = new Elsewhere(PartnerPlatformDefinition, 2 << 20, () => shown);
  open.push(() => elsewhere.close());
  const place = { address: `localhost:${portOf(here)}`, tls: true, ca: ours.ca };
  const tell = () => elsewhere.ask(place, 'tell', tianfu.signed(tianfu.message(tianfu.hello())), 20_000);
  expect(PartnerMessage.decode((await tell()).message)).toMatchObject(greeted);
  await here.partners.endPartnerCertificate({ platform: 'Tianfu', sha256: plain(own), reason: 'lost' });
  await expect(tell()).rejects.toThrow(/^certificate_must_be_the_partners/);
});

describe('where authorities are named', () => {
  it('nobody gets past the handshake whose certificate they did not vouch for, though it is registered', async () => {
    const here = await platform('Shuitu', theirs);
    const own = await theirs.issueHost();
    const others = [undefined, await stranger.issueHost(), await theirs.issue(['tianfu'], -minute)];
    const tianfu = await partner(here, [digest(own), digest(others[1]!)]);
    const hello = tianfu.signed(tianfu.message(tianfu.hello()));
    for (const shown of others) await expect(tellBy(portOf(here), shown, hello)).rejects.not.toThrow(/_must_/);
    expect(await tellBy(portOf(here), own, hello)).toMatchObject(greeted);
  });

  it('what they vouch for is not yet the partner’s', async () => {
    const here = await platform('Shuitu', theirs);
    const tianfu = await partner(here, [digest(await theirs.issueHost())]);
    const told = tellBy(portOf(here), await theirs.issueHost(), tianfu.signed(tianfu.message(tianfu.hello())));
    await expect(told).rejects.toThrow(/^certificate_must_be_the_partners/);
  });
});

describe('the port’s own papers, while it is open', () => {
  it('another certificate is shown and other authorities are believed as soon as they lie there', async () => {
    const here = await platform('Shuitu', theirs);
    const [before, after] = [await theirs.issueHost(), await stranger.issueHost()];
    const tianfu = await partner(here, [digest(before), digest(after)]);
    const told = (shown: Issued, ca: string) => tellBy(portOf(here), shown, tianfu.signed(tianfu.message(tianfu.hello())), ca);
    expect(await told(before, ours.ca)).toMatchObject(greeted);
    const next = await authority('next');
    await writePapers(join(folder, 'Shuitu'), stranger, await next.issueHost());
    await eventually(() =>
      told(after, next.ca).then(
        () => true,
        () => false,
      ),
    );
    expect(await told(after, next.ca)).toMatchObject(greeted);
    await expect(told(before, next.ca)).rejects.not.toThrow(/_must_/);
  });

  it.each<[string, boolean]>([
    ['come', false],
    ['go', true],
  ])('authorities do not %s: nothing of the folder is taken, and the log says why once', async (_what, areThere) => {
    const logged: string[] = [];
    const log = { info: () => undefined, warn: ({ err }: { err: Error }) => logged.push(err.message) } as unknown as Logger;
    const path = await papers('port', await ours.issueHost(), areThere ? theirs : undefined);
    const shown = await ShownPapers.open(path, 'server', log);
    shown.close();
    const before = shown.now;
    await papers('port', await ours.issueHost(), areThere ? undefined : theirs);
    for (let looks = 0; looks < 3; looks += 1) await shown.look();
    expect(shown.now).toBe(before);
    expect(logged).toEqual([expect.stringMatching(/^authorities_must_stay: /)]);
  });
});

it('two platforms talk by mutual TLS, each registered with what the other says that it shows', async () => {
  const shown = await Promise.all(['east', 'west'].map(async (name) => writePapers(join(folder, name), theirs, await theirs.issueHost())));
  const [shuitu, tianfu] = [await platform('Shuitu', theirs, shown[0]), await platform('Tianfu', undefined, shown[1])];
  for (const [here, other] of [
    [shuitu, tianfu],
    [tianfu, shuitu],
  ] as const) {
    const { certificate } = await other.partners.getOwnPlatform({});
    expect(certificate).toMatch(/^[0-9a-f]{64}$/);
    await here.register(other, 0, { address: `localhost:${portOf(other)}`, tls: true, ca: ours.ca }, [certificate]);
  }
  for (const { exchange } of [shuitu, tianfu]) await exchange.advance(minute);
  expect((await shuitu.partners.getPartner({ platform: 'Tianfu' })).version).toBe(1);
  expect((await tianfu.partners.getPartner({ platform: 'Shuitu' })).version).toBe(1);
});

describe('what cannot be is said at the start', () => {
  it.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    ['no key', (path) => rm(join(path, 'key.pem')), /server_certificate_must_be_readable/],
    [
      'a certificate that is over',
      async (path) => writePapers(path, ours, await ours.issue(['here'], -minute)),
      /server_certificate_must_be_current/,
    ],
    ['the key of another', async (path) => writeFile(join(path, 'key.pem'), (await ours.issueHost()).key), /certificate_must_fit_its_key/],
    ['authorities that are none', (path) => writeFile(join(path, 'ca.pem'), 'nobody'), /authority_must_be_named/],
  ])('%s', async (_what, spoil, rule) => {
    const partnerListenCertificates = await papers('Shuitu', await ours.issueHost());
    await spoil(partnerListenCertificates);
    await expect(Platform.open('Shuitu', 'international', [], { partnerListen: port, partnerListenCertificates })).rejects.toThrow(rule);
  });

  it('a process without interconnect', async () => {
    const config = { partnerListen: port, partnerListenCertificates: await papers('gateway', await ours.issueHost()) };
    await expect(testExchange({ modules: [GatewayModule, RegistryModule], config })).rejects.toThrow(/process_must_run_interconnect/);
  });
});
