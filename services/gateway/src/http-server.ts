// The one front door: Fastify, with the contract's routes, the API's pages, and problems for everything else.
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { IdentityDefinition } from '#contracts';
import { Config, Health, HotState, Listeners, Logger, opened, RateLimit, RpcTable } from '#platform';
import { ndjson, parseJson, protobuf, textOf } from './http-body.js';
import { HttpRefusal, sendProblem } from './http-problem.js';
import { addRoutes } from './http-routes.js';
import { addPages } from './pages.js';

@Injectable()
export class HttpServer implements OnApplicationBootstrap {
  private readonly app: FastifyInstance;
  private readonly streams = new Set<AbortController>();

  constructor(
    private readonly config: Config,
    private readonly health: Health,
    private readonly listeners: Listeners,
    private readonly hot: HotState,
    private readonly limit: RateLimit,
    private readonly log: Logger,
    @Inject(RpcTable) private readonly rpc: RpcTable,
  ) {
    this.app = Fastify({
      bodyLimit: config.bodyLimit,
      // A stream may last; what comes slowly byte by byte may not.
      requestTimeout: 0,
      connectionTimeout: 0,
      keepAliveTimeout: 72_000,
      forceCloseConnections: 'idle',
      exposeHeadRoutes: false,
      // What still comes is refused by the routes, which name the rule.
      return503OnClosing: false,
      frameworkErrors: (error, _request, reply) => void sendProblem(reply, error, log),
      routerOptions: { maxParamLength: 400 },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { app, log, config } = this;
    app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, log));
    app.setNotFoundHandler((request, reply) =>
      sendProblem(
        reply,
        new HttpRefusal(404, 'path_must_be_of_the_api', `there is no ${request.method} ${request.url.split('?')[0]}`),
        log,
      ),
    );
    app.addHook('onSend', (_request, reply, _payload, done) => {
      reply.header('x-content-type-options', 'nosniff');
      if (this.health.state === 'draining') reply.header('connection', 'close');
      done();
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, ({ routeOptions }, body: Buffer, done) => {
      if (routeOptions.config.takesAnyBody) return done(null, body);
      try {
        done(null, body.length === 0 ? undefined : parseJson(textOf(body, 'the body'), 'body'));
      } catch (error) {
        done(error as Error);
      }
    });
    app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, ({ routeOptions }, body, done) => {
      if (routeOptions.config.takesAnyBody) done(null, body);
      else done(new HttpRefusal(415, 'body_must_be_of_a_known_media_type', 'multipart/form-data is taken nowhere here'));
    });
    app.addContentTypeParser(protobuf, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.addContentTypeParser(ndjson, async (_request: unknown, body: unknown) => body);
    app.decorateRequest('caller');
    addRoutes(
      app,
      {
        identity: this.rpc.client(IdentityDefinition),
        health: this.health,
        hot: this.hot,
        limit: this.limit,
        log,
        bodyLimit: config.bodyLimit,
        streams: this.streams,
      },
      (service, method) => (request, call) => this.rpc.handler(service, method)(request, call),
    );
    await addPages(app, this.health);
    const { host, httpPort: port } = config;
    const address = await opened('EXCHANGE_HTTP_PORT', `${host}:${port}`, () => app.listen({ host, port }));
    this.listeners.add({ name: 'http', address, close: () => this.close() });
  }

  private async close(): Promise<void> {
    const closed = this.app.close();
    for (const stream of this.streams) stream.abort();
    await closed;
  }
}
