// Every refusal over HTTP is a problem (RFC 9457) that names the rule and the field.
import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyReply } from 'fastify';
import { Fault, Refusal, faultStatus, invalidAll, namedBySent, statusOf } from '#platform';
import { pointerOf, sentAt } from './http-pointer.js';
import type { Logger } from '#platform';

/** A rule of HTTP itself: media types, methods, paths. */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    readonly rule: string,
    readonly detail: string,
  ) {
    super(`${rule}: ${detail}`);
  }
}

export interface Problem {
  /** Names the rule; there is one for each. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** This occurrence; a fault's is in the log. */
  readonly instance: string;
  readonly rule: string;
  /** JSON path of what broke the rule. */
  readonly field?: string;
  /** The same place as a JSON pointer (RFC 6901, as a fragment), where it is in the body. */
  readonly pointer?: string;
  /** Everything that the request breaks, where it is more than the first. */
  readonly violations?: readonly { field: string; pointer?: string; rule: string; detail: string }[];
}

const titles: Readonly<Record<number, string>> = {
  400: statusOf.invalid.title,
  404: statusOf.absent.title,
  405: 'The path takes another method',
  408: 'The request took too long',
  413: statusOf.too_large.title,
  414: 'The path is too long',
  415: 'The body is of a kind that is not taken',
  431: 'The headers are too large',
  503: statusOf.unavailable.title,
};

const ruleOfFastify: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_must_fit_the_limit',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'body_must_be_of_a_known_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body_must_have_its_declared_length',
  FST_ERR_BAD_URL: 'path_must_be_well_formed',
  FST_ERR_MAX_PARAM_LENGTH: 'path_must_fit_its_length',
};

/**
 * What the caller learns of an error. What is no refusal is logged under the problem's instance.
 * @param body JSON of the request
 */
export function problemOf(error: unknown, log: Logger, body?: unknown): Problem {
  if (error instanceof Refusal) {
    const { http: status, title } = statusOf[error.kind];
    const { rule, detail, field, violations } = error.violations.length
      ? invalidAll(error.violations.map((one) => namedBySent(one, sentAt(body, one.field))))
      : error;
    return problem(status, title, rule, detail, {
      ...(field ? { field, ...pointerOf(body, field) } : {}),
      ...(violations.length ? { violations: violations.map((violation) => ({ ...violation, ...pointerOf(body, violation.field) })) } : {}),
    });
  }
  if (error instanceof HttpRefusal) return problem(error.status, titles[error.status] ?? '', error.rule, error.detail);
  if (error instanceof Fault) return fault(error.id, error.message);
  const { code, statusCode = 500, message } = error as FastifyError;
  if (typeof code === 'string' && statusCode < 500)
    return problem(statusCode, titles[statusCode] ?? titles[400]!, ruleOfFastify[code] ?? 'request_must_be_well_formed', message);
  const id = randomUUID();
  log.error({ err: error, id }, 'a request failed');
  return fault(id, new Fault(id, error).message);
}

const problem = (status: number, title: string, rule: string, detail: string, more: Partial<Problem> = {}): Problem => ({
  type: `urn:compute-exchange:rule:${rule}`,
  title,
  status,
  detail,
  instance: `urn:uuid:${randomUUID()}`,
  rule,
  ...more,
});

const fault = (id: string, detail: string): Problem => ({
  ...problem(faultStatus.http, faultStatus.title, 'exchange_must_not_fail', detail),
  instance: `urn:uuid:${id}`,
});

export function sendProblem(reply: FastifyReply, error: unknown, log: Logger): FastifyReply {
  const body = problemOf(error, log, reply.request.body);
  if (body.status === 401) reply.header('www-authenticate', 'Bearer');
  if (body.status === 429 || body.status === 503) reply.header('retry-after', (error instanceof Refusal && error.retryAfterSeconds) || 1);
  reply.request.raw.resume();
  return reply.code(body.status).type('application/problem+json').send(JSON.stringify(body));
}
