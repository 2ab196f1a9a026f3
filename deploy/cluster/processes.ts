// What the system says of processes, of Linux.
import { readdir, readFile } from 'node:fs/promises';
import { statOf } from '#testing';

const ticksPerSecond = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** Undefined of one that is gone. */
async function processOf(pid: number): Promise<Process | undefined> {
  const fields = await statOf(pid);
  return fields && { pid, parent: Number(fields[1]), cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond };
}

/** CPU time of all processes that this one, or one below it, started and that are there. */
export async function cpuMsBelow(root = process.pid): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = (await Promise.all(pids.map(processOf))).filter((one) => one !== undefined);
  const byParent = Map.groupBy(all, ({ parent }) => parent);
  const below = (pid: number): number => (byParent.get(pid) ?? []).reduce((sum, one) => sum + one.cpuMs + below(one.pid), 0);
  return below(root);
}

/** Resident memory; undefined where it has ended. */
export async function residentMiB(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return undefined;
  });
  const [, kiB] = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '') ?? [];
  return kiB === undefined ? undefined : Number(kiB) / 1_024;
}
