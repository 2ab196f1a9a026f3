// Moves the virtual clock of an exchange: in this process, and in all others of which it knows. Jobs run one after the other in the same order as in one
// process, each in one of the processes that have it, and what follows from each ends everywhere before the next; so the same calls give the same state.
import { ClockworkDefinition } from '#contracts';
import { serviceCall } from './call.js';
import type { Job, Others } from './jobs.js';
import type { Platform } from './platform.js';
import { Refusal } from './refusal.js';
import type { Client } from './rpc-types.js';

const settleMsMax = 60_000;

type Process = Client<typeof ClockworkDefinition>;

export class Conductor {
  /** What each process had handled, sent and asked when all were quiet last. */
  private worked: readonly number[] = [];
  /** Nothing has come of what was run since. */
  private isQuiet = false;

  constructor(private readonly platform: Platform) {}

  /** Throws as Jobs.advance does, and unavailable where a process is not reached or never becomes quiet. */
  async advance(to: number): Promise<void> {
    const { jobs, mesh, config } = this.platform;
    const processes = mesh?.processes(ClockworkDefinition, config.meshListen) ?? [];
    if (!processes.length) return jobs.advance(to, () => this.platform.settle());
    this.isQuiet = false;
    return jobs.advance(to, () => this.settle(processes), this.others(processes));
  }

  private others(processes: readonly Process[]): Others {
    return {
      jobs: async () => (await Promise.all(processes.map((process, index) => this.jobsOf(process, index)))).flat(),
      moveTo: async (time) => void (await Promise.all(processes.map((process) => process.moveClock({ time }, this.call)))),
    };
  }

  private async jobsOf(process: Process, index: number): Promise<Job[]> {
    const { jobs } = await process.listJobs({}, this.call);
    const run = async (service: string, name: string, now: number): Promise<void> => {
      const { worked } = await process.runJob({ service, name, now }, this.call);
      if (worked !== this.worked[index + 1]) this.isQuiet = false;
    };
    return jobs.map(({ service, name, everyMs }) => ({
      ...{ service, name, everyMs, leadership: undefined },
      run: (now) => run(service, name, now),
    }));
  }

  /** Resolves when no process has anything left to do. */
  private async settle(processes: readonly Process[]): Promise<void> {
    const own = await this.platform.settled(false);
    if (this.isQuiet && own === this.worked[0]) return;
    const deadline = Date.now() + settleMsMax;
    // What was sent since may not have been told yet; where nothing was, nobody need look.
    for (let looks = false; !(await this.rested(processes, looks)); looks = true)
      if (Date.now() >= deadline) throw new Refusal('unavailable', 'exchange_must_become_quiet', 'events go on between its processes');
    this.isQuiet = true;
  }

  /** True where no process has done anything since all were asked before: then nothing was on its way to one that had answered already. */
  private async rested(processes: readonly Process[], look: boolean): Promise<boolean> {
    const others = processes.map(async (process) => (await process.settle({ look }, this.call)).worked);
    const worked = await Promise.all([this.platform.settled(look), ...others]);
    const isSame = worked.length === this.worked.length && worked.every((count, index) => count === this.worked[index]);
    this.worked = worked;
    return isSame;
  }

  /** In the name of a service that this process's certificate names. */
  private get call() {
    return serviceCall(this.platform.services[0]!.name);
  }
}
