// This version takes over from another under load, one process after the other, in the order that docs/operations.md gives.
import { type Drill, schedulers } from './drill.js';
import { patienceMs } from './run.js';
import { services } from './stage.js';

export const upgrade: Drill = {
  name: 'upgrade',
  targets: services,
  from: 'undone',
  lastsMs: 0,
  missing: ({ cluster }) =>
    cluster.exchange.home === undefined ? 'the cluster was started with this version; --from names another' : undefined,
  inject: async (stage) => {
    const { exchange } = stage.cluster;
    exchange.home = undefined;
    await exchange.migrate();
    const replace = async (name: string): Promise<void> => {
      stage.tell(`  ${name} is replaced`);
      await stage.restartWith(name, {});
      await stage.well(patienceMs);
    };
    for (const name of stage.names.filter((one) => !schedulers.includes(one))) await replace(name);
    // A standby of the old version must not follow a new leader.
    const leader = await stage.leader();
    for (const name of schedulers.filter((one) => one !== leader)) await replace(name);
    await replace(leader);
    return () => Promise.resolve();
  },
};
