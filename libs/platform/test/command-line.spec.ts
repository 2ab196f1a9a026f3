// What a program says of its command line, and by which code it ends.
import { jest } from '@jest/globals';
import { commandLine, wholeOption, WrongUse } from '#platform';

const options = { json: { type: 'boolean' }, folder: { type: 'string' } } as const;
afterEach(() => jest.restoreAllMocks());

it.each([
  ['an unknown option', ['--foo'], 'ended with 2', "Unknown option '--foo'; --help tells more\nusage: the help\n", ''],
  [
    'an option without its value',
    ['--folder'],
    'ended with 2',
    "Option '--folder <value>' argument missing; --help tells more\nusage: the help\n",
    '',
  ],
  ['what is no option', ['foo'], 'ended with 2', "Unexpected argument 'foo'; --help tells more\nusage: the help\n", ''],
  ['--help', ['--json', '--help'], 'ended with 0', '', 'the help\n\nand more\n'],
])('%s', (_name, args, ended, error, output) => {
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ended with ${code}`);
  });
  const [said, shown] = [process.stderr, process.stdout].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
  expect(() => commandLine('the help\n\nand more', { args, options })).toThrow(ended);
  expect([said!.mock.calls.join(''), shown!.mock.calls.join('')]).toEqual([error, output]);
});

it.each(['0', '6', '2.5', ' 2', '', '1e0', 'two'])('a whole number from 1 to 5 is not %j', (text) => {
  expect(() => wholeOption('replicas', text, 1, 5)).toThrow(new WrongUse(`--replicas must be a whole number from 1 to 5, not ${text}`));
});

it('a whole number is one from the least to the most', () => {
  expect(['1', '5', '-3'].map((text) => wholeOption('replicas', text, -3, 5))).toEqual([1, 5, -3]);
});

it('else the options', () => {
  expect(commandLine('the help', { args: ['--json', '--folder', 'x'], options }).values).toEqual({ json: true, folder: 'x' });
});
