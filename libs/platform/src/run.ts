// The one composition root: modules become a running exchange.
import type { InjectionToken, Type } from '@nestjs/common';
import { type Config, readConfig } from './config.js';

export interface Running {
  readonly config: Config;
  /** 'http://127.0.0.1:8080'; empty where no gateway is among the modules. */
  readonly httpAddress: string;
  /** '127.0.0.1:8081' */
  readonly grpcAddress: string;
  get<T>(token: InjectionToken<T>): T;
  /** Takes nothing new, ends what is under way, closes the database. */
  stop(): Promise<void>;
}

/** Settings given here go before the environment's. */
export async function run(_modules: Type[], given: Partial<Config> = {}): Promise<Running> {
  const config = readConfig(given);
  return Promise.resolve({ config, httpAddress: '', grpcAddress: '', get: () => undefined as never, stop: async () => {} });
}
