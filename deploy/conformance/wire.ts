// The protocol's one call as bytes go, on gRPC's own library: what the other side answers is seen as it is, also where it breaks the contract.
import {
  type ChannelOptions,
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  type sendUnaryData,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { bytesOf, SignedMessage } from '#contracts';

const path = '/exchange.interconnect.v1.PartnerPlatform/Tell';
const detailsKey = 'grpc-status-details-bin';
/** Beyond what any message may have, so that it is the other side that refuses one. */
const bytesMax = 32 << 20;
const options: ChannelOptions = { 'grpc.max_receive_message_length': bytesMax, 'grpc.max_send_message_length': bytesMax };

/** The call ended without an answer. */
export class CallError extends Error {
  override readonly name = 'CallError';

  /** @param rule that the details name; empty: they name none */
  constructor(
    readonly code: status,
    readonly rule: string,
    readonly detail: string,
  ) {
    super(`${status[code]} ${rule || '(grpc-status-details-bin names no rule)'}: ${detail}`);
  }
}

/** PEM. */
export interface ClientTls {
  /** Undefined: those that are publicly known. */
  readonly ca?: string;
  /** The client's own, where the other side asks for one. */
  readonly cert?: string;
  readonly key?: string;
}

/** The way to a platform. */
export class Line {
  private readonly client: Client;

  /** @param tls undefined: none */
  constructor(address: string, tls: ClientTls | undefined) {
    const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
    this.client = new Client(
      address,
      tls ? credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert)) : credentials.createInsecure(),
      options,
    );
  }

  /** @throws CallError */
  tell(signed: SignedMessage, msMax: number): Promise<SignedMessage> {
    return new Promise((resolve, reject) =>
      this.call(signed, msMax, (error, answer) => (error ? reject(errorOf(error)) : resolve(answer!))),
    );
  }

  /** Goes away before there is an answer: whether it was heard is not known. */
  async tellAndLeave(signed: SignedMessage, afterMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const call = this.call(signed, 10_000, () => resolve());
      setTimeout(() => call.cancel(), afterMs);
    });
  }

  close(): void {
    this.client.close();
  }

  private call(signed: SignedMessage, msMax: number, done: (error: ServiceError | null, answer?: SignedMessage) => void) {
    const deadline = Date.now() + msMax;
    const write = (message: SignedMessage): Buffer => Buffer.from(bytesOf(SignedMessage, message));
    return this.client.makeUnaryRequest(path, write, (bytes) => SignedMessage.decode(bytes), signed, new Metadata(), { deadline }, done);
  }
}

/** PEM; ca is of who vouches for clients, where they must show a certificate. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/** @param hear throws a CallError where the call is to end without an answer. @returns the port, and to close it */
export async function serve(
  address: string,
  tls: ServerTls | undefined,
  hear: (signed: SignedMessage) => Promise<SignedMessage>,
): Promise<readonly [number, () => void]> {
  const server = new Server(options);
  const handle = (call: ServerUnaryCall<SignedMessage, SignedMessage>, done: sendUnaryData<SignedMessage>): void =>
    void hear(call.request).then(
      (answer) => done(null, answer),
      (error: unknown) => done(serviceErrorOf(error)),
    );
  const wire = {
    ...{ path, requestStream: false, responseStream: false },
    requestSerialize: (message: SignedMessage) => Buffer.from(bytesOf(SignedMessage, message)),
    requestDeserialize: (bytes: Buffer) => SignedMessage.decode(bytes),
    responseSerialize: (message: SignedMessage) => Buffer.from(bytesOf(SignedMessage, message)),
    responseDeserialize: (bytes: Buffer) => SignedMessage.decode(bytes),
  };
  server.addService({ Tell: wire }, { Tell: handle });
  const pair = tls && [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }];
  const trusted = pair
    ? ServerCredentials.createSsl(tls.ca ? Buffer.from(tls.ca) : null, pair, tls.ca !== undefined)
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(address, trusted, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return [port, () => server.forceShutdown()];
}

const errorOf = ({ code, details, metadata }: ServiceError): CallError => {
  const [bytes] = metadata.get(detailsKey);
  const rule = bytes instanceof Buffer ? ruleIn(bytes) : '';
  // Some say it in the text, too.
  return new CallError(code, rule, rule && details.startsWith(`${rule}: `) ? details.slice(rule.length + 2) : details);
};

/** Reason of the google.rpc.ErrorInfo in a google.rpc.Status. */
function ruleIn(bytes: Buffer): string {
  for (const any of partsOf(bytes, 3)) {
    const [type, info] = [partsOf(any, 1)[0], partsOf(any, 2)[0]];
    if (type && info && Buffer.from(type).toString().endsWith('google.rpc.ErrorInfo'))
      return Buffer.from(partsOf(info, 1)[0] ?? []).toString();
  }
  return '';
}

function partsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted && type === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(type);
  }
  return found;
}

function serviceErrorOf(error: unknown): Partial<ServiceError> {
  const { code, rule, detail } = error instanceof CallError ? error : new CallError(status.INTERNAL, '', String(error));
  const info = new BinaryWriter().uint32(10).string(rule).uint32(18).string('conformance').finish();
  const any = new BinaryWriter().uint32(10).string('type.googleapis.com/google.rpc.ErrorInfo').uint32(18).bytes(info).finish();
  const metadata = new Metadata();
  if (rule)
    metadata.set(
      detailsKey,
      Buffer.from(new BinaryWriter().uint32(8).int32(code).uint32(18).string(detail).uint32(26).bytes(any).finish()),
    );
  return { code, details: `${rule}: ${detail}`, metadata };
}
