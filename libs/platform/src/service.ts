// What every service's module imports: its own database, outbox and logger.
import { type DynamicModule } from '@nestjs/common';
import { Database } from './database.js';
import { Logger } from './log.js';
import { Outbox } from './outbox.js';

export interface ServiceOptions {
  /** Name of the service, of its schema and the source of its events. */
  readonly name: string;
  /** Folder of its SQL migrations, `new URL('../migrations/', import.meta.url)`. */
  readonly migrations?: URL;
  /** True where it keeps a journal: Journal can then be injected. */
  readonly journal?: boolean;
}

class ServiceModule {}

/** `@Module({ imports: [service({ name, migrations })], … })`. Gives Database, Outbox and Logger; Clock and Config are everywhere. */
export function service(_options: ServiceOptions): DynamicModule {
  return { module: ServiceModule, exports: [Database, Outbox, Logger] };
}
