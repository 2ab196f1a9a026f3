// What the demo can be told on its command line.
import { join } from 'node:path';
import { commandLine, wholeOption, WrongUse } from '#platform';

export interface DemoOptions {
  readonly nodesFile: string;
  readonly tasksFile: string;
  /** Only the first tasks of the file. */
  readonly limit: number;
  readonly seed: number;
  /** Share of the nodes of each model, 0 to 1; undefined: so that demand at its peak is one and a half times supply. */
  readonly nodesShare: number | undefined;
  /** Arrivals are so many times closer together than in the trace. */
  readonly compress: number;
  readonly json: boolean;
  /** The four voucher programmes that are shipped as documents play beside the demo's own. */
  readonly allProgrammes: boolean;
  /** Where the private exchange's data is kept; undefined: it goes away with it. */
  readonly data: string | undefined;
  /** A private exchange is the distributed form: `npm run cluster`, as it is started without options. */
  readonly cluster: boolean;
  /** Three exchanges share the trace, each for itself and then as partners. */
  readonly regions: boolean;
  /** Gateways of a running exchange with a virtual clock, and an operator key for it; none: a private one is started. */
  readonly addresses: readonly string[];
  readonly key: string | undefined;
}

const help = `npm run demo -- [options]

Plays a part of a real GPU cluster's trace against an exchange, through its public HTTP API alone, on a virtual clock.

  --nodes FILE        nodes, as CSV of the openb format      (default: the openb trace that comes with the project)
  --tasks FILE        tasks, as CSV of the openb format
  --limit N           only the first N tasks
  --seed N            seed of what the trace leaves open      (default 1)
  --nodes-share X     share of the nodes of each model, 0–1   (default: demand at its peak is 1.5 times supply)
  --compress X        arrivals X times closer together        (default 20)
  --programmes all    the four voucher programmes of docs/vouchers.md play too, at a thousandth of their money
  --data FOLDER       keep the private exchange's data there, for npm run replay and npm run audit, or to go on with: says at the end how
  --json              print one JSON object instead of a report
  --cluster           the private exchange is the distributed form of npm run cluster, and is called by its gateways in turn
  --regions 3         three exchanges share the trace's nodes and tasks, first each for itself and then as partners that trade with one another; one of
                      them is killed on the way. Of the options above --nodes, --tasks, --limit, --seed, --nodes-share, --compress and --json go with it
  --address URL       play against a running exchange (its clock must be virtual: EXCHANGE_CLOCK=virtual); several gateways of it with commas between
  --key SECRET        the operator's API key for that exchange (or DEMO_KEY)
  --help              this text`;

/**
 * Reads the command line. Ends the process where the help was asked for.
 * @throws WrongUse that names the option that is wrong
 */
export function readOptions(args: string[]): DemoOptions {
  const openb = join(import.meta.dirname.replace(/([/\\])dist([/\\])/, '$1'), '../../data/openb');
  const { values } = commandLine(help, {
    args,
    options: {
      nodes: { type: 'string' },
      tasks: { type: 'string' },
      limit: { type: 'string' },
      seed: { type: 'string' },
      'nodes-share': { type: 'string' },
      compress: { type: 'string' },
      json: { type: 'boolean' },
      programmes: { type: 'string' },
      data: { type: 'string' },
      cluster: { type: 'boolean' },
      regions: { type: 'string' },
      address: { type: 'string' },
      key: { type: 'string' },
    },
  });
  const whole = (name: 'limit' | 'seed', least: number, most: number) =>
    values[name] === undefined ? undefined : wholeOption(name, values[name], least, most);
  const number = (name: 'nodes-share' | 'compress', low: number, high: number) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!(value >= low && value <= high)) throw new WrongUse(`--${name} must be a number from ${low} to ${high}, not ${text}`);
    return value;
  };
  if (values.key !== undefined && !values.address) throw new WrongUse('--key is for an exchange that runs: --address must name it');
  if (values.address && !(values.key ?? process.env.DEMO_KEY))
    throw new WrongUse('--address needs --key (or DEMO_KEY), an operator’s API key');
  if (values.address && (values.cluster || values.data))
    throw new WrongUse('--address is of an exchange that runs: neither --cluster nor --data go with it');
  if (values.regions !== undefined && values.regions !== '3') throw new WrongUse(`--regions must be 3, not ${values.regions}`);
  if (values.regions && (values.address || values.cluster || values.data || values.programmes))
    throw new WrongUse('--regions starts exchanges of its own: neither --address, --cluster, --data nor --programmes go with it');
  if (values.programmes !== undefined && values.programmes !== 'all')
    throw new WrongUse(`--programmes must be all, not ${values.programmes}`);
  return {
    nodesFile: values.nodes ?? join(openb, 'openb_node_list_all_node.csv'),
    tasksFile: values.tasks ?? join(openb, 'openb_pod_list_default.csv'),
    limit: whole('limit', 1, 1e9) ?? Infinity,
    seed: whole('seed', 0, 2 ** 32 - 1) ?? 1,
    nodesShare: number('nodes-share', 0.001, 1),
    compress: number('compress', 1, 100_000) ?? 20,
    json: values.json ?? false,
    allProgrammes: values.programmes === 'all',
    data: values.data,
    cluster: values.cluster ?? false,
    regions: values.regions !== undefined,
    addresses: values.address?.split(',') ?? [],
    key: values.key ?? process.env.DEMO_KEY,
  };
}
