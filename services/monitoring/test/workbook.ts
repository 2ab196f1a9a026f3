// Reads a workbook as a spreadsheet does: the archive by its directory, each part unpacked and checked, cells by their places.
import { crc32, inflateRawSync } from 'node:zlib';

export interface ReadSheet {
  readonly name: string;
  /** By place: "A1". Numbers as they stand in the file. */
  readonly cells: ReadonlyMap<string, { readonly value: string; readonly isNumber: boolean; readonly style: number }>;
  /** The cell under and right of which the sheet scrolls. */
  readonly frozenAt: string | undefined;
}

export interface ReadBook {
  readonly sheets: readonly ReadSheet[];
  /** Format of a number by a cell's style. */
  readonly formats: readonly (string | undefined)[];
}

export function readWorkbook(bytes: Buffer): ReadBook {
  const parts = unzipped(bytes);
  const partOf = (name: string): string => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`${name} is missing: there are ${[...parts.keys()].join(', ')}`);
    return part;
  };
  const targets = new Map(
    all(partOf('xl/_rels/workbook.xml.rels'), /<Relationship Id="(\w+)" Type="[^"]*" Target="([^"]*)"\/>/g).map(([id, target]) => [
      id!,
      target!,
    ]),
  );
  const sheets = all(partOf('xl/workbook.xml'), /<sheet name="([^"]*)" sheetId="\d+" r:id="(\w+)"\/>/g).map(([name, id]) =>
    sheetOf(textOf(name!), partOf(`xl/${targets.get(id!)}`)),
  );
  const styles = partOf('xl/styles.xml');
  const codes = new Map(all(styles, /<numFmt numFmtId="(\d+)" formatCode="([^"]*)"\/>/g).map(([id, code]) => [id!, code!]));
  const [, looks = ''] = /<cellXfs[^>]*>(.*)<\/cellXfs>/.exec(styles) ?? [];
  return { sheets, formats: all(looks, /<xf numFmtId="(\d+)"/g).map(([id]) => codes.get(id!)) };
}

function sheetOf(name: string, xml: string): ReadSheet {
  const cells = all(xml, /<c r="([A-Z]+\d+)" s="(\d+)"(?: t="inlineStr")?>(?:<v>([^<]*)<\/v>|<is><t[^>]*>([^<]*)<\/t><\/is>)<\/c>/g);
  if (cells.length !== xml.split('<c ').length - 1) throw new Error(`${name} has cells of another form`);
  return {
    name,
    cells: new Map(
      cells.map(([place, style, number, text]) => [
        place!,
        { value: number ?? textOf(text!), isNumber: number !== undefined, style: Number(style) },
      ]),
    ),
    frozenAt: /<pane [^>]*topLeftCell="(\w+)"[^>]*state="frozen"\/>/.exec(xml)?.[1],
  };
}

function unzipped(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const parts = new Map<string, string>();
  for (let left = bytes.readUInt16LE(end + 10), at = bytes.readUInt32LE(end + 16); left > 0; left--) {
    const [crc, packed, plain, local] = [16, 20, 24, 42].map((offset) => bytes.readUInt32LE(at + offset));
    const name = bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    const from = local! + 30 + bytes.readUInt16LE(local! + 26) + bytes.readUInt16LE(local! + 28);
    const part = inflateRawSync(bytes.subarray(from, from + packed!));
    if (part.length !== plain || crc32(part) !== crc) throw new Error(`${name} is not what its entry says`);
    parts.set(name, part.toString());
    at += 46 + [28, 30, 32].reduce((sum, offset) => sum + bytes.readUInt16LE(at + offset), 0);
  }
  return parts;
}

const all = (text: string, pattern: RegExp): (string | undefined)[][] => [...text.matchAll(pattern)].map((match) => match.slice(1));
const marks: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const textOf = (xml: string): string => xml.replace(/&(\w+);/g, (_whole, name: string) => marks[name]!);
