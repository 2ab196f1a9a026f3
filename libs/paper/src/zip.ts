// Files packed into one, as workbooks are (APPNOTE.TXT 6.3, deflate, UTF-8 names).
import { crc32, deflateRawSync } from 'node:zlib';

export interface PackedFile {
  readonly name: string;
  readonly text: string;
}

const version = 20;
const isUtf8 = 0x0800;
const deflated = 8;
/** 1980-01-01, the first day there is: alike content makes alike bytes. */
const day = 0x0021;

export function zipOf(files: readonly PackedFile[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text } of files) {
    const path = Buffer.from(name);
    const plain = Buffer.from(text);
    const packed = deflateRawSync(plain);
    const about = [version, isUtf8, deflated, 0, day].flatMap(u16);
    const sizes = [crc32(plain), packed.length, plain.length].flatMap(u32);
    const local = Buffer.from([...u32(0x04034b50), ...about, ...sizes, ...u16(path.length), ...u16(0)]);
    directory.push(
      Buffer.from([
        ...[...u32(0x02014b50), ...u16(version), ...about, ...sizes, ...u16(path.length)],
        // No extra field, no comment, one disk, no attributes.
        ...[0, 0, 0, 0].flatMap(u16),
        ...[...u32(0), ...u32(at)],
      ]),
      path,
    );
    bodies.push(local, path, packed);
    at += local.length + path.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = [...u32(0x06054b50), ...[0, 0, files.length, files.length].flatMap(u16), ...u32(list.length), ...u32(at), ...u16(0)];
  return Buffer.concat([...bodies, list, Buffer.from(end)]);
}

const u16 = (value: number): number[] => [value & 0xff, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
