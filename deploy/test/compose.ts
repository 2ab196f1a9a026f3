// What must hold of the compose files.
import { settingFaults } from './settings.js';

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
      [withoutHealth.includes(name) || (!!part.healthcheck?.test && !part.healthcheck.disable), 'must be asked for its health'],
      ...(part.secrets ?? []).map((secret): [boolean, string] => [!!secrets[secret]?.file, `secret ${secret} must come from a file`]),
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
    faults.push(...settingFaults(name, part.environment ?? {}), ...peerFaults(name, part, services));
  }
  return faults;
}

function peerFaults(who: string, { environment }: Part, services: Compose['services']): string[] {
  const peers = (environment?.EXCHANGE_MESH_PEERS ?? '').split(';').filter(Boolean);
  return peers.flatMap((peer) => {
    const [service, addresses = ''] = peer.split('=');
    const hosts = addresses.split(',').map((address) => address.split(':')[0]!);
    return hosts
      .filter((host) => services[host]?.environment?.EXCHANGE_SERVICES !== service)
      .map((host) => `${who}: ${service} must be run at ${host}`);
  });
}
