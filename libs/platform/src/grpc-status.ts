// A refusal as gRPC tells it: a status, and in the trailing metadata the google.rpc details that name the rule and the fields.
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { ServerError } from 'nice-grpc';
import type { Metadata } from 'nice-grpc';
import { Refusal } from './refusal.js';
import { Fault, faultStatus, statusOf } from './rpc-status.js';

const detailsKey = 'grpc-status-details-bin';
const domain = 'compute-exchange';

/** What to throw to the caller; its details go to `trailer`. */
export function serverError(error: unknown, trailer: Metadata): unknown {
  if (error instanceof Refusal) {
    const { grpc: code } = statusOf[error.kind];
    const text = `${error.rule}: ${error.detail}`;
    trailer.set(detailsKey, statusMessage(code, text, error));
    return new ServerError(code, text);
  }
  if (error instanceof Fault) return new ServerError(faultStatus.grpc, error.message);
  return error;
}

/** google.rpc.Status with ErrorInfo {reason, domain} and, where fields are named, BadRequest {field, description, reason}. */
function statusMessage(code: number, text: string, { rule, detail, field, violations }: Refusal): Buffer {
  const fields = violations.length ? violations : field ? [{ field, rule, detail }] : [];
  const writer = new BinaryWriter().uint32(8).int32(code).uint32(18).string(text);
  any(writer, 'google.rpc.ErrorInfo', (info) => info.uint32(10).string(rule).uint32(18).string(domain));
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
  return Buffer.from(writer.finish());
}

function any(writer: BinaryWriter, type: string, write: (value: BinaryWriter) => void): void {
  const value = new BinaryWriter();
  write(value);
  writer.uint32(26).fork().uint32(10).string(`type.googleapis.com/${type}`).uint32(18).bytes(value.finish()).join();
}
