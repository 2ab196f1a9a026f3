// Whole runs begin with the specs that take longest, so that no worker is left alone with one at the end. Jest itself would know their times from the run before,
// which a fresh checkout does not have, and takes the larger files first, which are not those: a short file may start a whole cluster.
import Sequencer from '@jest/test-sequencer';

/** Those of half a minute and more, longest first; what is not named here comes after them as Jest orders it. */
const longest = [
  'services/exchange/test/redeemers',
  'services/exchange/test/demo-split',
  'libs/matching-engine/test/properties',
  'libs/platform/test/bus',
  'services/exchange/test/restore',
  'deploy/drills/test/drills',
  'services/exchange/test/crash',
  'services/monitoring/test/points-crash',
  'services/exchange/test/gateways',
  'libs/platform/test/kafka-node',
  'libs/matching-engine/test/differential-101',
  'services/exchange/test/neighbours',
  'services/exchange/test/demo-programmes',
  'services/exchange/test/crash-points',
  'services/exchange/test/demo',
  'services/exchange/test/failover',
  'services/exchange/test/demo-documents',
  'libs/matching-engine/test/differential-1',
];

export default class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = longest.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
      return index < 0 ? longest.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
