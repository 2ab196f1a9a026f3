// What the gateway says of itself: health, the API's description and its readable pages.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ProgrammeTerms, definitions } from '#contracts';
import { addConsole } from './console.js';
import { jsonSchemaOf, openApiOf } from '#platform';
import type { Health } from '#platform';

const apiVersion = '0.1.0';
const swaggerFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const links = {
  console: '/console',
  api: '/docs',
  openapi: '/openapi.json',
  programmeSchema: '/schemas/programme.json',
  health: '/healthz',
  ready: '/readyz',
  whoAmI: '/v1/me',
};

/** HEAD is answered as GET is, without the body (RFC 9110, 9.3.2). */
const readable = { exposeHeadRoute: true };

export async function addPages(app: FastifyInstance, health: Health): Promise<void> {
  const document = once(() => JSON.stringify(openApiOf(definitions, apiVersion)));
  app.get('/openapi.json', readable, async (_request, reply) => json(reply, document()));
  const programme = once(() => JSON.stringify(jsonSchemaOf(ProgrammeTerms.$type, links.programmeSchema, 'A voucher programme 算力券')));
  app.get(links.programmeSchema, readable, async (_request, reply) =>
    reply.type('application/schema+json').header('access-control-allow-origin', '*').send(programme()),
  );
  app.get('/healthz', readable, async (_request, reply) => json(reply, JSON.stringify({ state: health.state })));
  app.get('/readyz', readable, async (_request, reply) => {
    const report = await health.report();
    return json(reply.code(report.ready ? 200 : 503), JSON.stringify(report));
  });
  app.get('/', readable, async (request, reply) =>
    request.headers.accept?.includes('text/html')
      ? html(reply, indexPage)
      : json(reply, JSON.stringify({ name: 'compute exchange', version: apiVersion, links })),
  );
  app.get('/docs', readable, async (_request, reply) => html(reply, docsPage));
  app.get('/docs/', readable, async (_request, reply) => reply.redirect('/docs', 308));
  app.get('/docs/start.js', readable, async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(docsScript));
  await addConsole(app);
  await app.register(fastifyStatic, {
    root: swaggerFolder,
    prefix: '/docs/assets/',
    index: false,
    allowedPath: (path) => /^\/swagger-ui(-bundle\.js|\.css)$|^\/favicon-32x32\.png$/.test(path),
  });
}

/** Made when it is first asked for, which most processes never are. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

const json = (reply: FastifyReply, body: string): FastifyReply =>
  reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(body);
const html = (reply: FastifyReply, body: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(body);

const page = (title: string, head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}</head><body>${body}</body></html>`;

const indexPage = page(
  'Compute exchange',
  '<style>body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}</style>',
  `<h1>Compute exchange 算力交易</h1><p>A regional compute hub and its market.</p><ul>
<li><a href="${links.console}">The console 控制台</a></li><li><a href="${links.api}">The API, page by page</a></li><li><a href="${links.openapi}">The API as an OpenAPI document</a></li>
<li><a href="${links.ready}">Is it ready</a></li></ul>`,
);

const docsPage = page(
  'Compute exchange: API',
  '<link rel="stylesheet" href="/docs/assets/swagger-ui.css"><link rel="icon" href="/docs/assets/favicon-32x32.png">',
  '<div id="api"></div><script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>',
);

const docsScript = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, showExtensions: true, docExpansion: 'none', persistAuthorization: true, tagsSorter: 'alpha' });\n`;
