import { Module } from '@nestjs/common';
import { service } from '#platform';
import { InterconnectRpc } from './interconnect.rpc.js';

@Module({
  imports: [service({ name: 'interconnect', migrations: new URL('../migrations/', import.meta.url) })],
  providers: [InterconnectRpc],
})
export class InterconnectModule {}
