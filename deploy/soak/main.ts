// npm run soak: the cluster under a steady load for so many minutes, and whether it stays as it is.
import { Cluster } from '#cluster';
import { commandLine, endedWithUs, runCommand, startedWithUs, temporaryFolder, wholeOption } from '#platform';
import { Collector } from '#testing';
import { type Soaked, soak } from './soak.js';

const help = `npm run soak [-- --minutes N] [--orders N] [--json]

Starts what npm run cluster starts and puts a steady load on it, looks at each process's memory, at the events that wait and at the connections, and says whether any of it
grows. Exits with 1 where something does.

  --minutes N    of load, the warm-up included: a quarter of them, 10 at most [60]
  --orders N     a second; one of them trades, the others rest until the second's end [10]
  --json         one JSON object: ok, criteria, faults, trends, load, samples`;

const everyMs = 10_000;

const { values } = commandLine(help, {
  options: {
    minutes: { type: 'string', default: '60' },
    orders: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});

function report({ ok, criteria, faults, trends, load, minutes }: Soaked): string {
  const rows = trends.map(
    ({ name, first, last, perHour, margin }) =>
      `  ${name.padEnd(28)} ${first.toFixed(1).padStart(9)} → ${last.toFixed(1).padStart(9)}   ${perHour.toFixed(1).padStart(8)} ± ${margin.toFixed(1)} an hour`,
  );
  const verdict = ok ? 'Nothing grows.' : `It does not stay as it is:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
  return [
    `${minutes} minutes at ${load.ordersPerHour} orders an hour`,
    ...rows,
    '',
    ...criteria.map((one) => `  - ${one}`),
    '',
    verdict,
  ].join('\n');
}

async function main(): Promise<void> {
  const minutes = wholeOption('minutes', values.minutes, 2, 1_440);
  const ordersPerSecond = wholeOption('orders', values.orders, 1, 1_000);
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const [folder] = temporaryFolder('exchange-soak-');
  const [collector] = await startedWithUs(
    () => Collector.start(false),
    (begun) => begun.stop(),
  );
  // Measures as often as they are looked at, and no traces.
  Object.assign(process.env, collector.settings, { OTEL_METRIC_EXPORT_INTERVAL: String(everyMs), OTEL_TRACES_SAMPLER: 'always_off' });
  const cluster = new Cluster({ folder, kafkaNodes: 3, replicas: 2, tell });
  endedWithUs(() => cluster.stop());
  await cluster.start();
  const soaked = await soak({ cluster, collector, minutes, ordersPerSecond, everyMs, tell });
  process.stdout.write(`${values.json ? JSON.stringify(soaked) : report(soaked)}\n`);
  if (!soaked.ok) process.exitCode = 1;
}

await runCommand(main);
