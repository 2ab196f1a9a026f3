// A reader of server-sent events.
import { createParser, type EventSourceMessage } from 'eventsource-parser';

export interface EventStream {
  readonly answer: Response;
  readonly stop: () => void;
  /** The next so many; fewer where the stream ends before. */
  read(count: number): Promise<EventSourceMessage[]>;
  /** All until the stream ends. */
  rest(): Promise<EventSourceMessage[]>;
}

/** @param key secret of an API key */
export async function listen(url: string, key: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const stop = new AbortController();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}`, ...headers }, signal: stop.signal });
  const come: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => come.push(event) });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const more = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (value) parser.feed(value);
    return !done;
  };
  return {
    answer,
    stop: () => stop.abort(),
    read: async (count) => {
      while (come.length < count && (await more()));
      return come.splice(0, count);
    },
    rest: async () => {
      while (await more());
      return come.splice(0);
    },
  };
}
