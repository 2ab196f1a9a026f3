// Answers that are streams: server-sent events, and files sent as they are made. Both wait for a slow reader and give up on one that stands still.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Refusal, toJson } from '#platform';
import type { Logger } from '#platform';
import { problemOf } from './http-problem.js';
import { ndjson } from './http-body.js';

const heartbeatMs = 15_000;
/** How long a reader may take nothing. */
const standstillMs = 30_000;
/** How long a stream without an event may take to refuse before its headers are sent. */
const refusalMs = 100;

const eventHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
const mediaTypeOf = (streamType: string): string => (streamType === 'text/csv' ? 'text/csv; charset=utf-8' : streamType);

type Messages = AsyncIterator<object>;
type First = IteratorResult<object>;

/**
 * Events with the message's sequence as their id. A refusal before the first event is a problem of its own; a later one is the last
 * event, named `problem`.
 */
export async function sendEvents(reply: FastifyReply, type: string, messages: Messages, stop: AbortController, log: Logger): Promise<void> {
  const first = messages.next();
  await Promise.race([first, refusalTime()]);
  reply.hijack();
  const { raw } = reply;
  // Aborted with a refusal where the key may not read on, else by the end of the reader or of the exchange.
  const gone = new Promise<{ done: true }>((resolve) => stop.signal.addEventListener('abort', () => resolve({ done: true })));
  const sendProblem = (error: unknown) => raw.write(`event: problem\ndata: ${JSON.stringify(problemOf(error, log))}\n\n`);
  raw.writeHead(200, eventHeaders);
  raw.write(': open\n\n');
  const heartbeat = setInterval(() => raw.writableNeedDrain || raw.write(': alive\n\n'), heartbeatMs).unref();
  try {
    for (let next = await Promise.race([first, gone]); !next.done; next = await Promise.race([messages.next(), gone])) {
      const { sequence } = next.value as { sequence?: number };
      const id = sequence === undefined ? '' : `id: ${sequence}\n`;
      if (!raw.write(`${id}data: ${toJson(type, next.value)}\n\n`)) await drained(raw);
    }
  } catch (error) {
    if (!stop.signal.aborted) sendProblem(error);
  } finally {
    if (stop.signal.reason instanceof Refusal) sendProblem(stop.signal.reason);
    clearInterval(heartbeat);
    stop.abort();
    raw.end();
    await messages.return?.();
  }
}

/** Waits for the reader, or cuts it off where it stands still too long. */
const drained = (raw: FastifyReply['raw']): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => raw.destroy(), standstillMs);
    const end = () => {
      clearTimeout(timer);
      raw.off('drain', end).off('close', end);
      resolve();
    };
    raw.on('drain', end).on('close', end);
  });

/** A file's chunks as its bytes, or messages as NDJSON. A refusal before the first chunk is a problem; a later one breaks the transfer off. */
export async function sendFile(reply: FastifyReply, mediaType: string, type: string, messages: Messages): Promise<FastifyReply> {
  const first = await messages.next();
  const bytesOf =
    mediaType === ndjson
      ? (message: object) => Buffer.from(`${toJson(type, message)}\n`)
      : (message: object) => Buffer.from((message as { data: Uint8Array }).data);
  const body = Readable.from(chunks(first, messages, bytesOf), { objectMode: false, highWaterMark: 1 << 16 });
  return reply.type(mediaTypeOf(mediaType)).send(body);
}

/** What a reader is told before the first byte of a stream: only so much is asked for as may be refused. */
export async function sendHead(reply: FastifyReply, streamType: string, messages: Messages, stop: AbortController): Promise<FastifyReply> {
  const first = messages.next();
  if (streamType === 'text/event-stream') await Promise.race([first, refusalTime()]);
  else await first;
  // What an event that is still awaited comes to is nobody's any more.
  first.catch(() => undefined);
  stop.abort();
  await messages.return?.();
  if (streamType === 'text/event-stream') reply.headers(eventHeaders);
  // Of a stream: of an empty text its length would be told.
  return reply.type(mediaTypeOf(streamType)).send(Readable.from([]));
}

const refusalTime = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, refusalMs).unref());

async function* chunks(first: First, messages: Messages, bytesOf: (message: object) => Buffer): AsyncGenerator<Buffer> {
  try {
    for (let next = first; !next.done; next = await messages.next()) yield bytesOf(next.value);
  } finally {
    await messages.return?.();
  }
}
