// The contract's methods as routes: one generic way from a request to a call and back.
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { definitions } from '#contracts';
import type { IdentityDefinition, Method } from '#contracts';
import {
  Refusal,
  anonymous,
  askAgain,
  authorise,
  callerOf,
  camel,
  fromJson,
  invalid,
  jsonOfParameters,
  http,
  isFile,
  toJson,
} from '#platform';
import type { Call, Caller, Client, Handler, Health, HotState, Logger, RateLimit } from '#platform';
import { linesOf, ndjson, plainBody, refuseEncoded } from './http-body.js';
import { HttpRefusal } from './http-problem.js';
import { sendEvents, sendFile, sendHead } from './http-streams.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** Another protocol's body in JSON is handed on as it came, whatever it is: it is refused in that protocol's words. */
    takesAnyBody?: boolean;
  }
}

export interface Edge {
  readonly identity: Client<typeof IdentityDefinition>;
  readonly health: Health;
  readonly hot: HotState;
  readonly limit: RateLimit;
  readonly log: Logger;
  /** Bytes of a body, or of a line of a streamed one. */
  readonly bodyLimit: number;
  /** What is under way, to be ended when the exchange stops. */
  readonly streams: Set<AbortController>;
}

interface Route {
  readonly edge: Edge;
  readonly method: Method;
  readonly handler: Handler;
  /** Names of the path's parameters as fields. */
  readonly inPath: readonly string[];
}

const verbs = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Routes of every method that stands over HTTP. `handlerOf` gives the call behind one. */
export function addRoutes(
  app: FastifyInstance,
  edge: Edge,
  handlerOf: (service: (typeof definitions)[number], method: string) => Handler,
): void {
  const taken = new Map<string, string[]>();
  for (const definition of definitions)
    for (const [name, method] of Object.entries<Method>(definition.methods)) {
      const { verb, path } = method.rule;
      if (!verb || !path) continue;
      const url = path.replace(/\{(\w+)\}/g, (_match, field: string) => `:${camel(field)}`);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => camel(field!));
      const route: Route = { edge, method, handler: handlerOf(definition, name), inPath };
      // HEAD is answered as GET is, without the body (RFC 9110, 9.3.2).
      const isRead = verb === 'GET';
      taken.set(url, [...(taken.get(url) ?? []), verb, ...(isRead ? ['HEAD'] : [])]);
      app.route({
        method: verb,
        url,
        exposeHeadRoute: isRead,
        config: { takesAnyBody: method.rule.bodyType === 'application/json' },
        onRequest: (request) => {
          http.nameRoute(request.method, path);
          return admit(route, request);
        },
        handler: (request, reply) => answer(route, request, reply),
      });
    }
  for (const [url, used] of taken)
    app.route({
      method: verbs.filter((verb) => !used.includes(verb)),
      url,
      onRequest: async (request, reply) => {
        reply.header('allow', used.join(', '));
        throw new HttpRefusal(405, 'method_must_be_one_of_the_path', `${request.method} is not one of ${used.join(', ')}`);
      },
      handler: () => undefined,
    });
}

/** Who calls, and may they: before the body is read. */
async function admit({ edge, method }: Route, request: FastifyRequest): Promise<void> {
  if (edge.health.state !== 'ready') throw new Refusal('unavailable', 'exchange_must_be_ready', `the exchange is ${edge.health.state}`);
  request.caller = method.rule.anonymous ? anonymous : await callerOf(edge.identity, request.headers.authorization);
  edge.limit.take(method.rule.anonymous ? request.ip : request.caller.name);
  authorise(method, request.caller);
  if (method.rule.bodyType === undefined) refuseEncoded(request.headers);
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const { method, handler, edge } = route;
  const stop = new AbortController();
  const call = callOf(request, stop.signal);
  const isStream = method.requestStream || method.responseStream;
  if (method.requestStream && !isNdjson(request))
    throw new HttpRefusal(415, 'body_must_be_of_a_known_media_type', `send one JSON object a line as ${ndjson}`);
  reply.raw.once('close', () => {
    edge.streams.delete(stop);
    if (!reply.raw.writableFinished) stop.abort();
  });
  if (method.rule.bodyType !== undefined) {
    const { body } = (await handler(await packedOf(route, request), call)) as { body: Uint8Array };
    return reply.type(method.rule.bodyType).send(body);
  }
  if (isStream) edge.streams.add(stop);
  const asked = method.requestStream ? messagesOf(route, request) : messageOf(route, request);
  if (!method.responseStream) {
    const answered = (await handler(asked, call)) as object;
    return reply.type('application/json; charset=utf-8').send(toJson(method.responseType.$type, answered));
  }
  const messages = (handler(asked, call) as AsyncIterable<object>)[Symbol.asyncIterator]();
  const { streamType = ndjson } = method.rule;
  if (isFile(method)) reply.header('content-disposition', `attachment; filename="${request.routeOptions.url!.split('/').at(-1)}"`);
  if (request.method === 'HEAD') return sendHead(reply, streamType, messages, stop);
  if (streamType !== 'text/event-stream') return sendFile(reply, streamType, method.responseType.$type, messages);
  reply.raw.once(
    'close',
    askAgain(edge.identity, edge.hot, method, request.headers.authorization, (refusal) => stop.abort(refusal)),
  );
  await sendEvents(reply, method.responseType.$type, messages, stop, edge.log);
}

