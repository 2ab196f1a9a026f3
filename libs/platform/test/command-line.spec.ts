// What a program says of its command line, and by which code it ends.
import { jest } from '@jest/globals';
import { commandLine } from '#platform';

const options = { json: { type: 'boolean' }, folder: { type: 'string' } } as const;
afterEach(() => jest.restoreAllMocks());

it.each([
  ['an unknown option', ['--foo'], 'ended with 2', "Unknown option '--foo'; --help tells the options\n", ''],
  [
    'an option without its value',
    ['--folder'],
    'ended with 2',
    "Option '--folder <value>' argument missing; --help tells the options\n",
    '',
  ],
  ['what is no option', ['foo'], 'ended with 2', "Unexpected argument 'foo'; --help tells the options\n", ''],
  ['--help', ['--json', '--help'], 'ended with 0', '', 'the help\n'],
])('%s', (_name, args, ended, error, output) => {
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`ended with ${code}`);
  });
  const [said, shown] = [process.stderr, process.stdout].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
  expect(() => commandLine('the help', { args, options })).toThrow(ended);
  expect([said!.mock.calls.join(''), shown!.mock.calls.join('')]).toEqual([error, output]);
});

it('else the options', () => {
  expect(commandLine('the help', { args: ['--json', '--folder', 'x'], options }).values).toEqual({ json: true, folder: 'x' });
});
