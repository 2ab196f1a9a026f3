// What others take of the cluster: the drills, the benchmarks and the specs that kill a part of it.
export { Cluster } from './cluster.js';
export type { ClusterOptions } from './cluster.js';
export { cpuMsBelow, residentMiB } from './processes.js';
export { SplitExchange } from './split-exchange.js';
export type { Layout } from './split-exchange.js';
