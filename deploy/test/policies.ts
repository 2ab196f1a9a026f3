// What network policies let through: pods that operators make are in no manifest, so each is stood for by the labels that its operator gives it.
import type { Manifest, Selector, Way } from './manifest.js';

type Labels = Record<string, string>;

/** Of expressions it knows `Exists`, and takes none for met that it does not know. */
const isMet = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([label, value]) => labels[label] === value) &&
  matchExpressions.every(({ key, operator }) => operator === 'Exists' && key in labels);

/** Whether one of the ways leads to, or comes from, pods of these labels; without labels, to whomever. */
const isOpen = (ways: Way[], end: 'from' | 'to', port: number, labels?: Labels): boolean =>
  ways.some((way) => {
    const peers = way[end];
    const meets = labels && peers?.some(({ podSelector }) => podSelector && isMet(podSelector, labels));
    return (peers === undefined || meets) && way.ports?.some((one) => one.port === port);
  });

/** The Kubernetes API's port within the cluster, and that of its own servers behind it. */
const apiPorts = [443, 6443];

/** What operators' pods must reach to come up. */
export function policyFaults(manifests: readonly Manifest[]): string[] {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const ways = (labels: Labels, which: 'ingress' | 'egress'): Way[] =>
    policies.filter(({ spec }) => isMet(spec.podSelector ?? {}, labels)).flatMap(({ spec }) => spec[which] ?? []);
  const asks = (who: string, labels: Labels): string[] =>
    apiPorts.filter((port) => !isOpen(ways(labels, 'egress'), 'to', port)).map((port) => `${who} must reach the Kubernetes API at ${port}`);
  const databases = manifests
    .filter(({ kind }) => kind === 'Cluster')
    .flatMap(({ metadata: { name } }) => {
      const instance = { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
      // initdb, join, pgbasebackup: they make an instance before there is one.
      const job = { 'cnpg.io/cluster': name, 'cnpg.io/jobRole': 'join' };
      const reaches =
        isOpen(ways(job, 'egress'), 'to', 5432, instance) && isOpen(ways(instance, 'ingress'), 'from', 5432, job)
          ? []
          : [`${name}: its jobs must reach its instances`];
      return [...asks(`${name}: its instances`, instance), ...asks(`${name}: its jobs`, job), ...reaches];
    });
  const brokers = manifests
    .filter(({ kind, spec }) => kind === 'Kafka' && spec.kafka?.rack)
    .flatMap(({ metadata: { name } }) => asks(`${name}: its nodes`, { 'strimzi.io/cluster': name }));
  return [...databases, ...brokers];
}
