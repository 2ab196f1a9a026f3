// The whole exchange in one process: nothing but composition. The gateway comes last, so that who knocks finds the others at work.
import { GatewayModule } from '#gateway';
import { InterconnectModule } from '#interconnect';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';
import { SchedulerModule } from '#scheduler';
import { SettlementModule } from '#settlement';
import { VoucherModule } from '#voucher';

export const modules = [
  RegistryModule,
  SchedulerModule,
  MonitoringModule,
  SettlementModule,
  VoucherModule,
  InterconnectModule,
  GatewayModule,
];
export { GatewayModule };
