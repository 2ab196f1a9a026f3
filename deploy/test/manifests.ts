// What must hold of Kubernetes manifests as kustomize renders them. Each fault is a line that names the thing and the rule.
import { connectionFaults } from './connections.js';
import type { Container, Manifest, Selector } from './manifest.js';
import { policyFaults } from './policies.js';
import { knownSettings, settingDefault, settingFaults } from './settings.js';

/** Made by an operator or by people, as docs/operations.md says. */
export const secretsFromOutside = [
  'exchange-database-app',
  'exchange-database-ca',
  'exchange-database-second-ca',
  'first-replication',
  'gateway-tls',
  'redis',
  'national-node',
  'national-tls',
  'partners-tls',
  'platform-key',
  'signing-key',
];
/** By the name that a port has here, the setting that says where it is. */
const settingOfPort: Record<string, string> = {
  ...{ http: 'EXCHANGE_HTTP_PORT', grpc: 'EXCHANGE_GRPC_PORT', mesh: 'EXCHANGE_MESH_LISTEN', health: 'EXCHANGE_HEALTH_LISTEN' },
  partners: 'EXCHANGE_PARTNER_LISTEN',
};
/** Labels that operators give the pods they make. */
const labelsFromOutside = ['cnpg.io/podRole', 'cnpg.io/instanceRole', 'cnpg.io/cluster', 'strimzi.io/cluster'];
const isPinned = (image: string): boolean => /^[\w./-]+:\d+\.\d+[\w.-]*(@sha256:[\da-f]{64})?$/.test(image);

export function faultsOf(manifests: readonly Manifest[]): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  const of = (...kinds: string[]): Manifest[] => manifests.filter(({ kind }) => kinds.includes(kind));
  const found = (kind: string, name: string): Manifest | undefined => of(kind).find(({ metadata }) => metadata.name === name);
  const secrets = new Set([...secretsFromOutside, ...of('Certificate').map(({ spec }) => spec.secretName)]);
  const needsSecret = (who: string, name: string): void => must(secrets.has(name), `${who}: secret ${name} must be declared`);
  const workloads = of('Deployment', 'StatefulSet', 'Job');
  const selects = ({ matchLabels = {} }: Selector, who: string): void => {
    const wanted = Object.entries(matchLabels).filter(([label]) => !labelsFromOutside.includes(label));
    const meets = ({ spec }: Manifest) => wanted.every(([label, value]) => spec.template.metadata.labels[label] === value);
    must(workloads.some(meets), `${who}: must select pods that are there`);
  };

  for (const { kind, metadata } of manifests) {
    must(kind !== 'Secret', `${metadata.name}: a secret must not be contained`);
    must(kind === 'Namespace' || metadata.namespace === 'compute-exchange', `${kind} ${metadata.name}: must be in its namespace`);
  }
  for (const workload of workloads) {
    const { kind, metadata, spec } = workload;
    const pod = spec.template.spec;
    const isJob = kind === 'Job';
    must(pod.securityContext?.runAsNonRoot === true && pod.securityContext.runAsUser !== 0, `${metadata.name}: must not run as root`);
    must(pod.enableServiceLinks === false, `${metadata.name}: must not be told of services by variables, which are no settings`);
    if (!isJob && metadata.name !== 'redis') must(!!pod.topologySpreadConstraints?.length, `${metadata.name}: must be spread`);
    const volumes = pod.volumes ?? [];
    for (const { secret, configMap } of volumes) {
      if (secret) needsSecret(metadata.name, secret.secretName);
      if (configMap) must(!!found('ConfigMap', configMap.name), `${metadata.name}: config map ${configMap.name} must be declared`);
    }
    if (!isJob)
      must(workload.spec.selector?.matchLabels?.app === spec.template.metadata.labels.app, `${metadata.name}: must select its own pods`);
    for (const container of pod.containers) faults.push(...containerFaults(metadata.name, container, isJob, volumes));
    for (const { env = [], envFrom = [], volumeMounts = [], ports = [] } of pod.containers) {
      for (const { configMapRef } of envFrom)
        must(!!found('ConfigMap', configMapRef.name), `${metadata.name}: config map ${configMapRef.name} must be declared`);
      for (const { valueFrom } of env) if (valueFrom) needsSecret(metadata.name, valueFrom.secretKeyRef.name);
      const told = envFrom.flatMap(({ configMapRef }) => Object.entries(found('ConfigMap', configMapRef.name)?.data ?? {}));
      const own = env.map(({ name, value }): [string, string | undefined] => [name, value]);
      const mounted = volumeMounts.flatMap(({ mountPath }) => mountPath ?? []);
      const settings = Object.fromEntries([...told, ...own]);
      faults.push(...settingFaults(metadata.name, settings, mounted));
      for (const { name, containerPort } of ports) {
        const setting = settingOfPort[name];
        const listens = setting && (settings[setting] ?? settingDefault(setting))?.split(':').at(-1);
        must(!listens || listens === String(containerPort), `${metadata.name}: port ${name} must be that of ${setting}`);
      }
    }
  }
  for (const { metadata, spec } of of('Service')) {
    if (spec.externalName) continue;
    selects({ matchLabels: spec.selector }, `service ${metadata.name}`);
    const { app } = spec.selector!;
    const ports = workloads.filter((one) => one.spec.template.metadata.labels.app === app).flatMap((one) => portsOf(one));
    for (const { targetPort } of spec.ports!)
      must(app === undefined || ports.includes(targetPort), `service ${metadata.name}: port ${targetPort} must be one of its pods'`);
  }
  for (const { metadata, spec } of of('Ingress')) {
    for (const { secretName } of spec.tls ?? []) needsSecret(`ingress ${metadata.name}`, secretName);
    for (const { service } of spec.rules!.flatMap(({ http }) => http.paths.map(({ backend }) => backend)))
      must(
        !!found('Service', service.name)?.spec.ports?.some(({ name }) => name === service.port.name),
        `ingress ${metadata.name}: service ${service.name}:${service.port.name} must be there`,
      );
  }
  for (const { metadata, spec } of of('HorizontalPodAutoscaler'))
    must(!!found(spec.scaleTargetRef!.kind, spec.scaleTargetRef!.name), `autoscaler ${metadata.name}: what it scales must be there`);
  for (const { metadata, spec } of of('PodDisruptionBudget')) selects(spec.selector!, `budget ${metadata.name}`);
  for (const { metadata, spec } of of('NetworkPolicy')) selects(spec.podSelector!, `policy ${metadata.name}`);
  must(
    of('NetworkPolicy').some(({ spec }) => !Object.keys(spec.podSelector ?? {}).length),
    'policies: whoever is not named must be refused',
  );
  for (const { metadata, spec } of of('Cluster')) {
    must(isPinned(spec.imageName!), `${metadata.name}: image ${spec.imageName} must be pinned`);
    for (const { sslKey, sslCert, sslRootCert } of spec.externalClusters ?? [])
      for (const { name } of [sslKey, sslCert, sslRootCert]) needsSecret(metadata.name, name);
  }
  faults.push(...peerFaults(manifests), ...policyFaults(manifests), ...connectionFaults(manifests));
  return faults;
}

