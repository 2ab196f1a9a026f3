// A refusal as gRPC tells it: a status, and in the trailing metadata the google.rpc details that name the rule and the fields.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ServerError } from 'nice-grpc';
import type { Metadata } from 'nice-grpc';
import { Refusal, type RefusalKind, type Violation } from './refusal.js';
import { Fault, faultStatus, statusOf } from './rpc-status.js';

/** Trailing metadata with the google.rpc.Status. */
export const refusalKey = 'grpc-status-details-bin';
const domain = 'compute-exchange';

/** What to throw to the caller; its details go to `trailer`. */
export function serverError(error: unknown, trailer: Metadata): unknown {
  if (error instanceof Refusal) {
    const { grpc: code } = statusOf[error.kind];
    const text = `${error.rule}: ${error.detail}`;
    trailer.set(refusalKey, statusMessage(code, text, error));
    return new ServerError(code, text);
  }
  if (error instanceof Fault) return new ServerError(faultStatus.grpc, error.message);
  return error;
}

/**
 * google.rpc.Status with ErrorInfo {reason, domain, metadata: {kind}}; where fields are named, BadRequest {field, description, reason}; where it is known when
 * to ask again, RetryInfo {retry_delay}.
 */
function statusMessage(code: number, text: string, { kind, rule, detail, field, violations, retryAfterSeconds }: Refusal): Buffer {
  const fields = violations.length ? violations : field ? [{ field, rule, detail }] : [];
  const writer = new BinaryWriter().uint32(8).int32(code).uint32(18).string(text);
  any(writer, 'google.rpc.ErrorInfo', (info) =>
    info.uint32(10).string(rule).uint32(18).string(domain).uint32(26).fork().uint32(10).string('kind').uint32(18).string(kind).join(),
  );
  if (fields.length)
    any(writer, 'google.rpc.BadRequest', (bad) => {
      for (const violation of fields)
        bad
          .uint32(10)
          .fork()
          .uint32(10)
          .string(violation.field)
          .uint32(18)
          .string(violation.detail)
          .uint32(26)
          .string(violation.rule)
          .join();
    });
  if (retryAfterSeconds !== undefined)
    any(writer, 'google.rpc.RetryInfo', (retry) => retry.uint32(10).fork().uint32(8).int32(retryAfterSeconds).join());
  return Buffer.from(writer.finish());
}

function any(writer: BinaryWriter, type: string, write: (value: BinaryWriter) => void): void {
  const value = new BinaryWriter();
  write(value);
  writer.uint32(26).fork().uint32(10).string(`type.googleapis.com/${type}`).uint32(18).bytes(value.finish()).join();
}

/** The refusal that such details tell; undefined where they are not of this exchange. */
export function refusalOf(details: Uint8Array): Refusal | undefined {
  let text = '';
  let rule: string | undefined;
  let kind: RefusalKind | undefined;
  const violations: Violation[] = [];
  for (const [field, value] of fieldsOf(details)) {
    if (field === 2) text = utf8(value);
    if (field !== 3) continue;
    const any = new Map(fieldsOf(value));
    const type = textOf(any, 1);
    for (const [part, inner] of fieldsOf(any.get(2) ?? nothing)) {
      if (type.endsWith('google.rpc.ErrorInfo')) {
        if (part === 1) rule = utf8(inner);
        if (part === 3) kind = textOf(new Map(fieldsOf(inner)), 2) as RefusalKind;
      } else if (type.endsWith('google.rpc.BadRequest') && part === 1) {
        const bad = new Map(fieldsOf(inner));
        violations.push({ field: textOf(bad, 1), detail: textOf(bad, 2), rule: textOf(bad, 3) });
      }
    }
  }
  if (rule === undefined || kind === undefined) return undefined;
  const detail = text.slice(`${rule}: `.length);
  return new Refusal(kind, rule, detail, violations[0]?.field, violations);
}

const nothing = new Uint8Array();
const textOf = (message: ReadonlyMap<number, Uint8Array>, field: number): string => utf8(message.get(field) ?? nothing);
const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Fields of a message that are texts, bytes or messages. */
function* fieldsOf(message: Uint8Array): Generator<[number, Uint8Array]> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) yield [field, reader.bytes()];
    else reader.skip(wireType);
  }
}
