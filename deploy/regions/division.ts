// Who has what of the trace: three regions, of which the one with half of the tasks has a sixth of the nodes, and the one with half of the nodes a sixth of the tasks.
import { buyers, links, providers } from '#demo';
import type { Cast, NodeGroup, Task } from '#demo';

export interface Division {
  /** The platform's name for itself. */
  readonly platform: string;
  /** Of each six nodes and of each six tasks, in the order of the trace. */
  readonly nodes: readonly number[];
  readonly tasks: readonly number[];
  readonly cast: Cast;
}

const ofSix = 6;

/** Of the demo's cast those whose sites and firms are in these regions. */
function castOf(sites: readonly number[], firms: readonly number[]): Cast {
  return {
    providers: providers.filter(({ region }) => sites.includes(region)),
    // Wherever the firm is served: here, or on another platform.
    links: links.filter(({ from }) => firms.includes(from)),
    buyers: buyers.filter(({ region }) => firms.includes(region)),
  };
}

export const divisions: readonly Division[] = [
  { platform: 'Chongqing', nodes: [0], tasks: [0, 2, 4], cast: castOf([500000], [500000]) },
  { platform: 'Sichuan', nodes: [1, 2], tasks: [1, 3], cast: castOf([510100], [510100]) },
  { platform: 'Beifang', nodes: [3, 4, 5], tasks: [5], cast: castOf([650500, 150100], [110000]) },
];

/** Its part of each group; each group is dealt out from another region on, so that no region has all that there are few of. */
export const nodesOf = ({ nodes }: Division, groups: readonly NodeGroup[]): NodeGroup[] =>
  groups
    .map((group, nth) => ({ ...group, serials: group.serials.filter((_, node) => nodes.includes((node + nth) % ofSix)) }))
    .filter(({ serials }) => serials.length > 0);

/** In which region each task is placed, by its number in the trace. */
export const regionOfTask = (nth: number): number => divisions.findIndex(({ tasks }) => tasks.includes(nth % ofSix));

export const countOf = ({ tasks }: Division, all: readonly Task[]): number => all.filter((_, nth) => tasks.includes(nth % ofSix)).length;