const portsOf = ({ spec }: Manifest): (string | number)[] =>
  spec.template.spec.containers.flatMap(({ ports = [] }) => ports.flatMap(({ name, containerPort }) => [name, containerPort]));

function containerFaults(who: string, container: Container, isJob: boolean, volumes: { name: string }[]): string[] {
  const { image, securityContext, resources, env = [], ports = [], volumeMounts = [] } = container;
  const known = ports.flatMap(({ name, containerPort }) => [name, containerPort]);
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
  const rules: [boolean, string][] = [
    [isPinned(image), `image ${image} must be pinned`],
    [securityContext?.readOnlyRootFilesystem === true, 'its root must be read-only'],
    [
      securityContext?.allowPrivilegeEscalation === false && !!securityContext.capabilities?.drop?.includes('ALL'),
      'must have no privileges',
    ],
    [!!resources?.limits?.cpu && !!resources.limits.memory, 'must have limits'],
    [isJob || probes.every(Boolean), 'must be asked whether it starts, lives and is ready'],
    ...probes.map((probe): [boolean, string] => {
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
      return [port === undefined || known.includes(port), `probed port ${port} must be one of its own`];
    }),
    ...volumeMounts.map(({ name }): [boolean, string] => [volumes.some((one) => one.name === name), `volume ${name} must be declared`]),
    ...env.map(({ name, value }): [boolean, string] => [
      value === undefined || !/PASSWORD|SECRET|TOKEN|CREDENTIAL/.test(name),
      `${name} must come from a secret`,
    ]),
    ...env
      .filter(({ name }) => name.startsWith('EXCHANGE_'))
      .map(({ name }): [boolean, string] => [knownSettings.has(name), `${name} must be a setting`]),
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${who}: ${rule}`);
}

/** Every service is run, and every address in EXCHANGE_MESH_PEERS leads to pods that run it. */
function peerFaults(manifests: readonly Manifest[]): string[] {
  const peers = manifests.find(({ data }) => data?.EXCHANGE_MESH_PEERS)?.data?.EXCHANGE_MESH_PEERS ?? '';
  return peers.split(';').flatMap((peer) => {
    const [service, addresses = ''] = peer.split('=');
    return addresses.split(',').flatMap((address) => {
      const [host = '', port] = address.split(':');
      const [pod, headless] = host.includes('.') ? host.split('.') : ['', host];
      const { spec } = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name === headless) ?? {};
      const runs = manifests.find(
        ({ kind, spec: own }) =>
          ['Deployment', 'StatefulSet'].includes(kind) &&
          own.template.metadata.labels.app === spec?.selector?.app &&
          own.template.spec.containers.some(({ env }) => env?.some(({ name, value }) => name === 'EXCHANGE_SERVICES' && value === service)),
      );
      const isPod = pod === '' || (runs?.spec.serviceName === headless && /^\w+-[01]$/.test(pod!));
      return spec?.ports?.some((one) => String(one.port) === port) && runs && isPod ? [] : [`peers: ${service} must be run at ${address}`];
    });
  });
}
