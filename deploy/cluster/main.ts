// npm run cluster: the distributed form on one machine, until Ctrl-C.
import { rm } from 'node:fs/promises';
import { commandLine, endedWithUs, interrupted, runCommand, wholeOption } from '#platform';
import { Cluster } from './cluster.js';
import { placeOf } from './folder.js';

const help = `npm run cluster [-- --folder DIR] [--kafka-nodes N] [--replicas N] [--json]

Starts PostgreSQL, Redis, Kafka and several processes of each group of services, with certificates of their own, and says what runs where. The groups: facts (registry and
monitoring), money (settlement, voucher and interconnect), scheduler, gateway. A process that ends by itself is started anew. Ctrl-C stops everything. It needs java (17 or
later) and redis-server on this machine, and Maven once, for Kafka.

  --folder DIR       for data, certificates and logs; stays, for npm run audit, npm run replay, the logs, and the next start: a cluster that is started with it
                     again goes on with its orders, money and keys, at other ports and with new certificates. Else a temporary one, which goes with the cluster
  --kafka-nodes N    1 to 5 [3, or as many as hold the events in DIR]
  --replicas N       processes of each group, 1 to 5 [2]
  --json             what runs where as one line of JSON on standard output

EXCHANGE_ settings (npm start -- --help) and OTEL_EXPORTER_OTLP_ENDPOINT hold for every process of a service; EXCHANGE_DATA_SYNC=off for PostgreSQL. With EXCHANGE_NATIONAL_URL
and EXCHANGE_NATIONAL_KEY it reports to a national node, which is to know DIR/services/platform-key.pub.pem: npm run national-receiver -- --sender compute-exchange=FILE`;

interface Part {
  readonly name: string;
  readonly pid: number | undefined;
  readonly address: string;
  /** Of a gateway: where clients speak gRPC. */
  readonly grpcAddress?: string;
}

function partsOf({ kafka, redis, exchange }: Cluster): Part[] {
  const addressesOf = (name: string) =>
    name.startsWith('gateway')
      ? { address: exchange.address(name), grpcAddress: exchange.grpcAddress(name) }
      : { address: `${exchange.address(name)}/readyz` };
  return [
    { name: 'redis', pid: redis.pid, address: redis.address },
    ...kafka.map(({ pid, address }, index) => ({ name: `kafka-${index + 1}`, pid, address })),
    ...[...exchange.running].map(([name, { pid }]) => ({ name, pid, ...addressesOf(name) })),
  ];
}

function welcome(cluster: Cluster, folder: string, isKept: boolean): string {
  const parts = partsOf(cluster);
  const gateway = parts.find(({ name }) => name.startsWith('gateway'))!.address;
  const { key } = cluster.exchange;
  const operator = key
    ? `${key}   (first key; shown this once, kept as a hash; until it is used a gateway that is started anew makes another, and says so)`
    : 'by the keys of before';
  return [
    '',
    ...parts.map(
      ({ name, pid, address, grpcAddress }) =>
        `  ${name.padEnd(12)} process ${String(pid).padEnd(8)} ${address}${grpcAddress ? `   gRPC ${grpcAddress}` : ''}`,
    ),
    '',
    `  folder       ${folder}   (data, certificates and logs; ${isKept ? 'stays' : 'goes with the cluster'})`,
    `  database     ${cluster.databaseUrl}`,
    `  operator     ${operator}`,
    `  try          curl -H 'Authorization: Bearer ${key || '<your key>'}' ${gateway}/v1/me`,
    '',
    'The cluster is ready. Ctrl-C stops it.',
  ].join('\n');
}

const { values } = commandLine(help, {
  options: {
    folder: { type: 'string' },
    'kafka-nodes': { type: 'string' },
    replicas: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const wanted = values['kafka-nodes'] === undefined ? undefined : wholeOption('kafka-nodes', values['kafka-nodes'], 1, 5);
  const replicas = wholeOption('replicas', values.replicas, 1, 5);
  const { folder, isKept, kafkaNodes } = await placeOf(values.folder, wanted);
  const cluster = new Cluster({
    folder,
    kafkaNodes,
    replicas,
    isDurable: process.env.EXCHANGE_DATA_SYNC !== 'off',
    tell: (line) => void process.stderr.write(`${line}\n`),
  });
  // Ends last.
  endedWithUs(async () => {
    if (!isKept) await rm(folder, { recursive: true, force: true });
    process.stderr.write(isKept ? `Stopped. What it held stays in ${folder}\n` : 'Stopped.\n');
  });
  endedWithUs(() => cluster.stop());
  process.stderr.write('Starting the cluster; Ctrl-C stops it.\n');
  await cluster.start();
  const { databaseUrl, exchange } = cluster;
  let { key } = exchange;
  cluster.keep((name, ended) => {
    const services = exchange.servicesOf(name);
    const what = [...services, ...(ended?.pid === undefined ? [] : [`process ${ended.pid}`])].join(', ');
    const said = ended
      ? `${name} (${what}) ended ${ended.how} and is started anew; it said last:\n${ended.lastWords}`
      : `${name} answers again`;
    // Until it is used, each gateway that starts makes another in its place.
    const newKey = exchange.key === key ? '' : `; the operator's first key is now ${exchange.key}`;
    process.stderr.write(`${new Date().toISOString()} ${said}${newKey}\n`);
    key = exchange.key;
  });
  const told = values.json
    ? JSON.stringify({ folder, databaseUrl, key: key || null, parts: partsOf(cluster) })
    : welcome(cluster, folder, isKept);
  process.stdout.write(`${told}\n`);
  await interrupted;
}

// Who interrupts it has what it is for: it ended well.
await runCommand(main, { interrupted: 0 });
