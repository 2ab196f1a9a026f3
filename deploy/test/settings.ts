// Settings of the exchange as a deployment names them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readConfig, settingsTable } from '#platform';

export const knownSettings: ReadonlySet<string> = new Set(settingsTable().map(({ variable }) => variable));

/** What a setting is where nothing is said; undefined of one that is not known. */
export const settingDefault = (name: string): string | undefined => settingsTable().find(({ variable }) => variable === name)?.default;

/**
 * What the exchange itself would say of them at its start. What comes from a secret stands as $(NAME) or not at all; in place of an authority's file, which must
 * lie in one of the mounted folders, it reads another authority's.
 */
export function settingFaults(who: string, environment: Record<string, string | undefined>, mounted: readonly string[] = []): string[] {
  const faults: string[] = [];
  for (const [name, value] of Object.entries(environment))
    if (/:\/\/[^/:]+:(?!\$\()[^@/]+@/.test(value ?? '')) faults.push(`${who}: ${name} must hold no password`);
  const own = Object.entries(environment).filter(([name]) => name.startsWith('EXCHANGE_'));
  const isMounted = (file: string): boolean => mounted.some((place) => file === place || file.startsWith(`${place}/`));
  for (const [, value = ''] of own) if (value.startsWith('/run/') && !isMounted(value)) faults.push(`${who}: ${value} must be mounted`);
  const folder = mkdtempSync(join(tmpdir(), 'exchange-settings-'));
  const authority = join(folder, 'ca.crt');
  writeFileSync(authority, rootCertificates[0]!);
  const standIn = (file: string): string => {
    if (!isMounted(file)) faults.push(`${who}: ${file} must be mounted`);
    return authority;
  };
  const stoodIn = (value: string): string => value.replaceAll(/\$\(\w+\)/g, 'given').replaceAll(/(?<=[?&]sslrootcert=)[^&]+/g, standIn);
  try {
    readConfig({}, Object.fromEntries(own.flatMap(([name, value]) => (value === undefined ? [] : [[name, stoodIn(value)]]))));
  } catch (error) {
    faults.push(`${who}: ${error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return faults;
}
