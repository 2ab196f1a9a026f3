// The alarms, the dashboard and the collector's configuration: whole, agreed with the operator's guide, and checked by Prometheus's own tool.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const deploy = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(deploy, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const rules = (parse(read('prometheus/rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

const services = ['gateway', 'interconnect', 'monitoring', 'registry', 'scheduler', 'settlement', 'voucher'];
const everyService = Object.fromEntries(services.map((name) => [`exchange_hot_state_reached{job="${name}",instance="a"}`, '1x50']));

/** What makes each alarm sound: series, as promtool writes them (30 seconds apart), the alarm's labels and its words. */
const sounding: Record<string, [series: Record<string, string>, labels: Record<string, string>, summary: string]> = {
  AcknowledgedCommandsLost: [
    { 'exchange_market_lost{exchange_shard="0"}': '0x10 3x40' },
    { exchange_shard: '0', severity: 'page' },
    'Shard 0: 3 commands were acknowledged and are not in the journal',
  ],
  LedgerOutOfBalance: [
    { exchange_ledger_imbalance: '0x10 5x40' },
    { severity: 'page' },
    '5 micro-yuan of debits have no credits against them',
  ],
  MarketClosed: [
    {
      'exchange_market_open{exchange_shard="0",instance="a"}': '1x10 0x40',
      'exchange_market_open{exchange_shard="0",instance="b"}': '0x50',
    },
    { exchange_shard: '0', severity: 'page' },
    'Shard 0: no process takes orders',
  ],
  PromisesUnmeasured: [
    {
      exchange_market_open: '1x50',
      exchange_market_lost: '0x50',
      exchange_ledger_imbalance: '0x50',
      exchange_ledger_clearing_age_seconds: '0x10 _x40',
    },
    { severity: 'page' },
    'Nobody measures whether a promise holds',
  ],
  ServiceGone: [
    { ...everyService, 'exchange_hot_state_reached{job="voucher",instance="a"}': '1x10 _x40' },
    { exchange_service: 'voucher', severity: 'page' },
    'No process of voucher sends measures',
  ],
  ClearingNotCleared: [
    { 'exchange_ledger_clearing_age_seconds{exchange_account="clearing/trade"}': '60x10 7200x40' },
    { exchange_account: 'clearing/trade', severity: 'ticket' },
    'clearing/trade holds what came 2h 0m 0s ago',
  ],
  EvidenceUnsealed: [
    { 'exchange_evidence_unsealed_age_seconds{exchange_service="settlement"}': '1x10 600x40' },
    { exchange_service: 'settlement', severity: 'ticket' },
    'Evidence of settlement has waited 10m 0s to be sealed',
  ],
  DeadLetters: [
    { 'exchange_bus_dead_letters{exchange_service="settlement"}': '0x10 2x40' },
    { exchange_service: 'settlement', severity: 'ticket' },
    'settlement could not handle 2 events',
  ],
  SitePromiseMissed: [
    { 'exchange_site_promises_missed{exchange_promise="pue"}': '0x10 2x40' },
    { exchange_promise: 'pue', severity: 'ticket' },
    '2 sites miss what a plan promises of their pue',
  ],
  MeshPaperEnds: [
    {
      'exchange_mesh_paper_life_left_ratio{job="voucher",exchange_paper="certificate",instance="a"}': '0.6x50',
      'exchange_mesh_paper_life_left_ratio{job="voucher",exchange_paper="certificate",instance="b"}': '0.06-0.001x50',
      'exchange_mesh_paper_life_left_ratio{job="voucher",exchange_paper="authority",instance="b"}': '0.04x50',
    },
    { job: 'voucher', exchange_paper: 'certificate', severity: 'page' },
    'certificate of voucher: 2% of its life is left',
  ],
  MeshPaperEndsSoon: [
    {
      'exchange_mesh_paper_life_left_ratio{job="voucher",exchange_paper="revocation_list"}': '0.34-0.005x50',
      'exchange_mesh_paper_life_left_ratio{job="voucher",exchange_paper="authority"}': '0.15x50',
    },
    { job: 'voucher', exchange_paper: 'revocation_list', severity: 'ticket' },
    'revocation_list of voucher: 14% of its life is left',
  ],
  EventsLag: [
    { 'exchange_bus_lag{messaging_consumer_group_name="settlement",messaging_destination_name="scheduling"}': '0x10 1500x40' },
    { messaging_consumer_group_name: 'settlement', messaging_destination_name: 'scheduling', severity: 'ticket' },
    'settlement is 1500 events of scheduling behind',
  ],
  EventsStuck: [
    { 'exchange_outbox_length{exchange_service="scheduler"}': '0x10 1500x40' },
    { exchange_service: 'scheduler', severity: 'ticket' },
    '1500 events of scheduler wait to go to the bus',
  ],
  TablesBehind: [
    { 'exchange_market_projection_lag{exchange_shard="0"}': '0x10 60000x40' },
    { exchange_shard: '0', severity: 'ticket' },
    'Shard 0: what clients read is 60000 commands old; orders are refused from 200,000',
  ],
  OrdersQueue: [
    { 'exchange_market_queue_length{exchange_shard="0"}': '0x10 3000x40' },
    { exchange_shard: '0', severity: 'ticket' },
    'Shard 0: 3000 commands wait for the journal; orders are refused from 20,000',
  ],
  JournalSlow: [
    {
      'exchange_journal_append_duration_seconds_bucket{exchange_shard="0",le="0.25"}': '0x50',
      'exchange_journal_append_duration_seconds_bucket{exchange_shard="0",le="0.5"}': '0+10x50',
      'exchange_journal_append_duration_seconds_bucket{exchange_shard="0",le="+Inf"}': '0+10x50',
    },
    { exchange_shard: '0', severity: 'ticket' },
    'Shard 0: one write in a hundred takes 497.5ms',
  ],
  CallsFail: [
    {
      'rpc_server_call_duration_seconds_count{rpc_method="a/B",rpc_response_status_code="OK"}': '0+75x50',
      'rpc_server_call_duration_seconds_count{rpc_method="a/B",error_type="INTERNAL"}': '0+25x50',
    },
    { rpc_method: 'a/B', severity: 'ticket' },
    "25% of the calls of a/B fail by the exchange's fault",
  ],
  PartUnwell: [
    { 'exchange_health_check{job="exchange",exchange_check="market"}': '1x10 0x40' },
    { job: 'exchange', exchange_check: 'market', severity: 'ticket' },
    'market of exchange is not well',
  ],
  RedisNotReached: [
    {
      'exchange_hot_state_reached{job="gateway",instance="a"}': '1x50',
      'exchange_hot_state_reached{job="gateway",instance="b"}': '1x10 0x40',
    },
    { job: 'gateway', severity: 'ticket' },
    'gateway does not reach Redis: each process counts limits for itself',
  ],
  MeshPaperRefused: [
    {
      'exchange_mesh_paper_refused{job="voucher",instance="a"}': '0x50',
      'exchange_mesh_paper_refused{job="voucher",instance="b"}': '0x10 1x40',
    },
    { job: 'voucher', severity: 'ticket' },
    'voucher does not take what its folder of certificates holds',
  ],
  PartnerPaperEndsSoon: [
    {
      'exchange_partner_paper_life_left_ratio{job="interconnect",exchange_side="server",instance="a"}': '0.6x50',
      'exchange_partner_paper_life_left_ratio{job="interconnect",exchange_side="server",instance="b"}': '0.34-0.005x50',
    },
    { job: 'interconnect', exchange_side: 'server', severity: 'ticket' },
    'The certificate that partner platforms are shown by interconnect as a server: 14% of its life is left',
  ],
  PartnerPaperRefused: [
    { 'exchange_partner_paper_refused{job="interconnect",exchange_side="client"}': '0x10 1x40' },
    { job: 'interconnect', exchange_side: 'client', severity: 'ticket' },
    'interconnect does not take what its folder holds of the certificate that partner platforms are shown by it as a client',
  ],
  PartnerSilent: [
    { exchange_interconnect_unanswered_age_seconds: '0x10 1800x40' },
    { severity: 'ticket' },
    'A partner platform has not answered for 30m 0s',
  ],
  NationalReportsLate: [
    { exchange_national_overdue_age_seconds: '0x10 5400x40' },
    { severity: 'ticket' },
    'A report to the national node has been overdue for 1h 30m 0s',
  ],
  NationalItemsRefused: [
    {
      'exchange_national_refused{exchange_national_kind="MONITORING",instance="a"}': '0x10 4x40',
      'exchange_national_refused{exchange_national_kind="RESOURCE",instance="a"}': '0x50',
    },
    { exchange_national_kind: 'MONITORING', severity: 'ticket' },
    'The national node has refused 4 items of MONITORING',
  ],
  PointsAside: [{ exchange_telemetry_log_dead_letters: '0x10 2x40' }, { severity: 'ticket' }, '2 rows of the log of points are put aside'],
  PoolsUnheard: [{ exchange_telemetry_deaf: '0x10 1x40' }, { severity: 'page' }, 'No pool can be heard, and none is judged by its silence'],
  TelemetryDiffers: [
    { 'exchange_telemetry_days_amiss{exchange_state="different"}': '0x10 2x40' },
    { severity: 'ticket' },
    '2 days of pools are signed otherwise than the exchange has them',
  ],
};

