// Settings of the exchange as a deployment names them.
import { readConfig, settingsTable } from '#platform';

export const knownSettings: ReadonlySet<string> = new Set(settingsTable().map(({ variable }) => variable));

/** What the exchange itself would say of them at its start. What comes from a secret stands as $(NAME) or not at all. */
export function settingFaults(who: string, environment: Record<string, string | undefined>): string[] {
  const faults: string[] = [];
  for (const [name, value] of Object.entries(environment))
    if (/:\/\/[^/:]+:(?!\$\()[^@/]+@/.test(value ?? '')) faults.push(`${who}: ${name} must hold no password`);
  const own = Object.entries(environment).filter(([name]) => name.startsWith('EXCHANGE_'));
  try {
    readConfig(
      {},
      Object.fromEntries(
        own.filter(([, value]) => value !== undefined).map(([name, value]) => [name, value!.replaceAll(/\$\(\w+\)/g, 'given')]),
      ),
    );
  } catch (error) {
    faults.push(`${who}: ${error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error)}`);
  }
  return faults;
}
