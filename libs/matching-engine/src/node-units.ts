/** Units on one node of a pool. */
export interface NodeUnits {
  readonly node: number;
  readonly units: number;
}
