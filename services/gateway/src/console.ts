// The console's files, as the build lays them down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const top = fileURLToPath(new URL('../../../', import.meta.url));
/** This file may itself be compiled, or run from its source. */
const folder = join(top, /[\\/]dist[\\/]$/.test(top) ? '' : 'dist', 'services/console/web');

/** Scripts and styles of this origin alone; a chart is shown from memory, since it is asked for with the key. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function addConsole(app: FastifyInstance): Promise<void> {
  let page: string | undefined;
  app.get('/console', { exposeHeadRoute: true }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-cache')
      .send((page ??= readFileSync(join(folder, 'index.html'), 'utf8'))),
  );
  app.get('/console/', { exposeHeadRoute: true }, async (_request, reply) => reply.redirect('/console', 308));
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/console/',
    index: false,
    decorateReply: false,
    allowedPath: (path) => /^\/[a-z]+\.(js|css)$/.test(path),
  });
}
