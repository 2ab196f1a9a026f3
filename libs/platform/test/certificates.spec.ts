// Certificates of a process while it runs: rotated, refused where nobody could connect by them, and judged by lists of revoked ones.
import { X509Certificate } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { LedgerDefinition } from '#contracts';
import { Authority, eventually, type Issued, writePapers } from '#testing';
import { serviceCall } from '../src/call.js';
import { Certificates } from '../src/certificates.js';
import {
  answered,
  authority,
  betweenProcesses,
  certificatesOf,
  folder,
  hour,
  log,
  open,
  release,
  remote,
  serve,
  settlement,
  stranger,
  voucher,
} from './mesh-sides.js';

betweenProcesses();

describe('certificates', () => {
  it('are rotated on both sides without a restart, even to another authority', async () => {
    const [here, there] = [await folder(), await folder()];
    const [server, client] = await Promise.all([
      Certificates.open(await writePapers(here, authority, await settlement()), log),
      Certificates.open(await writePapers(there, authority, await voucher()), log),
    ]);
    open.push(
      () => server.close(),
      () => client.close(),
    );
    const address = await serve(server, { releaseSubsidy: async () => answered });
    const ask = remote(client, { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
    const works = () =>
      Promise.resolve(ask(release, serviceCall('voucher'))).then(
        () => true,
        () => false,
      );
    expect(await works()).toBe(true);

    await writePapers(here, stranger, await stranger.issue(['settlement']));
    await writePapers(there, stranger, await stranger.issue(['voucher']));
    await eventually(async () => client.now.ca.toString() === stranger.ca && server.now.ca.toString() === stranger.ca && (await works()));
    const late = remote(await certificatesOf(await voucher()), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
    await expect(late(release, serviceCall('voucher'))).rejects.toMatchObject({ rule: 'service_must_be_reachable' });
  });

  it('that do not belong together are not taken, at the start or later', async () => {
    const [one, other] = [await voucher(), await voucher()];
    const mixed = { ...one, key: other.key };
    await expect(Certificates.open(await writePapers(await folder(), authority, mixed), log)).rejects.toThrow(
      'certificate_must_fit_its_key',
    );
    const path = await writePapers(await folder(), authority, one);
    const certificates = await Certificates.open(path, log);
    open.push(() => certificates.close());
    await writePapers(path, authority, mixed);
    await certificates.look();
    expect(certificates.now.cert.toString()).toBe(one.cert);
    await writePapers(path, authority, other);
    await certificates.look();
    expect(certificates.now.cert.toString()).toBe(other.cert);
  });

  describe('of which no connection can be opened', () => {
    const half = (pem: string) => pem.slice(0, pem.length / 2);
    let list: string;
    beforeAll(async () => void (list = await authority.revocations([])));

    it.each<[string, string, () => string]>([
      ['half a list of revoked ones', 'crl.pem', () => half(list)],
      ['one list and half another', 'crl.pem', () => `${list}\n${half(list)}`],
      ['an empty list', 'crl.pem', () => ''],
      ['half an authority', 'ca.pem', () => half(authority.ca)],
      ['one authority and half another', 'ca.pem', () => authority.ca + half(stranger.ca)],
      ['no authority', 'ca.pem', () => ''],
    ])('are not taken for %s: the old ones serve on, and the log says so once', async (_what, name, text) => {
      const path = await writePapers(await folder(), authority, await settlement(), list);
      const warnings: string[] = [];
      const certificates = await Certificates.open(path, {
        ...log,
        info: () => undefined,
        warn: (_of: object, said: string) => warnings.push(said),
      } as never);
      certificates.close();
      const address = await serve(certificates, { releaseSubsidy: async () => answered });
      const before = certificates.now;
      await writeFile(join(path, name), text());
      for (let looks = 0; looks < 3; looks++) await certificates.look();
      expect(certificates.now).toBe(before);
      expect(warnings).toEqual(['new certificates cannot be used']);
      const ask = remote(await certificatesOf(await voucher()), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
      await expect(ask(release, serviceCall('voucher'))).resolves.toEqual(answered);
      await expect(Certificates.open(path, log)).rejects.toThrow(/^(papers_must_be_whole|authority_must_be_named)/);
    });
  });

  describe('with a list of revoked ones', () => {
    let elsewhere: Authority;
    beforeAll(async () => void (elsewhere = await Authority.make(undefined, 'elsewhere')));

    /** A server that goes by a list; who may connect; what the log warned of. */
    async function judging(list: string | undefined) {
      const path = await writePapers(await folder(), authority, await settlement(), list);
      const warnings: string[] = [];
      const warn = ({ err }: { err: Error }) => warnings.push(err.message.replace(path, ''));
      const certificates = await Certificates.open(path, { ...log, info: () => undefined, warn } as never);
      certificates.close();
      const address = await serve(certificates, { releaseSubsidy: async () => answered });
      const connects = async (issued: Issued, trusted: Pick<Authority, 'ca'> = authority) => {
        const client = await Certificates.open(await writePapers(await folder(), trusted, issued), log);
        client.close();
        const ask = remote(client, { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
        return Promise.resolve(ask(release, serviceCall('voucher'))).then(
          () => true,
          () => false,
        );
      };
      const put = async (name: string, text: string | undefined) => {
        await (text === undefined ? rm(join(path, name)) : writeFile(join(path, name), text));
        await certificates.look();
      };
      return { path, certificates, warnings, connects, put };
    }

    const wrong: [what: string, rule: string, list: () => Promise<string | undefined>][] = [
      ['of an authority of another name', 'revocation_list_must_be_of_the_authority', () => elsewhere.revocations([])],
      ['of another authority of its name', 'revocation_list_must_be_of_the_authority', () => stranger.revocations([])],
      ['past its next update', 'revocation_list_must_be_current', () => authority.revocations([], -hour)],
      ['of times to come', 'revocation_list_must_be_current', () => authority.revocations([], 2 * hour, -hour)],
      ['half written', 'papers_must_be_whole', async () => (await authority.revocations([])).slice(0, 200)],
      ['older than the one before', 'revocation_list_must_not_go_back', () => authority.revocations([], hour, 72 * hour)],
      ['taken away', 'revocation_list_must_not_go_back', async () => undefined],
    ];

    it.each(wrong)('one that is %s is not taken, by %s: the old one serves on, and the log says so once', async (_what, rule, make) => {
      const [taken, good] = [await voucher(), await voucher()];
      const { certificates, warnings, connects, put } = await judging(await authority.revocations([taken]));
      const before = certificates.now;
      await put('crl.pem', await make());
      await certificates.look();
      expect(certificates.now).toBe(before);
      expect(certificates.isRefused).toBe(true);
      expect(warnings).toEqual([expect.stringMatching(`^${rule}: /crl.pem`)]);
      expect([await connects(taken), await connects(good)]).toEqual([false, true]);

      await put('crl.pem', await authority.revocations([taken, good]));
      expect(certificates.isRefused).toBe(false);
      expect([await connects(taken), await connects(good), await connects(await voucher())]).toEqual([false, false, true]);
    });

    it.each(wrong.slice(0, 5))('one that is %s stops a start, by %s', async (_what, rule, make) => {
      const path = await writePapers(await folder(), authority, await settlement(), await make());
      await expect(Certificates.open(path, log)).rejects.toThrow(`${rule}: ${path}/crl.pem`);
    });

    it('a certificate is rotated beside one that is not taken', async () => {
      const taken = await voucher();
      const { path, certificates, warnings, connects } = await judging(await authority.revocations([taken]));
      const next = await settlement();
      await writePapers(path, authority, next, await stranger.revocations([]));
      await certificates.look();
      expect(certificates.now.cert.toString()).toBe(next.cert);
      expect(warnings).toHaveLength(1);
      expect([await connects(taken), await connects(await voucher())]).toEqual([false, true]);
    });

    it('with the authority its list goes, and the next one’s need not have one', async () => {
      const { path, certificates, connects } = await judging(await authority.revocations([]));
      await writePapers(path, elsewhere, await elsewhere.issue(['settlement']));
      await rm(join(path, 'crl.pem'));
      await certificates.look();
      expect([certificates.isRefused, certificates.now.crl]).toEqual([false, undefined]);
      expect(await connects(await elsewhere.issue(['voucher']), elsewhere)).toBe(true);
    });

    it('each of several counts', async () => {
      const both = { ca: [authority.ca, elsewhere.ca].join('\n') };
      const [taken, elsewhereTaken] = [await voucher(), await elsewhere.issue(['voucher'])];
      const lists = [await authority.revocations([taken]), await elsewhere.revocations([elsewhereTaken])];
      const { path, certificates, connects } = await judging(undefined);
      await writePapers(path, both, await settlement(), lists.join('\n'));
      await certificates.look();
      expect(certificates.isRefused).toBe(false);
      expect([await connects(taken, both), await connects(elsewhereTaken, both)]).toEqual([false, false]);
      expect([await connects(await voucher(), both), await connects(await elsewhere.issue(['voucher']), both)]).toEqual([true, true]);
    });

    it('one that names the process’s own certificate is taken', async () => {
      const taken = await voucher();
      const { certificates, connects, put } = await judging(undefined);
      const own = { certificate: new X509Certificate(certificates.now.cert) } as unknown as Issued;
      await put('crl.pem', await authority.revocations([own, taken]));
      expect(certificates.isRefused).toBe(false);
      expect([await connects(taken), await connects(await voucher())]).toEqual([false, true]);
    });

    it('nobody is let in by one whose next update is over, and everybody but the revoked by the next', async () => {
      const running = async (): Promise<Awaited<ReturnType<typeof judging>>> => {
        // One that is over before it is read stops the start.
        for (let validMs = 3_000; ; validMs *= 2)
          try {
            return await judging(await authority.revocations([], validMs));
          } catch (error) {
            expect(String(error)).toContain('revocation_list_must_be_current');
          }
      };
      const { connects, put } = await running();
      await eventually(async () => !(await connects(await voucher())));
      const taken = await voucher();
      await put('crl.pem', await authority.revocations([taken]));
      expect([await connects(taken), await connects(await voucher())]).toEqual([false, true]);
    });
  });

  it('leave the least version of TLS as it is when they are rotated', async () => {
    const path = await writePapers(await folder(), authority, await settlement());
    const certificates = await Certificates.open(path, log);
    certificates.close();
    const [host, port] = (await serve(certificates, { releaseSubsidy: async () => answered })).split(':');
    const client = await voucher();
    const dial = async (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string> => {
      const shown = { ca: authority.ca, cert: client.cert, key: client.key, ALPNProtocols: ['h2'], checkServerIdentity: () => undefined };
      const socket = connect({ host, port: Number(port), maxVersion, ...shown });
      open.push(() => void socket.destroy());
      return new Promise((resolve) => {
        socket.once('secureConnect', () => resolve(socket.getProtocol()!));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code!));
      });
    };
    expect([await dial('TLSv1.2'), await dial('TLSv1.3')]).toEqual(['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLSv1.3']);
    await writePapers(path, authority, await settlement());
    await certificates.look();
    expect([await dial('TLSv1.2'), await dial('TLSv1.3')]).toEqual(['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLSv1.3']);
  });

  it('speak for nobody by a name that holds another', async () => {
    const within = await authority.issue(['x, URI:spiffe://compute-exchange/gateway, URI:y']);
    expect(new X509Certificate(within.cert).subjectAltName).toContain('URI:spiffe://compute-exchange/gateway');
    await expect(Certificates.open(await writePapers(await folder(), authority, within), log)).rejects.toThrow(
      'certificate_must_name_a_service',
    );
  });

  it('of nobody in particular are refused at the start', async () => {
    const nobody = await authority.issue([]);
    await expect(Certificates.open(await writePapers(await folder(), authority, nobody), log)).rejects.toThrow(
      'certificate_must_name_a_service',
    );
  });
});
