// The whole exchange in one process: nothing but composition. The gateway comes last, so that who knocks finds the others at work.
import { GatewayModule } from '#gateway';
import { InterconnectModule } from '#interconnect';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';

export const modules = [RegistryModule, MonitoringModule, InterconnectModule, GatewayModule];
export { GatewayModule };
