// Which drills a command line asks for, and whether they can be run at all.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WrongUse } from '#platform';
import type { Drill } from './drill.js';
import { type SiteDrill, siteDrills } from './sites.js';
import { drills, pairs } from './table.js';
import { upgrade } from './upgrade.js';

export const pairCount = 10;

/**
 * @param from root of the built checkout of another version
 * @throws WrongUse where a name is none, or one needs a version that is not there
 */
export function chosen(names: readonly string[], seed: number, from: string | undefined): (Drill | SiteDrill)[] {
  if (from !== undefined && !existsSync(join(from, 'dist/services/exchange/src/main.js')))
    throw new WrongUse(`--from must be a built checkout: npm ci && npm run build in ${from}`);
  return names.flatMap((name) => {
    if (name === 'all') return [...siteDrills, ...drills, ...pairs(seed, pairCount)];
    if (name === 'pairs') return pairs(seed, pairCount);
    const drill = [...siteDrills, ...drills, upgrade].find((one) => one.name === name);
    if (!drill) throw new WrongUse(`there is no drill ${name}`);
    if (drill === upgrade && from === undefined)
      throw new WrongUse('upgrade needs --from DIR: the built checkout of the version to upgrade from');
    return [drill];
  });
}
