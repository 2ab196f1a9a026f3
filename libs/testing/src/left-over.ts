// A program that outlived who started it, as after a SIGKILL: a note in the folder that it works in finds it again. Of Linux; elsewhere nothing is noted.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Fields of proc_pid_stat(5) behind the name, which may hold anything: the state is the first. Undefined of one that is gone. */
export async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return undefined;
  });
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Since when it runs, in ticks of the machine's clock: another that got its number began at another time. Undefined of one that is gone, or waits to be taken away. */
async function sinceOf(pid: number): Promise<string | undefined> {
  const fields = await statOf(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

export async function noteProcess(file: string, pid: number): Promise<void> {
  const since = await sinceOf(pid);
  if (since !== undefined) await writeFile(file, `${pid} ${since}\n`);
}

/** Ends the one that is noted there, where it still runs. Resolves when it is gone. */
export async function endLeftOver(file: string): Promise<void> {
  const note = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (note === undefined) return;
  const [pid, since] = note.trim().split(' ');
  if ((await sinceOf(Number(pid))) === since) process.kill(Number(pid), 'SIGKILL');
  while ((await sinceOf(Number(pid))) === since) await sleep(10);
  await rm(file);
}
