// Classes of sites by standard racks of 2.5 kW: edge < 100 ≤ small < 3,000 ≤ large < 10,000 ≤ very large.

export type SiteClassName = 'EDGE' | 'SMALL' | 'LARGE' | 'VERY_LARGE';

const least: readonly (readonly [SiteClassName, number])[] = [
  ['VERY_LARGE', 10_000],
  ['LARGE', 3_000],
  ['SMALL', 100],
  ['EDGE', 0],
];

export const siteClassOf = (standardRacks: number): SiteClassName => least.find(([, racks]) => standardRacks >= racks)![0];

/** [least, most) racks of a class. */
export function racksOf(name: SiteClassName): readonly [number, number] {
  const at = least.findIndex(([each]) => each === name);
  return [least[at]![1], least[at - 1]?.[1] ?? Number.MAX_SAFE_INTEGER];
}
