// Tells monitoring that providers can reach the exchange: where no gateway does, no pool is lost for its silence.
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MonitoringDefinition } from '#contracts';
import { type Client, Health, Logger, RpcTable, clientOf, serviceCall } from '#platform';

const everyMs = 60_000;

@Injectable()
export class OpenPorts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(clientOf(MonitoringDefinition)) private readonly monitoring: Client<typeof MonitoringDefinition>,
    private readonly rpc: RpcTable,
    private readonly health: Health,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.rpc.reaches(MonitoringDefinition)) return;
    this.timer = setInterval(() => void this.tell(), everyMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Silent while this process takes no calls. */
  async tell(): Promise<void> {
    if (this.health.state !== 'ready') return;
    await this.monitoring
      .sayOpen({}, serviceCall('gateway'))
      .catch((err: unknown) => this.log.warn({ err }, 'monitoring cannot be told that providers reach the exchange'));
  }
}
