// The dashboard, from the list below: `node deploy/grafana/dashboard.mjs > deploy/grafana/exchange.json`, which Grafana reads.

const quantile = (of, by, share) => `histogram_quantile(${share}, sum by (${by}, le) (rate(${of}_bucket[5m])))`;
const rate = (of, by, where = '') => `sum by (${by}) (rate(${of}_count${where}[5m]))`;
const call = 'rpc_server_call_duration_seconds';
const http = 'http_server_request_duration_seconds';
const append = 'exchange_journal_append_duration_seconds';

/** Rows of panels: title, unit, legend, expressions. */
const rows = {
  Promises: [
    ['Acknowledged and lost', 'short', 'shard {{exchange_shard}}', 'max by (exchange_shard) (exchange_market_lost)'],
    ['Imbalance of the ledger, micro-yuan', 'short', 'imbalance', 'max(exchange_ledger_imbalance)'],
    ['Age of what is in clearing', 's', '{{exchange_account}}', 'max by (exchange_account) (exchange_ledger_clearing_age_seconds)'],
    ['In clearing, micro-yuan', 'short', '{{exchange_account}}', 'max by (exchange_account) (exchange_ledger_clearing_balance)'],
    ['Dead letters', 'short', '{{exchange_service}}', 'max by (exchange_service) (exchange_bus_dead_letters)'],
    ['Processes that take orders', 'short', 'shard {{exchange_shard}}', 'sum by (exchange_shard) (exchange_market_open)'],
  ],
  Market: [
    ['Commands a second', 'ops', 'shard {{exchange_shard}}', 'max by (exchange_shard) (deriv(exchange_market_sequence[1m]))'],
    ['Waiting for the journal', 'short', 'shard {{exchange_shard}}', 'max by (exchange_shard) (exchange_market_queue_length)'],
    ['A write of the journal', 's', 'p50', quantile(append, 'exchange_shard', 0.5), 'p99', quantile(append, 'exchange_shard', 0.99)],
    ['Commands of a write, median', 'short', 'shard {{exchange_shard}}', quantile('exchange_journal_batch_size', 'exchange_shard', 0.5)],
    ['Query tables behind, commands', 'short', 'shard {{exchange_shard}}', 'max by (exchange_shard) (exchange_market_projection_lag)'],
    [
      'Last replay at a start',
      's',
      'shard {{exchange_shard}}',
      'max by (exchange_shard) (exchange_market_replay_duration_seconds_sum / exchange_market_replay_duration_seconds_count)',
    ],
  ],
  Calls: [
    ['Calls a second', 'reqps', '{{rpc_method}}', `topk(10, ${rate(call, 'rpc_method')})`],
    ['Failed by our fault', 'reqps', '{{rpc_method}} {{error_type}}', rate(call, 'rpc_method, error_type', '{error_type!=""}')],
    ['Calls, p99', 's', '{{rpc_method}}', `topk(10, ${quantile(call, 'rpc_method', 0.99)})`],
    [
      'HTTP requests a second',
      'reqps',
      '{{http_route}} {{http_response_status_code}}',
      `topk(10, ${rate(http, 'http_route, http_response_status_code')})`,
    ],
    ['HTTP, p99', 's', '{{http_route}}', `topk(10, ${quantile(http, 'http_route', 0.99)})`],
    ['Statements, p99', 's', '{{db_operation_name}}', quantile('db_client_operation_duration_seconds', 'db_operation_name', 0.99)],
  ],
  Events: [
    [
      'Wait on the bus',
      'short',
      '{{messaging_consumer_group_name}} of {{messaging_destination_name}}',
      'max by (messaging_consumer_group_name, messaging_destination_name) (exchange_bus_lag)',
    ],
    ['Wait to go to the bus', 'short', '{{exchange_service}}', 'max by (exchange_service) (exchange_outbox_length)'],
    ['Parts that are well', 'short', '{{job}}: {{exchange_check}}', 'min by (job, exchange_check) (exchange_health_check)'],
    ['Processes that reach Redis', 'short', '{{job}}', 'sum by (job) (exchange_hot_state_reached)'],
    [
      "Left of the mesh papers' life",
      'percentunit',
      '{{job}}: {{exchange_paper}}',
      'min by (job, exchange_paper) (exchange_mesh_paper_life_left_ratio)',
    ],
    [
      'Until a mesh paper ends',
      's',
      '{{job}}: {{exchange_paper}}',
      'min by (job, exchange_paper) (exchange_mesh_paper_end_seconds) - time()',
    ],
  ],
};

const [width, height, perRow] = [8, 7, 3];
const datasource = { type: 'prometheus', uid: '${source}' };

function panel([title, unit, ...queries], x, y) {
  const targets = [];
  for (let at = 0; at < queries.length; at += 2)
    targets.push({ refId: 'AB'[at / 2], legendFormat: queries[at], expr: queries[at + 1], datasource });
  return {
    type: 'timeseries',
    title,
    datasource,
    gridPos: { x, y, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets,
  };
}

function dashboard() {
  const panels = [];
  let y = 0;
  for (const [title, ofRow] of Object.entries(rows)) {
    panels.push({ type: 'row', title, gridPos: { x: 0, y: y++, w: width * perRow, h: 1 }, collapsed: false, panels: [] });
    for (const [index, one] of ofRow.entries()) panels.push(panel(one, (index % perRow) * width, y + Math.floor(index / perRow) * height));
    y += Math.ceil(ofRow.length / perRow) * height;
  }
  return {
    uid: 'compute-exchange',
    title: 'Compute exchange',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [{ name: 'source', type: 'datasource', query: 'prometheus', label: 'Prometheus' }] },
    panels: panels.map((one, index) => ({ id: index + 1, ...one })),
  };
}

process.stdout.write(`${JSON.stringify(dashboard(), null, 2)}\n`);
