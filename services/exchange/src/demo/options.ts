// What the demo can be told on its command line.
import { join } from 'node:path';
import { parseArgs } from 'node:util';

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
  --data FOLDER       keep the private exchange's data there, for npm run replay
  --json              print one JSON object instead of a report
  --cluster           the private exchange is the distributed form of npm run cluster, and is called by its gateways in turn
  --regions 3         three exchanges share the trace's nodes and tasks, first each for itself and then as partners that trade with one another; one of
                      them is killed on the way. Of the options above --nodes, --tasks, --limit, --seed, --nodes-share, --compress and --json go with it
  --address URL       play against a running exchange (its clock must be virtual: EXCHANGE_CLOCK=virtual); several gateways of it with commas between
  --key SECRET        the operator's API key for that exchange (or DEMO_KEY)
  --help              this text
`;

/**
 * Reads the command line.
 * @returns undefined where the help was asked for and has been printed
 * @throws Error that names the option that is wrong
 */
export function readOptions(args: string[]): DemoOptions | undefined {
  const openb = join(import.meta.dirname.replace(/([/\\])dist([/\\])/, '$1'), '../../data/openb');
  const { values } = parseArgs({
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
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  const number = (name: string, text: string | undefined, low: number, high: number, whole: boolean) => {
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!(value >= low && value <= high) || (whole && !Number.isSafeInteger(value)))
      throw new Error(`--${name} must be ${whole ? 'a whole number' : 'a number'} from ${low} to ${high}, not ${text}`);
    return value;
  };
  if (values.address && !(values.key ?? process.env.DEMO_KEY))
    throw new Error('--address needs --key (or DEMO_KEY), an operator’s API key');
  if (values.address && (values.cluster || values.data))
    throw new Error('--address is of an exchange that runs: neither --cluster nor --data go with it');
  if (values.regions !== undefined && values.regions !== '3') throw new Error(`--regions must be 3, not ${values.regions}`);
  if (values.regions && (values.address || values.cluster || values.data || values.programmes))
    throw new Error('--regions starts exchanges of its own: neither --address, --cluster, --data nor --programmes go with it');
  if (values.programmes !== undefined && values.programmes !== 'all') throw new Error(`--programmes must be all, not ${values.programmes}`);
  return {
    nodesFile: values.nodes ?? join(openb, 'openb_node_list_all_node.csv'),
    tasksFile: values.tasks ?? join(openb, 'openb_pod_list_default.csv'),
    limit: number('limit', values.limit, 1, 1e9, true) ?? Infinity,
    seed: number('seed', values.seed, 0, 2 ** 32 - 1, true) ?? 1,
    nodesShare: number('nodes-share', values['nodes-share'], 0.001, 1, false),
    compress: number('compress', values.compress, 1, 100_000, false) ?? 20,
    json: values.json ?? false,
    allProgrammes: values.programmes === 'all',
    data: values.data,
    cluster: values.cluster ?? false,
    regions: values.regions !== undefined,
    addresses: values.address?.split(',') ?? [],
    key: values.key ?? process.env.DEMO_KEY,
  };
}