describe('an alarm', () => {
  it('has a case that makes it sound', () => {
    expect(Object.keys(sounding).sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it('has a line in the operator’s guide, and nothing else has', () => {
    const guide = readFileSync(join(deploy, '../docs/operations.md'), 'utf8');
    const [, section = ''] = /\n## Alarms\n([\s\S]*?)\n## /.exec(guide) ?? [];
    expect([...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it('says how urgent it is', () => {
    expect(rules.filter(({ labels }) => !['page', 'ticket'].includes(labels.severity))).toEqual([]);
  });
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool && process.env.CI) throw new Error('tests_must_have_promtool: it comes with Debian’s prometheus');
if (!hasPromtool) process.stderr.write('\n*** NOT TESTED: whether the alarms sound, since promtool is not in the PATH. ***\n\n');

if (hasPromtool)
  describe('by Prometheus’s own tool', () => {
    const promtool = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
      return { status, said: status === 0 ? '' : stdout + stderr };
    };

    it('rules and configuration are right', () => {
      expect(promtool('check', 'config', join(deploy, 'prometheus/prometheus.yml'))).toEqual({ status: 0, said: '' });
    });

    const testRules = (tests: readonly object[]) => {
      const folder = mkdtempSync(join(tmpdir(), 'exchange-alarms-'));
      const file = join(folder, 'test.yml');
      writeFileSync(file, stringify({ rule_files: [join(deploy, 'prometheus/rules.yml')], evaluation_interval: '30s', tests }));
      const said = promtool('test', 'rules', file);
      rmSync(folder, { recursive: true });
      return said;
    };

    it('each alarm sounds, and is silent before', () => {
      const tests = Object.entries(sounding).map(([alertname, [series, exp_labels, summary]]) => ({
        interval: '30s',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [
          { eval_time: '0s', alertname, exp_alerts: [] },
          { eval_time: '20m', alertname, exp_alerts: [{ exp_labels, exp_annotations: { summary } }] },
        ],
      }));
      expect(testRules(tests)).toEqual({ status: 0, said: '' });
    });

    it('names each service that is gone, however services share processes', () => {
      const compose = parse(read('compose/cluster.yaml'), { merge: true }) as {
        services: Record<string, { environment?: Record<string, string> }>;
      };
      const run = Object.values(compose.services).flatMap(({ environment }) => environment?.EXCHANGE_SERVICES ?? []);
      expect([...new Set(run)].sort()).toEqual(services);
      const test = (jobs: readonly string[], gone: readonly string[]) => ({
        interval: '30s',
        input_series: jobs.map((job) => ({ series: `exchange_hot_state_reached{job="${job}"}`, values: '1x50' })),
        alert_rule_test: [
          {
            eval_time: '20m',
            alertname: 'ServiceGone',
            exp_alerts: gone.map((name) => ({
              exp_labels: { exchange_service: name, severity: 'page' },
              exp_annotations: { summary: `No process of ${name} sends measures` },
            })),
          },
        ],
      });
      const withoutEach = services.map((gone) =>
        test(
          services.filter((name) => name !== gone),
          [gone],
        ),
      );
      const shared = test(['gateway', 'registry,monitoring,voucher', 'scheduler,interconnect'], ['settlement']);
      expect(testRules([...withoutEach, shared, test(['exchange'], []), test([], services)])).toEqual({ status: 0, said: '' });
    });
  });

it('the dashboard is what its source makes', () => {
  const made = spawnSync(process.execPath, [join(deploy, 'grafana/dashboard.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(JSON.parse(read('grafana/exchange.json'))).toEqual(JSON.parse(made.stdout));
});

describe('the collector', () => {
  type Parts = Record<string, unknown>;
  const { service, ...parts } = parse(read('collector/collector.yaml')) as Record<
    'receivers' | 'processors' | 'exporters' | 'extensions',
    Parts
  > & {
    service: { extensions: string[]; pipelines: Record<string, Record<string, string[]>> };
  };

  it.each(['receivers', 'processors', 'exporters', 'extensions'] as const)('uses the %s that it defines, and no others', (kind) => {
    const used = kind === 'extensions' ? service.extensions : Object.values(service.pipelines).flatMap((pipeline) => pipeline[kind]!);
    expect([...new Set(used)].sort()).toEqual(Object.keys(parts[kind]).sort());
  });

  it('limits its memory first, and cuts secrets out of traces', () => {
    for (const { processors } of Object.values(service.pipelines)) expect(processors![0]).toBe('memory_limiter');
    expect(service.pipelines.traces!.processors).toContain('attributes/secrets');
  });

  it('offers its measures where Prometheus reads them', () => {
    const { scrape_configs: scrapes } = parse(read('prometheus/prometheus.yml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const port = (parts.exporters.prometheus as { endpoint: string }).endpoint.split(':').at(-1)!;
    expect(scrapes.flatMap(({ static_configs }) => static_configs.flatMap(({ targets }) => targets))).toEqual([`collector:${port}`]);
  });
});
