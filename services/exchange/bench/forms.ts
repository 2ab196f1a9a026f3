// The two forms of an exchange, as the benchmarks that compare them take them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cluster } from '#cluster';
import { endedWithUs, temporaryFolder } from '#platform';
import { startPrivateExchange } from '../src/demo/exchange-process.js';

export interface Form {
  /** Of each gateway: HTTP, and gRPC. */
  readonly gateways: readonly { readonly address: string; readonly grpcAddress: string }[];
  /** The first operator key. */
  readonly key: string;
  /** Of PostgreSQL's superuser. */
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

/** One process, as `npm start` runs it: its own PostgreSQL, whose log is the bus. */
export async function embedded(): Promise<Form> {
  const [folder, remove] = temporaryFolder('exchange-bench-');
  const data = join(folder, 'data');
  const exchange = await startPrivateExchange({}, data);
  const password = (await readFile(join(data, 'postgres/password'), 'utf8')).trim();
  const databaseUrl = `postgresql://exchange:${password}@${encodeURIComponent(join(data, 'postgres'))}:5432/exchange`;
  return { gateways: [exchange], key: exchange.key, databaseUrl, stop: () => exchange.stop().then(remove) };
}

/** What `npm run cluster` starts. */
export async function distributed(tell: (line: string) => void): Promise<Form> {
  const [folder, remove] = temporaryFolder('exchange-bench-');
  const cluster = new Cluster({ folder, kafkaNodes: 3, replicas: 2, tell });
  const end = endedWithUs(() => cluster.stop());
  await cluster.start();
  const { exchange, databaseUrl } = cluster;
  const gateways = ['gateway-1', 'gateway-2'].map((name) => exchange.running.get(name)!);
  return { gateways, key: exchange.key, databaseUrl, stop: () => end().then(remove) };
}
