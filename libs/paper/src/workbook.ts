// Workbooks (ECMA-376, .xlsx): tables under a frozen head, numbers as numbers with their decimals.
import { xmlText } from './drawing.js';
import { type PackedFile, zipOf } from './zip.js';

/** A text, one with a colour, or a number as its plain decimal text, "1.350". */
export type Cell = string | { readonly text: string; readonly tone: Tone } | { readonly number: string };
export type Tone = 'good' | 'bad' | 'faint';

export interface SheetColumn {
  readonly head: string;
  /** In characters. */
  readonly width: number;
}

export interface Sheet {
  /** At most 31 characters, none of []:*?/\ */
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a spreadsheet keeps of a number; one of more digits is written as text, whole. */
const digitsKept = 15;
const mostDecimals = 6;
const pointsOfLine = 14;
/** Of Excel. */
const pointsOfRowMax = 409;
const styles = { plain: 0, head: 1, good: 2, bad: 3, faint: 4, number: 5 } as const;

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** @param title in the document's properties */
export function workbookOf(title: string, sheets: readonly Sheet[]): Buffer {
  const files: PackedFile[] = [
    { name: '[Content_Types].xml', text: contentTypes(sheets.length) },
    {
      name: '_rels/.rels',
      text: relationsOf([
        [`${relations}/officeDocument`, 'xl/workbook.xml'],
        [`${packages}/relationships/metadata/core-properties`, 'docProps/core.xml'],
      ]),
    },
    { name: 'docProps/core.xml', text: properties(title) },
    { name: 'xl/workbook.xml', text: bookOf(sheets) },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: relationsOf([
        ...sheets.map((_sheet, at) => [`${relations}/worksheet`, `worksheets/sheet${at + 1}.xml`] as const),
        [`${relations}/styles`, 'styles.xml'],
      ]),
    },
    { name: 'xl/styles.xml', text: styleSheet() },
    ...sheets.map((sheet, at) => ({ name: `xl/worksheets/sheet${at + 1}.xml`, text: sheetOf(sheet) })),
  ];
  return zipOf(files);
}

function sheetOf({ columns, rows }: Sheet): string {
  const all: (readonly Cell[])[] = [columns.map((column) => column.head), ...rows];
  const lines = all.map(
    (row, at) =>
      `<row r="${at + 1}" ht="${heightOf(row, columns)}" customHeight="1">${row.map((cell, of) => cellOf(cell, of, at)).join('')}</row>`,
  );
  const last = `${letters(columns.length - 1)}${all.length}`;
  const widths = columns.map(({ width }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`);
  return [
    `${head}<worksheet ${main}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:${last}"/>`,
    '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>',
    `<cols>${widths.join('')}</cols><sheetData>${lines.join('')}</sheetData><autoFilter ref="A1:${last}"/>`,
    // A3, lying, as wide as one page.
    '<pageSetup paperSize="8" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>',
  ].join('');
}

/** In points. Readers do not all make room for lines that wrap. */
function heightOf(row: readonly Cell[], columns: readonly SheetColumn[]): number {
  const lines = row.map((cell, at) => linesOf(textOf(cell), columns[at]!.width));
  return Math.min(Math.max(1, ...lines) * pointsOfLine + 2, pointsOfRowMax);
}

/** A Chinese character is as wide as two digits; where words wrap a tenth of a line stays empty. */
const linesOf = (text: string, width: number): number =>
  text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.replace(/[^\x00-\xff]/g, 'xx').length / (0.9 * width))), 0);

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : 'number' in cell ? cell.number : cell.text);

function cellOf(cell: Cell, column: number, row: number): string {
  const place = `r="${letters(column)}${row + 1}"`;
  if (typeof cell === 'object' && 'number' in cell && cell.number.replace(/\D/g, '').length <= digitsKept) {
    const decimals = Math.min(cell.number.split('.')[1]?.length ?? 0, mostDecimals);
    return `<c ${place} s="${styles.number + decimals}"><v>${cell.number}</v></c>`;
  }
  const text = textOf(cell);
  if (text === '') return '';
  const style = row === 0 ? styles.head : typeof cell === 'object' && 'tone' in cell ? styles[cell.tone] : styles.plain;
  return `<c ${place} s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

/** "A", "Z", "AA". */
const letters = (column: number): string =>
  (column >= 26 ? letters(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));

function styleSheet(): string {
  const font = (rgb: string, bold = '') => `<font>${bold}<sz val="10"/><color rgb="FF${rgb}"/><name val="Microsoft YaHei"/></font>`;
  const fonts = [font('000000'), font('000000', '<b/>'), font('2E7D32'), font('C62828'), font('666666')];
  const formats = Array.from({ length: mostDecimals + 1 }, (_, decimals) => `#,##0${decimals ? `.${'0'.repeat(decimals)}` : ''}`);
  const wrapped = '<alignment vertical="top" wrapText="1"/>';
  const text = (of: number, fill = 0) =>
    `<xf numFmtId="0" fontId="${of}" fillId="${fill}" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">${wrapped}</xf>`;
  const number = (format: number) =>
    `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>`;
  const looks = [text(0), text(1, 2), text(2), text(3), text(4), ...formats.map((_format, at) => number(164 + at))];
  return [
    `${head}<styleSheet ${main}>`,
    `<numFmts count="${formats.length}">${formats.map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${code}"/>`).join('')}</numFmts>`,
    `<fonts count="${fonts.length}">${fonts.join('')}</fonts>`,
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>',
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF4"/><bgColor indexed="64"/></patternFill></fill></fills>',
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
    `<cellXfs count="${looks.length}">${looks.join('')}</cellXfs>`,
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
  ].join('');
}

const bookOf = (sheets: readonly Sheet[]): string =>
  `${head}<workbook ${main} xmlns:r="${relations}"><sheets>${sheets
    .map(({ name }, at) => `<sheet name="${xmlText(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
    .join('')}</sheets></workbook>`;

const relationsOf = (of: readonly (readonly [type: string, target: string])[]): string =>
  `${head}<Relationships xmlns="${packages}/relationships">${of
    .map(([type, target], at) => `<Relationship Id="rId${at + 1}" Type="${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const properties = (title: string): string =>
  `${head}<cp:coreProperties xmlns:cp="${packages}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${xmlText(title)}</dc:title></cp:coreProperties>`;

function contentTypes(sheets: number): string {
  const part = (name: string, type: string) => `<Override PartName="/${name}" ContentType="${type}"/>`;
  return [
    `${head}<Types xmlns="${packages}/content-types">`,
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
    '<Default Extension="xml" ContentType="application/xml"/>',
    part('xl/workbook.xml', `${spreadsheet}.sheet.main+xml`),
    ...Array.from({ length: sheets }, (_, at) => part(`xl/worksheets/sheet${at + 1}.xml`, `${spreadsheet}.worksheet+xml`)),
    part('xl/styles.xml', `${spreadsheet}.styles+xml`),
    part('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'),
    '</Types>',
  ].join('');
}
