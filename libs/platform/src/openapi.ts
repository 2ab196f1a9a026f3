// The HTTP API described from the same tables that serve it (OpenAPI 3.1).
import type { Method, ServiceDefinition } from '#contracts';
import { messages } from '#contracts';
import { statusOf } from './rpc-status.js';
import { camel, isFile, needsIdempotencyKey } from './rpc.js';
import { fieldSchema, isRequired, messageSchema, schemasOf, shortName } from './openapi-schema.js';
import type { Schema } from './openapi-schema.js';

const problemStatuses = [...new Set(Object.values(statusOf).map(({ http }) => http)), 415, 500].sort();

/** The document: every method with a route, its parameters, its body, its answer, who may call it (`x-roles`) and how it refuses. */
export function openApiOf(definitions: readonly ServiceDefinition[], version: string): Schema {
  const paths: Record<string, Schema> = {};
  const used = new Set<string>();
  for (const definition of definitions)
    for (const method of Object.values(definition.methods)) {
      const { verb, path } = method.rule;
      if (!verb || !path) continue;
      const url = path.replace(/\{(\w+)\}/g, (_match, name: string) => `{${camel(name)}}`);
      paths[url] = { ...paths[url], [verb.toLowerCase()]: operation(definition, method, verb, path, used) };
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Compute exchange',
      version,
      description:
        'JSON in camel case. Money and prices are decimal strings of yuan, slots and times RFC 3339, enums names. Lists are read page by page: `cursor` takes the `page.nextCursor` of the answer before. Every refusal is a problem (RFC 9457) that names the rule and the field.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    tags: definitions.filter(({ methods }) => Object.values(methods).some(({ rule }) => rule.verb)).map(({ name }) => ({ name })),
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key, `cx_…`' } },
      parameters: { IdempotencyKey: idempotencyKey },
      responses: Object.fromEntries(problemStatuses.map((status) => [`Problem${status}`, problemResponse(status)])),
      schemas: { Problem: problemSchema, ...schemasOf(used) },
    },
  };
}

function operation({ name }: ServiceDefinition, method: Method, verb: string, path: string, used: Set<string>): Schema {
  const { rule, requestType, requestStream } = method;
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => camel(field!)));
  const roles = rule.roles.filter((role) => role !== 'service');
  const hasBody = verb !== 'GET' && verb !== 'DELETE';
  const fields = messages[requestType.$type]!.fields;
  const parameters: Schema[] = fields
    .filter((field) => inPath.has(field.name))
    .map((field) => ({ name: field.name, in: 'path', required: true, ...described(fieldSchema(field, used)) }));
  if (!hasBody) parameters.push(...queryParameters(requestType.$type, '', inPath, used));
  if (needsIdempotencyKey(method)) parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  const body = bodyOf(method, inPath, used);
  return {
    operationId: `${name}_${method.name}`,
    tags: [name],
    summary: rule.summary,
    description: [rule.description, `For: ${rule.anonymous ? 'everyone, without a key' : roles.join(', ')}.`].filter(Boolean).join('\n\n'),
    'x-roles': roles,
    ...(rule.anonymous ? { security: [], 'x-anonymous': true } : {}),
    ...(parameters.length ? { parameters } : {}),
    ...(hasBody
      ? {
          requestBody: {
            required: requestStream || fields.some((field) => !inPath.has(field.name) && isRequired(field)),
            content: {
              [rule.bodyType ?? (requestStream ? 'application/x-ndjson' : 'application/json')]: {
                schema: body,
                ...(rule.example === undefined ? {} : { example: JSON.parse(rule.example) as unknown }),
              },
            },
          },
        }
      : {}),
    responses: {
      200: { description: 'Done', content: answer(method, used) },
      ...Object.fromEntries(problemStatuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])),
    },
  };
}

