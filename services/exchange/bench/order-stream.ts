// Load for the order benchmarks: distinct bids over one gRPC stream, as fast as the exchange reads them.
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { EnterOrdersRequest, EnterOrdersResponse, OrderEntry, SchedulingDefinition, type BidTerms } from '#contracts';

const entriesPerMessage = 100;
const asIs = (bytes: Buffer): Buffer => bytes;

export interface Messages {
  readonly encoded: readonly Buffer[];
  readonly orders: number;
}

export interface StreamLoad {
  readonly perSecond: number;
}

/** The messages of so many bids, encoded beforehand: what the client costs then is its socket and the reading of the answers. */
export function messages(run: string, terms: (index: number) => BidTerms, orders: number): Messages {
  const encoded: Buffer[] = [];
  for (let from = 0; from < orders; from += entriesPerMessage) {
    const entries = Array.from({ length: Math.min(entriesPerMessage, orders - from) }, (_, index) =>
      OrderEntry.create({
        correlation: from + index + 1,
        idempotencyKey: `${run}-${from + index}`,
        submitBid: { terms: terms(from + index), clientOrderId: `bench-${from + index}`, project: 'bench' },
      }),
    );
    encoded.push(Buffer.from(EnterOrdersRequest.encode({ open: undefined, entries }).finish()));
  }
  return { encoded, orders };
}

/**
 * Sends them all over one stream.
 * @returns orders a second, from the first sent to the last answered
 * @throws Error where any is refused, since a refused order is not a durable one
 */
export async function send(address: string, key: string, { encoded, orders }: Messages): Promise<StreamLoad> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  const path = `/${SchedulingDefinition.fullName}/${SchedulingDefinition.methods.enterOrders.name}`;
  const call = client.makeBidiStreamRequest(path, asIs, (bytes: Buffer) => EnterOrdersResponse.decode(bytes), metadata);
  let answered = 0;
  let began = 0;
  const done = new Promise<void>((resolve, reject) => {
    call.on('data', ({ answers }: EnterOrdersResponse) => {
      const refused = answers.find((answer) => !answer.bid)?.refused;
      if (refused) reject(new Error(`${refused.rule}: ${refused.detail}`));
      answered += answers.length;
      if (answered === orders) resolve();
    });
    call.on('error', reject);
    call.on('end', () => reject(new Error(`the stream ended after ${answered} answers`)));
  });
  call.write(Buffer.from(EnterOrdersRequest.encode({ open: { cancelOnDisconnect: false, participantId: 0 }, entries: [] }).finish()));
  const writing = (async () => {
    began = performance.now();
    for (const message of encoded) if (!call.write(message)) await new Promise((resolve) => call.once('drain', resolve));
  })();
  try {
    await Promise.all([done, writing]);
    return { perSecond: (orders / (performance.now() - began)) * 1_000 };
  } finally {
    call.end();
    client.close();
  }
}
