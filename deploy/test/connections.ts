// Whether PostgreSQL has a connection for all that the processes may hold at once, since one that finds none fails.
import type { Manifest } from './manifest.js';
import { settingDefault } from './settings.js';

/** Of people, back-ups, the operator and the job that migrates. */
const reserved = 50;
/** A deployment's default while a new version replaces the old: a quarter more, rounded up. */
const surge = 0.25;

/** How many connections each pool has at most, and the sessions beside the pools. */
interface Held {
  readonly pools: readonly number[];
  readonly threads: readonly number[];
  readonly sessions: number;
}

type Settings = Record<string, string | undefined>;

/** What one process that runs one service holds, as libs/platform opens it; connections.spec counts them of processes that run. */
export function heldBy(service: string, settings: Settings): Held {
  const pool = Number(settings.EXCHANGE_DATABASE_POOL ?? settingDefault('EXCHANGE_DATABASE_POOL'));
  const hasLog = !settings.EXCHANGE_BUS;
  const isMarket = service === 'scheduler';
  const shards = 1 + (settings.EXCHANGE_SHARDS ? settings.EXCHANGE_SHARDS.split(';').length : 0);
  return {
    // The platform's own tables, the service's, the log in PostgreSQL and the journal's writer.
    pools: [pool, pool, ...(hasLog ? [pool] : []), ...(isMarket ? [3] : [])],
    // Of each shard the one that writes the query tables, and the one that makes snapshots.
    threads: isMarket ? Array<number>(2 * shards).fill(2) : [],
    // What holds the lock of its jobs, and what listens to the log.
    sessions: 1 + (hasLog ? 1 : 0),
  };
}

/** Beside its own, each pool may ask for its silent ones on one more. */
export function connectionsOf(service: string, settings: Settings): number {
  const { pools, threads, sessions } = heldBy(service, settings);
  return [...pools, ...threads].reduce((sum, most) => sum + most + 1, sessions);
}

/** Of a workload, how many processes there may be of it at once. */
function processesOf({ kind, metadata, spec }: Manifest, manifests: readonly Manifest[]): number {
  if (kind === 'StatefulSet') return spec.replicas!;
  const scaler = manifests.find(
    (one) =>
      one.kind === 'HorizontalPodAutoscaler' && one.spec.scaleTargetRef!.kind === kind && one.spec.scaleTargetRef!.name === metadata.name,
  );
  // On a site that stands by there is none until the fail-over, and then as many as its scaler lets be.
  const most = scaler?.spec.maxReplicas ?? spec.replicas!;
  return most + Math.ceil(most * surge);
}

export function connectionFaults(manifests: readonly Manifest[]): string[] {
  const held = manifests
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .flatMap((workload) => workload.spec.template.spec.containers.map(({ env = [], envFrom = [] }) => ({ workload, env, envFrom })))
    .map(({ workload, env, envFrom }) => {
      const told = envFrom.map(({ configMapRef }) =>
        manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef.name),
      );
      const settings = Object.fromEntries([
        ...told.flatMap((map) => Object.entries(map?.data ?? {})),
        ...env.map(({ name, value }): [string, string | undefined] => [name, value]),
      ]);
      const service = settings.EXCHANGE_SERVICES;
      return service ? processesOf(workload, manifests) * connectionsOf(service, settings) : 0;
    });
  const needed = held.reduce((sum, each) => sum + each, reserved);
  return manifests
    .filter(({ kind }) => kind === 'Cluster')
    .map(({ metadata, spec }) => ({ name: metadata.name, has: Number(spec.postgresql?.parameters?.max_connections) }))
    .filter(({ has }) => !(has >= needed))
    .map(({ name, has }) => `${name}: max_connections must be ${needed} at least, and is ${has}`);
}
