// What the system says of processes, of Linux.
import { readdir, readFile } from 'node:fs/promises';

const ticksPerSecond = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** Fields of proc_pid_stat(5) behind the name, which may hold anything. Undefined of one that is gone. */
async function processOf(pid: number): Promise<Process | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(unlessGone);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
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
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(unlessGone);
  const [, kiB] = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '') ?? [];
  return kiB === undefined ? undefined : Number(kiB) / 1_024;
}

/** @throws Error where it is not that the process is gone */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
  return undefined;
}
