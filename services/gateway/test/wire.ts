// gRPC as bytes, so that a test can send what no client would.
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import type { CallOptions, ServiceError, StatusObject } from '@grpc/grpc-js';
import type { Method, ServiceDefinition } from '#contracts';

export interface Answer {
  readonly code: number;
  readonly text: string;
  readonly metadata: Metadata;
  readonly messages: Uint8Array[];
}

const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

export class Wire {
  private readonly client: Client;

  constructor(address: string) {
    this.client = new Client(address, credentials.createInsecure());
  }

  close(): void {
    this.client.close();
  }

  /** Sends these bytes as the one message, or as the whole stream. A stream that does not end within the deadline is code 4. */
  call(
    { fullName }: ServiceDefinition,
    method: Method,
    bytes: Uint8Array,
    header: Record<string, string>,
    deadlineMs = 20_000,
  ): Promise<Answer> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(header)) metadata.set(name, value);
    const path = `/${fullName}/${method.name}`;
    const options: CallOptions = { deadline: Date.now() + deadlineMs };
    return new Promise((resolve) => {
      const messages: Uint8Array[] = [];
      const end = ({ code, details, metadata: trailer }: StatusObject | ServiceError): void =>
        resolve({ code, text: details, metadata: trailer, messages });
      const done = (error: ServiceError | null, message?: Uint8Array): void => {
        if (message) messages.push(message);
        end(error ?? { code: 0, details: '', metadata: new Metadata() });
      };
      if (method.responseStream) {
        const call = this.client.makeServerStreamRequest(path, asIs, asIs, bytes, metadata, options);
        call.on('data', (message: Uint8Array) => messages.push(message));
        call.on('error', () => undefined).on('status', end);
      } else if (method.requestStream) {
        const call = this.client.makeClientStreamRequest(path, asIs, asIs, metadata, options, done);
        if (bytes.length) call.write(bytes);
        call.end();
      } else this.client.makeUnaryRequest(path, asIs, asIs, bytes, metadata, options, done);
    });
  }
}
