// How the project's programs read their command line: each has --help, and says in a line what of it is wrong.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf } from './fault.js';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T & { options: { help: { type: 'boolean'; short: 'h' } } }>>;

/**
 * What parseArgs makes of it. Ends the process where --help was asked for (0, the help on standard output), and where an option is unknown or lacks its value (2, what is
 * wrong on standard error).
 */
export function commandLine<T extends ParseArgsConfig>(help: string, config: T): Parsed<T> {
  try {
    const parsed = parseArgs({ ...config, options: { ...config.options, help: { type: 'boolean', short: 'h' } } }) as Parsed<T>;
    if (!(parsed.values as { help?: boolean }).help) return parsed;
    process.stdout.write(`${help}\n`);
  } catch (error) {
    // Its first sentence; the rest is how a file that begins with a dash would be given.
    process.stderr.write(`${messageOf(error).split('. ')[0]}; --help tells the options\n`);
    process.exit(2);
  }
  process.exit(0);
}
