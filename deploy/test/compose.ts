// What must hold of the compose files.
import { connectionsOf } from './connections.js';
import { settingDefault, settingFaults } from './settings.js';

interface Part {
  image?: string;
  build?: unknown;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  cpus?: number;
  pids_limit?: number;
  env_file?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  secrets?: string[];
  volumes?: string[];
  tmpfs?: string[];
  ports?: string[];
  command?: string[];
  deploy?: { replicas?: number };
}
export interface Compose {
  services: Record<string, Part>;
  secrets?: Record<string, { file?: string }>;
  volumes?: Record<string, unknown>;
}

/** What two files are together, as docker compose has it: an environment's variables one by one, lists one after the other. */
export function together(base: Compose, beside: Compose): Compose {
  const services = { ...base.services };
  for (const [name, part] of Object.entries(beside.services)) {
    const { environment, env_file: files, secrets, volumes } = services[name] ?? {};
    services[name] = {
      ...services[name],
      ...part,
      environment: { ...environment, ...part.environment },
      env_file: [...(files ?? []), ...(part.env_file ?? [])],
      secrets: [...(secrets ?? []), ...(part.secrets ?? [])],
      volumes: [...(volumes ?? []), ...(part.volumes ?? [])],
    };
  }
  return { ...base, services };
}

/** Of people, back-ups and the step that migrates. */
const reservedConnections = 50;
/** What a process of PostgreSQL's own needs beside those of its connections. */
const reservedProcesses = 50;

/** One ends by itself; the other's image has nothing to ask with. */
const withoutHealth = ['migrate', 'collector'];

export function composeFaults({ services, secrets = {}, volumes = {} }: Compose): string[] {
  const faults: string[] = [];
  for (const [name, part] of Object.entries(services)) {
    const rules: [boolean, string][] = [
      [/^[\w./-]+:\d+\.\d+\.?\d*[\w.-]*(@sha256:[\da-f]{64})?$/.test(part.image ?? ''), `image ${part.image} must be pinned`],
      [part.read_only === true, 'its root must be read-only'],
      [/^[1-9]\d*:[1-9]\d*$/.test(part.user ?? ''), 'must not run as root'],
      [!!part.cap_drop?.includes('ALL') && !!part.security_opt?.includes('no-new-privileges:true'), 'must have no privileges'],
      [!!part.mem_limit && !!part.cpus && !!part.pids_limit, 'must have limits'],
      // An unquoted colon makes a mapping of a word, and docker compose takes no other than words.
      [!part.healthcheck?.test?.some((word) => typeof word !== 'string'), 'its question after its health must be words'],
      [withoutHealth.includes(name) || (!!part.healthcheck?.test && !part.healthcheck.disable), 'must be asked for its health'],
      ...(part.secrets ?? []).map((secret): [boolean, string] => [!!secrets[secret]?.file, `secret ${secret} must come from a file`]),
      // Else it is its image's folder's, which is root's.
      ...(part.tmpfs ?? [])
        .filter((place) => place !== '/tmp')
        .map((place): [boolean, string] => [place.endsWith(':mode=1777'), `${place} must be writable`]),
      ...Object.keys(part.depends_on ?? {}).map((other): [boolean, string] => [other in services, `${other} must be there`]),
      ...(part.volumes ?? [])
        .map((volume) => volume.split(':')[0]!)
        .map((from): [boolean, string] => [/^[./$]/.test(from) || from in volumes, `volume ${from} must be declared`]),
      ...Object.entries(part.environment ?? {}).map(([variable, value]): [boolean, string] => [
        !/PASSWORD|SECRET|TOKEN|CREDENTIAL/.test(variable) || (variable.endsWith('_FILE') && value.startsWith('/run/secrets/')),
        `${variable} must come from a file`,
      ]),
    ];
    faults.push(...rules.filter(([holds]) => !holds).map(([, rule]) => `${name}: ${rule}`));
    const mounted = [
      ...(part.volumes ?? []).map((volume) => volume.replace(/:ro$/, '').split(':').at(-1)!),
      ...(part.secrets ?? []).map((secret) => `/run/secrets/${secret}`),
    ];
    faults.push(...settingFaults(name, part.environment ?? {}, mounted), ...peerFaults(name, part, services));
    if (/^compute-exchange:/.test(part.image ?? '')) faults.push(...processFaults(name, part));
  }
  return [...faults, ...databaseFaults(services)];
}

/** Of a process of the exchange: what it is given from outside, and where it listens. */
function processFaults(who: string, { environment = {}, env_file: files = [], ports = [], healthcheck }: Part): string[] {
  const setting = (name: string): string => environment[name] ?? settingDefault(name) ?? '';
  const portOf = (name: string): string => setting(name).split(':').at(-1)!;
  const given = files.some((file) => file.endsWith('/exchange.env')) ? [] : [`${who}: is not given EXCHANGE_DATABASE_URL`];
  const listens = [portOf('EXCHANGE_HTTP_PORT'), portOf('EXCHANGE_GRPC_PORT')];
  const published = ports
    .map((port) => port.split(':').at(-1)!)
    .filter((port) => !listens.includes(port))
    .map((port) => `${who}: port ${port} must be one that it listens at`);
  const asked = healthcheck?.disable || healthcheck?.test?.join(' ').includes(`127.0.0.1:${portOf('EXCHANGE_HEALTH_LISTEN')}/readyz`);
  return [...given, ...published, ...(asked ? [] : [`${who}: must be asked for its health where it tells it`])];
}

/** Whether PostgreSQL has a connection, and may have a process, for all that the others may hold at once. */
function databaseFaults(services: Compose['services']): string[] {
  const { command = [], pids_limit: processes = 0 } = services.postgres ?? {};
  const has = Number(/max_connections=(\d+)/.exec(command.join(' '))?.[1] ?? 100);
  const needed = Object.values(services).reduce(
    (sum, { environment, deploy }) =>
      environment?.EXCHANGE_SERVICES ? sum + (deploy?.replicas ?? 1) * connectionsOf(environment.EXCHANGE_SERVICES, environment) : sum,
    reservedConnections,
  );
  return [
    ...(has >= needed ? [] : [`postgres: max_connections must be ${needed} at least, and is ${has}`]),
    ...(processes >= has + reservedProcesses ? [] : ['postgres: pids_limit must be above its max_connections']),
  ];
}

function peerFaults(who: string, { environment }: Part, services: Compose['services']): string[] {
  const peers = (environment?.EXCHANGE_MESH_PEERS ?? '').split(';').filter(Boolean);
  return peers.flatMap((peer) => {
    const [service, addresses = ''] = peer.split('=');
    return addresses.split(',').flatMap((address) => {
      const [host = '', port] = address.split(':');
      const { EXCHANGE_SERVICES: run, EXCHANGE_MESH_LISTEN: listens = '' } = services[host]?.environment ?? {};
      return run === service && listens.endsWith(`:${port}`) ? [] : [`${who}: ${service} must be run at ${host}`];
    });
  });
}
