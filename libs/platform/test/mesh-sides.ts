// Two processes of a mesh in a test: certificates of an authority, a server of a contract, and its method as the other process calls it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerDefinition, ReleaseSubsidyRequest, SubsidyReservation } from '#contracts';
import type { ServiceDefinition } from '#contracts';
import { Authority, type Issued, writePapers } from '#testing';
import { Certificates } from '../src/certificates.js';
import { Listeners } from '../src/listeners.js';
import { type Logger, makeLogger } from '../src/log.js';
import { Mesh } from '../src/mesh-client.js';
import { serveMesh } from '../src/mesh-server.js';
import { RpcTable } from '../src/rpc-table.js';
import { type Handler, type Implementation } from '../src/rpc-types.js';
import { guarded } from '../src/rpc.js';

export const log = makeLogger('silent');
export const release = ReleaseSubsidyRequest.create({ orderId: 7 });
export const answered = SubsidyReservation.create({ reservationId: 3, orderId: 7, amount: 5n });
export const hour = 3_600_000;

export let authority: Authority;
export let stranger: Authority;
/** Undone after each test, the last first. */
export const open: (() => Promise<void> | void)[] = [];
let papers: string;

/** For each file that makes such processes. */
export function betweenProcesses(): void {
  beforeAll(async () => {
    papers = await mkdtemp(join(tmpdir(), 'exchange-papers-'));
    authority = await Authority.make();
    stranger = await Authority.make();
  });
  afterAll(() => rm(papers, { recursive: true }));
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
}

export const folder = () => mkdtemp(join(papers, 'mesh-'));

export async function certificatesOf(issued: Issued, trusted: Authority = authority, crl?: string): Promise<Certificates> {
  const certificates = await Certificates.open(await writePapers(await folder(), trusted, issued, crl), log);
  open.push(() => certificates.close());
  return certificates;
}

type Handlers = Record<string, Handler>;

/** A process that serves a contract. Answers its address. */
export async function serve(
  certificates: Certificates,
  handlers: Handlers,
  definition: ServiceDefinition = LedgerDefinition,
): Promise<string> {
  const rpc = new RpcTable();
  rpc.bind(definition, guarded(definition, handlers as unknown as Implementation<ServiceDefinition>, log));
  const listeners = new Listeners();
  await serveMesh({ address: '127.0.0.1:0', rpc, listeners, certificates });
  open.push(() => listeners.close());
  return listeners.address('mesh')!;
}

/** A method as another process calls it. */
export function remote(
  certificates: Certificates,
  peers: Record<string, string[]>,
  definition: ServiceDefinition,
  key: string,
  its: Logger = log,
): Handler {
  const mesh = new Mesh(new Map(Object.entries(peers)), certificates, its);
  open.push(() => mesh.close());
  return mesh.handler(definition, key)!;
}

export const settlement = () => authority.issue(['settlement']);
export const voucher = () => authority.issue(['voucher']);
