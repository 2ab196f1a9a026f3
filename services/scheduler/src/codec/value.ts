// Plain JSON of any size as bytes: an object's keys, each text, and an object that is frozen and stands in many places are written once and then called by number. What a snapshot is kept in, so
// nothing of it stands for ever: a snapshot that cannot be read is made again from the journal.
import type { Sink, Source } from './bytes.js';

const tag = {
  null: 0,
  true: 1,
  false: 2,
  number: 3,
  newText: 4,
  text: 5,
  list: 6,
  newShape: 7,
  shape: 8,
  undefined: 9,
  newFrozen: 10,
  frozen: 11,
} as const;
/** From here on a byte is the number itself. */
const small = 16;
/** Between keys; no key has it. */
const separator = '\0';

export function writeValue(sink: Sink, value: unknown): void {
  const texts = new Map<string, number>();
  /** By their first key. */
  const shapes = new Map<string | undefined, { readonly keys: readonly string[]; readonly number: number }[]>();
  let shapeCount = 0;
  const frozen = new Map<object, number>();
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
    } else if (Object.isFrozen(one)) writeFrozen(one as Record<string, unknown>);
    else writeObject(one as Record<string, unknown>);
  }

  function writeFrozen(object: Record<string, unknown>): void {
    const known = frozen.get(object);
    sink.byte(known === undefined ? tag.newFrozen : tag.frozen);
    if (known !== undefined) return sink.number(known);
    frozen.set(object, frozen.size);
    writeObject(object);
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
    let alike = shapes.get(keys[0]);
    if (!alike) shapes.set(keys[0], (alike = []));
    const known = alike.find((shape) => areSame(shape.keys, keys));
    sink.byte(known ? tag.shape : tag.newShape);
    if (known) sink.number(known.number);
    else {
      alike.push({ keys, number: shapeCount++ });
      sink.text(`${keys.length}${separator}${keys.join(separator)}`);
    }
    for (const key of keys) write(object[key]);
  }
}

/** @throws Error where the bytes were not written so, or are cut off */
export function readValue(source: Source): unknown {
  const texts: string[] = [];
  const shapes: string[][] = [];
  const frozen: unknown[] = [];
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
      case tag.newFrozen:
        return readFrozen();
      case tag.frozen:
        return frozen[source.number()];
      default:
        throw new Error(`value_must_be_of_a_known_kind: ${byte}`);
    }
  }

  /** Objects within it are numbered after it. */
  function readFrozen(): unknown {
    const place = frozen.push(undefined) - 1;
    return (frozen[place] = read());
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

function areSame(keys: readonly string[], others: readonly string[]): boolean {
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index++) if (keys[index] !== others[index]) return false;
  return true;
}
