// This process's part in moving a virtual clock that several processes share.
import { Inject } from '@nestjs/common';
import { ClockworkDefinition, Empty } from '#contracts';
import type { JobList, MoveClockRequest, RunJobRequest, Settled, SettleRequest } from '#contracts';
import { Platform } from './platform.js';
import { conflict } from './refusal.js';
import { type Implementation, Rpc } from './rpc-types.js';

@Rpc(ClockworkDefinition)
export class Clockwork implements Implementation<typeof ClockworkDefinition> {
  constructor(@Inject(Platform) private readonly platform: Platform) {}

  async listJobs(): Promise<JobList> {
    return { jobs: this.platform.jobs.own().map(({ service, name, everyMs }) => ({ service, name, everyMs })) };
  }

  async runJob({ service, name, now }: RunJobRequest): Promise<Settled> {
    this.mustBeVirtual();
    await this.platform.jobs.run(service, name, now);
    return { worked: await this.platform.settled(false) };
  }

  async moveClock({ time }: MoveClockRequest): Promise<Empty> {
    this.mustBeVirtual();
    const { clock } = this.platform;
    if (time !== clock.now()) clock.moveTo(time);
    return Empty.create();
  }

  async settle({ look }: SettleRequest): Promise<Settled> {
    return { worked: await this.platform.settled(look) };
  }

  private mustBeVirtual(): void {
    if (!this.platform.clock.isVirtual) throw conflict('clock_must_be_virtual', "the exchange runs by the system's clock");
  }
}