function callOf({ caller, headers }: FastifyRequest, signal: AbortSignal): Call {
  const key = headers['idempotency-key'];
  return { caller, method: '', idempotencyKey: typeof key === 'string' ? key : undefined, signal };
}

/** Fields of the path, and the body as it came; GET and DELETE have none. */
async function packedOf({ method, edge }: Route, { headers, body, params }: FastifyRequest): Promise<object> {
  const type = method.requestType.$type;
  const fromPath = fromJson(type, jsonOfParameters(type, params as Record<string, unknown>));
  if (!hasBody(method)) return fromPath;
  if (!Buffer.isBuffer(body)) throw new HttpRefusal(415, 'body_must_be_of_a_known_media_type', `send ${method.rule.bodyType}`);
  return { ...fromPath, body: await plainBody(headers, body, edge.bodyLimit) };
}

const hasBody = ({ rule }: Method): boolean => rule.verb !== 'GET' && rule.verb !== 'DELETE';

/** GET and DELETE take their fields from path and query, the others from path and body. */
function messageOf({ method, inPath }: Route, request: FastifyRequest): object {
  const type = method.requestType.$type;
  const isQuery = !hasBody(method);
  if (isQuery && request.body !== undefined)
    throw new HttpRefusal(400, 'body_must_be_empty', `${method.rule.verb} takes its fields from the path and the query`);
  if (isNdjson(request) || Buffer.isBuffer(request.body))
    throw new HttpRefusal(415, 'body_must_be_of_a_known_media_type', 'send one JSON object as application/json');
  const query = request.query as Record<string, unknown>;
  if (!isQuery) refuseUnknown(Object.keys(query));
  const json = isQuery ? jsonOfParameters(type, { ...resumed(method, request), ...query }) : request.body === undefined ? {} : request.body;
  return fromJson(type, inPath.length ? joined(json, jsonOfParameters(type, request.params as Record<string, unknown>)) : json);
}

const refuseUnknown = ([name]: string[]): void => {
  if (name !== undefined) throw invalid(name, 'field_must_be_known', 'this request takes no query');
};

/** A browser that reconnects to a stream of events says where it was. */
function resumed({ rule }: Method, { headers }: FastifyRequest): Record<string, unknown> {
  const last = headers['last-event-id'];
  return rule.streamType === 'text/event-stream' && last !== undefined ? { after: last } : {};
}

/** A body may not say otherwise than its path. What is no object is left for the reader to refuse. */
function joined(json: unknown, fromPath: Record<string, unknown>): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  for (const [name, value] of Object.entries(fromPath))
    if (Object.hasOwn(json, name) && (json as Record<string, unknown>)[name] !== value)
      throw invalid(name, 'field_must_agree_with_the_path', 'differs from what the path says');
  return { ...json, ...fromPath };
}

const isNdjson = ({ headers }: FastifyRequest): boolean => headers['content-type']?.toLowerCase().startsWith(ndjson) ?? false;

async function* messagesOf({ edge, method, inPath }: Route, request: FastifyRequest): AsyncGenerator<object> {
  const type = method.requestType.$type;
  const fromPath = jsonOfParameters(type, request.params as Record<string, unknown>);
  let index = 0;
  // Kept open where the handler reads no further: the rest is read past, so that the connection can take another request.
  const body = (request.body as Readable).iterator({ destroyOnReturn: false });
  for await (const json of linesOf(body, edge.bodyLimit)) {
    yield fromJson(type, inPath.length ? joined(json, fromPath) : json, `[${index}]`);
    index++;
  }
}
