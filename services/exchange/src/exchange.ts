// The whole exchange in one process: nothing but composition. The gateway comes last, so that who knocks finds the others at work.
import { GatewayModule, makeOperatorKey } from '#gateway';
import { InterconnectModule } from '#interconnect';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';
import { SchedulerModule } from '#scheduler';
import { SettlementModule } from '#settlement';
import { VoucherModule } from '#voucher';

const byName = {
  registry: RegistryModule,
  scheduler: SchedulerModule,
  monitoring: MonitoringModule,
  settlement: SettlementModule,
  voucher: VoucherModule,
  interconnect: InterconnectModule,
  gateway: GatewayModule,
};
export const modules = Object.values(byName);

/** @param services names, or 'all'. Throws where one is no service of the exchange. */
export function modulesOf(services: string): typeof modules {
  const names = services === 'all' ? Object.keys(byName) : services.split(',');
  const unknown = names.filter((name) => !(name in byName));
  if (unknown.length)
    throw new Error(`EXCHANGE_SERVICES: service_must_be_one_of ${Object.keys(byName).join(', ')}, not ${unknown.join(', ')}`);
  return Object.entries(byName).flatMap(([name, module]) => (names.includes(name) ? [module] : []));
}
export { GatewayModule, makeOperatorKey };
