// npm run drill: faults under load, one after the other, and what they cost.
import { resolve } from 'node:path';
import { commandLine, endedWithUs, runCommand, wholeOption, WrongUse } from '#platform';
import { chosen, pairCount } from './chosen.js';
import type { Drill } from './drill.js';
import type { Acknowledged } from './load.js';
import { type Row, runDrill } from './run.js';
import { runSiteDrill, type SiteDrill, siteDrills } from './sites.js';
import { eachAlone, Stage } from './stage.js';
import { drills } from './table.js';
import { upgrade } from './upgrade.js';

const help = `npm run -s drill -- NAME…|all|pairs [--from DIR] [--json] [--seed N]

Starts the distributed form (three Kafka nodes, Redis, PostgreSQL, two processes of each service), loads it with orders through two gateways, and does to it what
befalls such things, one drill after the other. Each must lose nothing that was acknowledged, do nothing twice, balance the books and recover; else the
exit code is 1. What an acknowledgement means, and what is counted: docs/operations.md.

  --from DIR  root of a built checkout of another version, which the cluster is started with; then upgrade is a drill too
  --json      one object on standard output: {drills: […], skipped: […]}
  --seed N    of the orders and of the ${pairCount} pairs [1]

The drills of two sites need PostgreSQL alone, which comes with the package. The others need java (17 or later) and redis-server, and Maven once. Full disks need root, clocks libfaketime; what cannot be shown here is said under \`skipped\`.

Drills:
${siteDrills.map(({ name, isSynchronous }) => `  ${name.padEnd(34)} the first site is lost, the second takes over${isSynchronous ? '' : '; accepted: acknowledged within its copy’s lag, and gone'}`).join('\n')}
${drills.map(({ name, from, lastsMs }) => `  ${name.padEnd(34)} lasts ${String(lastsMs / 1_000).padStart(3)} s; recovery counted from ${from === 'fault' ? 'the fault' : 'when it is undone'}`).join('\n')}
  ${upgrade.name.padEnd(34)} from the version of --from to this one, one process after the other
  pairs                              ${pairCount} of two faults at once, chosen by the seed`;

const { values, positionals } = commandLine(help, {
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

interface Report {
  readonly drills: Row[];
  readonly skipped: { readonly name: string; readonly skipped: string }[];
}

/** One cluster for all, and another after a drill that failed. */
async function runAll(all: readonly (Drill | SiteDrill)[], seed: number, from: string | undefined, report: Report): Promise<void> {
  let stage: Stage | undefined;
  let known: Acknowledged[] = [];
  for (const [index, drill] of all.entries()) {
    const title = `${index + 1}/${all.length} ${drill.name}`;
    if ('isSynchronous' in drill) {
      tell(title);
      keep(report, await runSiteDrill(drill, seed + index));
      continue;
    }
    if (!stage) {
      tell('Starting a cluster');
      known = [];
      stage = await Stage.make({ kafkaNodes: 3, groups: eachAlone, home: from, tell });
      await stage.start();
    }
    const missing = drill.missing?.(stage);
    if (missing !== undefined) {
      tell(`*** ${drill.name} IS LEFT OUT: ${missing} ***`);
      report.skipped.push({ name: drill.name, skipped: missing });
      continue;
    }
    tell(title);
    const row = await runDrill(stage, drill, known, seed + index);
    keep(report, row);
    if (!row.failed) continue;
    await stage.close();
    stage = undefined;
  }
}

function keep(report: Report, row: Row): void {
  report.drills.push(row);
  const { acknowledged, lost, doubled, unknownResolved, imbalance, recovery_ms: ms, accepted, failed = [] } = row;
  tell(
    `  ${acknowledged} acknowledged, ${lost} lost, ${accepted === undefined ? '' : `${accepted} accepted, `}${doubled} doubled, ${unknownResolved} unknown resolved, imbalance ${imbalance}, back after ${ms} ms`,
  );
  for (const line of failed) tell(`  FAILED: ${line}`);
}

async function main(): Promise<void> {
  const seed = wholeOption('seed', values.seed, 0, 2 ** 32 - 1);
  if (!positionals.length) throw new WrongUse('which drills?');
  const from = values.from && resolve(values.from);
  const all = chosen(positionals, seed, from);
  const report: Report = { drills: [], skipped: [] };
  // What has run is told also where a cluster does not start, or all is interrupted.
  endedWithUs(async () => {
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  });
  await runAll(all, seed, from, report);
  if (report.drills.some(({ failed }) => failed)) process.exitCode = 1;
}

await runCommand(main);
