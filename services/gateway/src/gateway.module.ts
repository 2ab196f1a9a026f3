import { Module } from '@nestjs/common';
import { service } from '#platform';
import { HttpServer } from './http-server.js';
import { IdentityRpc } from './identity.rpc.js';
import { KeyRing } from './key-ring.js';
import { Keys } from './keys.js';
import { OpenPorts } from './open-ports.js';

export { OpenPorts } from './open-ports.js';
export { makeOperatorKey } from './operator-key.js';

@Module({
  imports: [service({ name: 'gateway', migrations: new URL('../migrations/', import.meta.url) })],
  providers: [KeyRing, Keys, IdentityRpc, HttpServer, OpenPorts],
})
export class GatewayModule {
  constructor(private readonly keys: Keys) {}

  /** The secret of the operator's first key: once, and only in the process that made it. */
  firstOperatorKey(): string | undefined {
    return this.keys.firstOperatorKey();
  }
}
