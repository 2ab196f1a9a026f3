// How the project's programs read their command line: each has --help, and ends with 2 where it is used wrongly, saying in a line what is wrong and in the next how it is
// used. What failed ends with 1, or as the program's help says.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf } from './fault.js';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T & { options: { help: { type: 'boolean'; short: 'h' } } }>>;

/** Exit code of a program that was used wrongly. */
export const wrongUseCode = 2;

/** The command line asks for what the program does not take. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** How this process's program is used. */
let usage = '';

/** What is wrong, and how it is used. */
export const wrongUseText = ({ message }: WrongUse): string => `${message}; --help tells more\nusage: ${usage}\n`;

/**
 * What parseArgs makes of it. Ends the process where --help was asked for (0, the help on standard output), and where an option is unknown or lacks its value (2, what is
 * wrong on standard error).
 * @param help begins with how the program is used, up to its first empty line
 */
export function commandLine<T extends ParseArgsConfig>(help: string, config: T): Parsed<T> {
  [usage = ''] = help.split('\n\n');
  try {
    const parsed = parseArgs({ ...config, options: { ...config.options, help: { type: 'boolean', short: 'h' } } }) as Parsed<T>;
    if (!(parsed.values as { help?: boolean }).help) return parsed;
    process.stdout.write(`${help}\n`);
  } catch (error) {
    // Its first sentence; the rest is how a file that begins with a dash would be given.
    endWrongUse(new WrongUse(messageOf(error).split('. ')[0]));
  }
  process.exit(0);
}

/** Ends a program that has not begun anything; one that may have is run by `runCommand`, which does so for what its work throws. */
export function endWrongUse(wrong: WrongUse): never {
  process.stderr.write(wrongUseText(wrong));
  process.exit(wrongUseCode);
}

/** @throws WrongUse where the text of an option is no whole number in the range */
export function wholeOption(name: string, text: string, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw new WrongUse(`--${name} must be a whole number from ${least} to ${most}, not ${text}`);
  return value;
}
