import { readConfig, settingsTable } from '#platform';

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({}, {})).toMatchObject({ data: '.exchange', httpPort: 8080, grpcPort: 8081, clock: 'system', logLevel: 'info' });
  });

  it('reads the environment, and the argument before it', () => {
    const environment = { EXCHANGE_HTTP_PORT: '9000', EXCHANGE_GRPC_PORT: '9001', PATH: '/bin' };
    expect(readConfig({ grpcPort: 0 }, environment)).toMatchObject({ httpPort: 9000, grpcPort: 0 });
  });

  it('takes the first moment of a virtual clock as a time or as milliseconds', () => {
    const moment = Date.parse('2026-03-01T00:00:00+08:00');
    expect(readConfig({}, { EXCHANGE_CLOCK_START: '2026-03-01T00:00:00+08:00' }).clockStart).toBe(moment);
    expect(readConfig({ clockStart: moment }, {}).clockStart).toBe(moment);
  });

  it('names every wrong and every unknown key in one error', () => {
    const environment = {
      EXCHANGE_BUS: 'kafka://broker/exchange',
      EXCHANGE_HTTP_PORT: '99999',
      EXCHANGE_CLOCK: 'sundial',
      EXCHANGE_CLOCK_START: '2026-02-30T00:00:00Z',
      EXCHANGE_DATA: '',
      EXCHANGE_DATABASE_URL: 'mysql://x',
      EXCHANGE_HTPP_PORT: '80',
      EXCHANGE_LOG_LEVEL: '',
    };
    expect(() => readConfig({ grpcPort: -1 }, environment)).toThrow(
      [
        'the configuration is wrong:',
        '  EXCHANGE_BUS: setting_must_be_a_bus: kafka://user:password@host:port,host:port/name',
        '  EXCHANGE_CLOCK: setting_must_be_one_of: system, virtual',
        '  EXCHANGE_CLOCK_START: setting_must_be_an_rfc_3339_time',
        '  EXCHANGE_DATA: setting_must_not_be_empty',
        '  EXCHANGE_DATABASE_URL: setting_must_be_a_url: postgresql://user:password@host:port/database',
        '  EXCHANGE_HTPP_PORT: setting_must_be_known',
        '  EXCHANGE_HTTP_PORT: setting_must_be_an_integer_from_0_to_65535',
        '  EXCHANGE_LOG_LEVEL: setting_must_be_one_of: fatal, error, warn, info, debug, silent',
        '  grpcPort: setting_must_be_an_integer_from_0_to_65535',
      ].join('\n'),
    );
  });

  it('takes services of other processes by name, and only with certificates', () => {
    const peers = 'registry=10.0.0.1:8082,10.0.0.2:8082;scheduler=market:8082';
    const certificates = { EXCHANGE_MESH_CERTIFICATES: 'papers' };
    const read = readConfig({}, { EXCHANGE_MESH_PEERS: peers, ...certificates }).meshPeers;
    expect([...read]).toEqual([
      ['registry', ['10.0.0.1:8082', '10.0.0.2:8082']],
      ['scheduler', ['market:8082']],
    ]);
    expect(readConfig({ meshPeers: read }, certificates).meshPeers).toEqual(read);
    const without = 'EXCHANGE_MESH_CERTIFICATES: setting_must_be_given_where_services_are_in_other_processes';
    expect(() => readConfig({}, { EXCHANGE_MESH_PEERS: peers })).toThrow(without);
    expect(() => readConfig({}, { EXCHANGE_MESH_LISTEN: '0.0.0.0:8082' })).toThrow(without);
  });

  it('listens for partner platforms only with a certificate of its own', () => {
    const given = { EXCHANGE_PARTNER_LISTEN: '0.0.0.0:8083' };
    expect(() => readConfig({}, given)).toThrow(
      'EXCHANGE_PARTNER_LISTEN_CERTIFICATES: setting_must_be_given_where_partners_are_listened_for',
    );
    expect(readConfig({}, { ...given, EXCHANGE_PARTNER_LISTEN_CERTIFICATES: 'papers' }).partnerListen).toBe('0.0.0.0:8083');
  });

  it.each([
    ['EXCHANGE_MESH_PEERS', 'registry=here', 'setting_must_name_each_service_once_with_its_addresses'],
    ['EXCHANGE_MESH_PEERS', 'registry=a:1;registry=b:1', 'setting_must_name_each_service_once_with_its_addresses'],
    ['EXCHANGE_MESH_PEERS', '=a:1', 'setting_must_name_each_service_once_with_its_addresses'],
    ['EXCHANGE_MESH_LISTEN', '8082', 'setting_must_be_an_address'],
    ['EXCHANGE_HOT_STATE', 'redis://cache:6379', 'setting_must_be_a_redis'],
    ['EXCHANGE_HOT_STATE', 'redis://cache:6379/0/more', 'setting_must_be_a_redis'],
    ['EXCHANGE_HOT_STATE', 'redis://password@cache:6379/exchange', 'setting_must_be_a_redis'],
    ['EXCHANGE_HOT_STATE', 'redis://cache:6379/exchange?sslrootcert=ca.pem', 'setting_must_be_by_tls_where_it_names_certificates'],
    ['EXCHANGE_HOT_STATE', 'rediss://cache:6379/exchange?sslrootcert=/nowhere', 'setting_must_name_files_that_can_be_read: sslrootcert'],
    ['EXCHANGE_BUS', 'kafka://broker:9092/exchange?sslrootcert=ca.pem', 'setting_must_be_by_tls_where_it_names_certificates'],
    ['EXCHANGE_BUS', 'kafkas://broker:9092/exchange?sslcert=package.json', 'setting_must_name_sslcert_and_sslkey_together'],
    ['EXCHANGE_BUS', 'kafkas://broker:9092/exchange?sslrootcert=package.json', 'setting_must_name_certificates_that_fit'],
    ['EXCHANGE_DATABASE_URL', 'postgresql://me:word@host/exchange?sslmode=require', 'setting_must_verify_its_server'],
    ['EXCHANGE_DATABASE_URL', 'postgresql://me:word@host/exchange?sslrootcert=package.json', 'setting_must_name_certificates_that_fit'],
    ['EXCHANGE_REQUEST_BURST', '0', 'setting_must_be_an_integer_from_1_to_10000000'],
    ['EXCHANGE_SERVICES', 'registry, scheduler', 'setting_must_be_names_with_commas_between'],
  ])('refuses %s=%s: %s', (variable, value, rule) => {
    expect(() => readConfig({}, { [variable]: value, EXCHANGE_MESH_CERTIFICATES: 'papers' })).toThrow(`${variable}: ${rule}`);
  });

  it('does not repeat what it was given: a setting may be a secret', () => {
    expect(() => readConfig({}, { EXCHANGE_DATABASE_URL: 'postgresql:hunter2' })).toThrow(expect.not.stringContaining('hunter2') as Error);
    expect(() => readConfig({}, { EXCHANGE_HOT_STATE: 'redis://me:hunter2@cache' })).toThrow(
      expect.not.stringContaining('hunter2') as Error,
    );
  });

  it('describes each setting', () => {
    for (const { variable, description } of settingsTable())
      expect(`${variable} ${description}`).toMatch(/^EXCHANGE_[A-Z_]+ [A-Z\w].{10,}$/);
  });
});
