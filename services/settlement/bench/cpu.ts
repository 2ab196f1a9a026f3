// CPU time by /proc, which says what work costs whatever else runs on the machine.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds since the start, of this process and of all of PostgreSQL's. */
export interface Cpu {
  readonly node: number;
  readonly postgres: number;
}

const msOfTick = 10;

/** Fields of /proc/ID/stat from the third on: what comes before, the name in parentheses, may hold spaces. */
function fieldsOf(id: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/**
 * @param data folder of the server's data
 * @returns undefined where there is no /proc
 */
export function cpuOf(data: string): Cpu | undefined {
  if (process.platform !== 'linux') return undefined;
  const [server] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  let ticks = 0;
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = fieldsOf(id);
    if (!fields || (id !== server && fields[1] !== server)) continue;
    // User and system; of the server also those of its processes that ended.
    for (const field of fields.slice(11, id === server ? 15 : 13)) ticks += Number(field);
  }
  const { user, system } = process.cpuUsage();
  return { node: (user + system) / 1_000, postgres: ticks * msOfTick };
}
