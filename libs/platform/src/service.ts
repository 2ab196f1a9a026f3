// What every service's module imports: its own database, outbox and logger.
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Database } from './database.js';
import { Journal } from './journal.js';
import { Leadership } from './leadership.js';
import { Logger } from './log.js';
import { Outbox } from './outbox.js';
import { SecondThread } from './thread.js';
import { Platform, type Service, type ServiceOptions } from './platform.js';

/** Token of the service that a module belongs to. */
export const SERVICE = Symbol('service');

@Module({})
export class ServiceModule {}

interface OfService extends DynamicModule {
  readonly options: ServiceOptions;
}

/** The services among the modules. */
export const servicesOf = (modules: readonly Type[]): ServiceOptions[] =>
  modules
    .flatMap((module) => (Reflect.getMetadata('imports', module) ?? []) as (Type | OfService)[])
    .flatMap((part) => ('options' in part ? [part.options] : []));

/**
 * `@Module({ imports: [service({ name, migrations })], … })`. Gives Database, Outbox, Logger and, where asked, Journal and Leadership; Clock, Config, Health,
 * Listeners and the clients of all contracts are everywhere.
 */
export function service(options: ServiceOptions): OfService {
  const part = <T>(token: symbol | (abstract new (...args: never[]) => T), get: (of: Service) => T) => ({
    provide: token,
    inject: [SERVICE],
    useFactory: get,
  });
  return {
    module: ServiceModule,
    options,
    providers: [
      { provide: SERVICE, inject: [Platform], useFactory: (platform: Platform) => platform.service(options) },
      part(Database, (of) => of.database),
      part(Outbox, (of) => of.outbox),
      part(Logger, (of) => of.log),
      part(SecondThread, (of) => of.thread),
      ...(options.journal ? [part(Journal, (of) => of.journal), part(Leadership, (of) => of.leadership!)] : []),
    ],
    exports: [SERVICE, Database, Outbox, Logger, SecondThread, ...(options.journal ? [Journal, Leadership] : [])],
  };
}
