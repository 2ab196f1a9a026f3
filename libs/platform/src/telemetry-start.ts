// Preloaded (`node --import`), since modules are instrumented as they are loaded. Where no collector is named it loads nothing.
const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const endpoint = process.env[variable];
if (endpoint) {
  if (!/^https?:\/\/[^/]+/.test(endpoint) || !URL.canParse(endpoint)) {
    process.stderr.write(`${variable}: setting_must_be_a_url: http://collector:4318\n`);
    process.exit(1);
  }
  const { startTelemetry } = await import('./telemetry-sdk.js');
  startTelemetry();
}
export {};
