// Plain JSON of any size as bytes: an object's keys and each text are written once and then called by number. What a snapshot is kept in, so
// nothing of it stands for ever: a snapshot that cannot be read is made again from the journal.
import type { Sink, Source } from './bytes.js';

const tag = { null: 0, true: 1, false: 2, number: 3, newText: 4, text: 5, list: 6, newShape: 7, shape: 8, undefined: 9 } as const;
/** From here on a byte is the number itself. */
const small = 16;
/** Between keys; no key has it. */
const separator = '\0';

export function writeValue(sink: Sink, value: unknown): void {
  const texts = new Map<string, number>();
  const shapes = new Map<string, number>();
  write(value);

  function write(one: unknown): void {
    if (typeof one === 'number') writeNumber(one);
    else if (typeof one === 'string') writeText(one);
    else if (typeof one === 'boolean') sink.byte(one ? tag.true : tag.false);
    else if (one === null) sink.byte(tag.null);
    else if (one === undefined) sink.byte(tag.undefined);
    else if (Array.isArray(one)) {
      sink.byte(tag.list);
      sink.number(one.length);
      for (const item of one) write(item);
    } else writeObject(one as Record<string, unknown>);
  }

  function writeNumber(number: number): void {
    if (Number.isInteger(number) && number >= 0 && number < 256 - small) return sink.byte(small + number);
    sink.byte(tag.number);
    sink.number(number);
  }

  function writeText(text: string): void {
    const known = texts.get(text);
    sink.byte(known === undefined ? tag.newText : tag.text);
    if (known !== undefined) return sink.number(known);
    texts.set(text, texts.size);
    sink.text(text);
  }

  function writeObject(object: Record<string, unknown>): void {
    const keys = Object.keys(object);
    const name = `${keys.length}${separator}${keys.join(separator)}`;
    const known = shapes.get(name);
    sink.byte(known === undefined ? tag.newShape : tag.shape);
    if (known === undefined) {
      shapes.set(name, shapes.size);
      sink.text(name);
    } else sink.number(known);
    for (const key of keys) write(object[key]);
  }
}

/** @throws Error where the bytes were not written so, or are cut off */
export function readValue(source: Source): unknown {
  const texts: string[] = [];
  const shapes: string[][] = [];
  return read();

  function read(): unknown {
    const byte = source.byte();
    if (byte >= small) return byte - small;
    switch (byte) {
      case tag.null:
        return null;
      case tag.true:
        return true;
      case tag.false:
        return false;
      case tag.undefined:
        return undefined;
      case tag.number:
        return source.number();
      case tag.newText:
        return texts[texts.push(source.text()) - 1];
      case tag.text:
        return texts[source.number()];
      case tag.list:
        return readList();
      case tag.newShape: {
        const name = source.text();
        const [count, ...keys] = name.split(separator);
        return readObject(shapes[shapes.push(count === '0' ? [] : keys) - 1]!);
      }
      case tag.shape:
        return readObject(shapes[source.number()]!);
      default:
        throw new Error(`value_must_be_of_a_known_kind: ${byte}`);
    }
  }

  function readList(): unknown[] {
    const list: unknown[] = [];
    for (let left = source.number(); left > 0; left--) list.push(read());
    return list;
  }

  function readObject(keys: readonly string[]): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const key of keys) object[key] = read();
    return object;
  }
}