function bodyOf({ rule, requestType }: Method, inPath: ReadonlySet<string>, used: Set<string>): Schema {
  if (rule.bodyType !== undefined) return foreignSchema(rule.bodyType);
  const isEmpty = messages[requestType.$type]!.fields.every((field) => inPath.has(field.name));
  return isEmpty ? { type: 'object' } : messageBody(requestType.$type, inPath, used);
}

/** What another specification describes. */
const foreignSchema = (mediaType: string): Schema =>
  mediaType === 'application/json'
    ? { description: 'A document as the specification has it that the path is of' }
    : { type: 'string', contentMediaType: mediaType };

/** The message without what its path says. */
function messageBody(type: string, inPath: ReadonlySet<string>, used: Set<string>): Schema {
  if (inPath.size) return messageSchema(type, used, inPath);
  used.add(type);
  return { $ref: `#/components/schemas/${shortName(type)}` };
}

function queryParameters(type: string, prefix: string, left: ReadonlySet<string>, used: Set<string>): Schema[] {
  return messages[type]!.fields.filter((field) => !left.has(field.name)).flatMap((field) => {
    if (field.type === 'exchange.common.v1.PageRequest') return queryParameters(field.type, '', new Set(), used);
    if (field.kind === 'message' && !field.repeated) return queryParameters(field.type!, `${prefix}${field.name}.`, new Set(), used);
    const required = field.rule?.required === true && prefix === '';
    return [{ name: prefix + field.name, in: 'query', ...(required ? { required } : {}), ...described(fieldSchema(field, used)) }];
  });
}

/** A parameter's description stands beside its schema. */
const described = ({ description, ...schema }: Schema): Schema => ({ ...(description ? { description } : {}), schema });

function answer(method: Method, used: Set<string>): Schema {
  const { rule, responseStream, responseType } = method;
  if (rule.bodyType !== undefined) return { [rule.bodyType]: { schema: foreignSchema(rule.bodyType) } };
  if (isFile(method)) return { [rule.streamType!]: { schema: { type: 'string', contentMediaType: rule.streamType } } };
  used.add(responseType.$type);
  const schema = { $ref: `#/components/schemas/${shortName(responseType.$type)}` };
  if (!responseStream) return { 'application/json': { schema } };
  const event =
    'Each event carries one of these as its data and its sequence as its id; `Last-Event-ID` or `after` go on after it. An event named `problem` ends the stream.';
  return rule.streamType === 'text/event-stream'
    ? {
        'text/event-stream': {
          schema: { type: 'string', description: event, contentMediaType: 'application/json', contentSchema: schema },
        },
      }
    : { 'application/x-ndjson': { schema } };
}

const idempotencyKey: Schema = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'Names the call: the same again gets the first answer; another request under the same key is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$', examples: ['order-2026-03-01-0001'] },
};

const problemResponse = (status: number): Schema => ({
  description:
    Object.values(statusOf).find(({ http }) => http === status)?.title ??
    (status === 415 ? 'The body is of a kind that is not taken' : 'The exchange failed'),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const text = { type: 'string' };
const problemSchema: Schema = {
  type: 'object',
  description: 'Why a request was refused (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'instance', 'rule'],
  properties: {
    type: { ...text, format: 'uri', examples: ['urn:compute-exchange:rule:price_must_be_on_the_tick'] },
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: { ...text, format: 'uri', description: 'This occurrence; what failed inside is in the log under it' },
    rule: { ...text, description: 'The broken rule', examples: ['price_must_be_on_the_tick'] },
    field: { ...text, description: 'JSON path of what broke it', examples: ['terms.limitPrice'] },
    pointer: { ...text, description: 'The same place in the body as a JSON pointer', examples: ['#/terms/limitPrice'] },
    violations: {
      type: 'array',
      description: 'Everything that the request breaks',
      items: {
        type: 'object',
        required: ['field', 'rule', 'detail'],
        properties: { field: text, pointer: text, rule: text, detail: text },
      },
    },
  },
};
