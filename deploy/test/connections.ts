// Whether PostgreSQL has a connection for all that the processes may hold at once, since one that finds none fails.
import type { Manifest } from './manifest.js';
import { settingDefault } from './settings.js';

/** Of people, back-ups, the operator and the job that migrates. */
const reserved = 50;
/** A deployment's default while a new version replaces the old: a quarter more, rounded up. */
const surge = 0.25;

/** Connections of one process that runs one service, as libs/platform opens them. */
function connectionsOf(service: string, settings: Record<string, string | undefined>): number {
  const pool = Number(settings.EXCHANGE_DATABASE_POOL ?? settingDefault('EXCHANGE_DATABASE_POOL'));
  // Of a pool, and the one that asks for its silent ones.
  const most = (connections: number) => connections + 1;
  // The platform's own tables, the service's, and the session that holds the lock of its jobs.
  const each = most(pool) + most(pool) + 1;
  // The log in PostgreSQL has a pool, and a session that listens.
  const bus = settings.EXCHANGE_BUS ? 0 : most(pool) + 1;
  // The journal's, and those of each shard's thread that writes the query tables.
  const shards = 1 + (settings.EXCHANGE_SHARDS ? settings.EXCHANGE_SHARDS.split(';').length : 0);
  return each + bus + (service === 'scheduler' ? most(3) + most(2) * shards : 0);
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
