import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type PDFDocument from 'pdfkit';
import type { FileChunk } from '#contracts';
import type { Drawing, Shape } from './drawing.js';

/** One column of a table: its head, its width in points, and on which side its texts stand. */
export interface Column {
  readonly head: string;
  readonly width: number;
  readonly align?: 'right';
}

/** Names and amounts, one below the other. */
export type Totals = readonly (readonly [name: string, amount: string])[];

const margin = 40;
const gap = 4;
const body = 8;
const small = 7;
const grey = '#555555';
const rowsAtOnce = 10;
/** Of the amounts of totals, with what parts them from their names. */
const totalsColumn = 110;

const require = createRequire(import.meta.url);
/** Loaded by the first document: no start waits for it. */
const pdfkit = (): typeof PDFDocument => require('pdfkit') as typeof PDFDocument;

/** Noto Sans Hans: Latin and Chinese in one; what of it a document shows is embedded in it. Read once. */
let fonts: { readonly regular: Buffer; readonly bold: Buffer } | undefined;
function fontsRead(): { readonly regular: Buffer; readonly bold: Buffer } {
  if (!fonts) {
    const folder = join(dirname(require.resolve('@embedpdf/fonts-sc')), '../fonts');
    fonts = { regular: readFileSync(join(folder, 'NotoSansHans-Regular.otf')), bold: readFileSync(join(folder, 'NotoSansHans-Bold.otf')) };
  }
  return fonts;
}

/** A document on A4, from top to bottom; what does not fit begins a new page, under the table's head. */
export class Paper {
  private readonly doc: PDFKit.PDFDocument;
  private y = margin;

  constructor(title: string, issuedAt: number) {
    const { regular, bold } = fontsRead();
    this.doc = new (pdfkit())({ size: 'A4', margin, bufferPages: true, info: { Title: title, CreationDate: new Date(issuedAt) } });
    this.doc.registerFont('regular', regular).registerFont('bold', bold);
    this.text(title, { font: 'bold', size: 16 });
    this.y += gap;
  }

  line(text: string): void {
    this.text(text, { size: body });
  }

  /** @param below points that stand under it on its page: some totals, or a table's head and rows */
  heading(text: string, below = 110): void {
    this.y += 2 * gap;
    this.room(below);
    this.text(text, { font: 'bold', size: 10 });
    this.y += gap;
  }

  /** Two blocks beside each other, each a head and its lines. */
  beside(left: readonly string[], right: readonly string[]): void {
    this.y += 2 * gap;
    const top = this.y;
    const half = this.width / 2 - gap;
    const bottoms = [left, right].map((lines, at) => {
      this.y = top;
      lines.forEach((text, nth) =>
        this.text(text, { x: margin + at * (half + 2 * gap), width: half, size: body, font: nth === 0 ? 'bold' : 'regular' }),
      );
      return this.y;
    });
    this.y = Math.max(...bottoms) + gap;
  }

  /**
   * Lets others go on between some rows and the next: a long table takes seconds to set.
   * @param totals follow it at once; the last row stands with them, so that they never stand alone on a page
   */
  async table(
    columns: readonly Column[],
    rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
    totals: Totals = [],
  ): Promise<void> {
    const heads = columns.map(({ head }) => head);
    let set = 0;
    let waiting: readonly string[] | undefined;
    const place = (row: readonly string[], below: number): void => {
      if (this.y + this.heightOf(columns, row, 'regular') + below > this.bottom) {
        this.newPage();
        this.row(columns, heads, 'bold');
      }
      this.row(columns, row, 'regular');
    };
    this.row(columns, heads, 'bold');
    for await (const row of rows) {
      if (waiting) place(waiting, 0);
      waiting = row;
      if (++set % rowsAtOnce === 0) await setImmediate();
    }
    if (waiting) place(waiting, totals.length ? gap + this.heightOfTotals(totals) : 0);
    this.y += gap;
    if (totals.length) this.totals(totals);
  }

  /** Names and amounts at the right edge; the last is the result. */
  totals(rows: Totals): void {
    this.room(this.heightOfTotals(rows));
    rows.forEach(([name, amount], at) => {
      const font = at === rows.length - 1 ? 'bold' : 'regular';
      const top = this.y;
      this.text(amount, { x: margin + this.width - 105, width: 105, size: body, font, align: 'right' });
      this.y = top;
      this.text(name, { width: this.width - totalsColumn, size: body, font, align: 'right' });
      this.y += 2;
    });
  }

  /** As wide as the page; on one page as a whole. */
  draw({ width, height, shapes }: Drawing): void {
    const scale = this.width / width;
    this.room(height * scale);
    this.doc.save().translate(margin, this.y).scale(scale);
    for (const shape of shapes) this.shape(shape);
    this.doc.restore();
    this.y += height * scale + gap;
  }

  /** Numbers the pages and ends the document. */
  async *chunks(): AsyncGenerator<FileChunk> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.doc.switchToPage(page);
      this.doc.font('regular').fontSize(small).fillColor(grey);
      // Below the margin, where text would begin a page of its own.
      const { bottom } = this.doc.page.margins;
      this.doc.page.margins.bottom = 0;
      this.doc.text(`${page + 1} / ${count}`, margin, this.bottom + 10, { width: this.width, align: 'center', lineBreak: false });
      this.doc.page.margins.bottom = bottom;
    }
    this.doc.end();
    for await (const data of this.doc as AsyncIterable<Buffer>) yield { data };
  }

  private shape(shape: Shape): void {
    const { doc } = this;
    if (shape.kind === 'bar') return void doc.rect(shape.x, shape.y, shape.width, shape.height).fill(shape.fill);
    if (shape.kind === 'line') {
      const { x, y, toX, toY, stroke } = shape;
      return void doc.moveTo(x, y).lineTo(toX, toY).lineWidth(1).strokeColor(stroke).stroke();
    }
    const { x, y, size, fill, text, isBold, isAtEnd } = shape;
    doc
      .font(isBold ? 'bold' : 'regular')
      .fontSize(size)
      .fillColor(fill);
    doc.text(text, isAtEnd ? x - doc.widthOfString(text) : x, y, { baseline: 'alphabetic', lineBreak: false });
  }

  private row(columns: readonly Column[], texts: readonly string[], font: 'regular' | 'bold'): void {
    const top = this.y;
    const height = this.heightOf(columns, texts, font);
    let x = margin;
    columns.forEach(({ width, align }, at) => {
      this.y = top;
      const text = texts[at] ?? '';
      this.text(text, { x, width: width - gap, size: this.sizeOf(text, { width, align }, font), font, align });
      x += width;
    });
    this.y = top + height;
    this.doc
      .moveTo(margin, this.y - 1.5)
      .lineTo(margin + this.width, this.y - 1.5)
      .lineWidth(0.3)
      .strokeColor('#bbbbbb')
      .stroke();
  }

  private heightOf(columns: readonly Column[], texts: readonly string[], font: 'regular' | 'bold'): number {
    const heights = columns.map((column, at) => {
      const text = texts[at] || ' ';
      const size = this.sizeOf(text, column, font);
      return this.doc
        .font(font)
        .fontSize(size)
        .heightOfString(text, { width: column.width - gap });
    });
    return Math.max(...heights) + 3;
  }

  /** A number that is too wide for its column is set smaller: in two lines it would be read as two. */
  private sizeOf(text: string, { width, align }: Pick<Column, 'width' | 'align'>, font: 'regular' | 'bold'): number {
    if (align !== 'right' || text.includes(' ')) return small;
    const wide = this.doc.font(font).fontSize(small).widthOfString(text);
    const room = width - gap - 0.5;
    return wide > room ? (small * room) / wide : small;
  }

  private heightOfTotals(rows: Totals): number {
    this.doc.font('bold').fontSize(body);
    return rows.reduce((height, [name]) => height + this.doc.heightOfString(name, { width: this.width - totalsColumn }) + 2, gap);
  }

  private text(text: string, { x = margin, width = this.width, size, font = 'regular', align }: TextOptions): void {
    this.doc.font(font).fontSize(size).fillColor('black').text(text, x, this.y, { width, align });
    this.y = this.doc.y;
  }

  private room(height: number): void {
    if (this.y + height > this.bottom) this.newPage();
  }

  private newPage(): void {
    this.doc.addPage();
    this.y = margin;
  }

  private get width(): number {
    return this.doc.page.width - 2 * margin;
  }

  private get bottom(): number {
    return this.doc.page.height - margin - 12;
  }
}

interface TextOptions {
  readonly x?: number;
  readonly width?: number;
  readonly size: number;
  readonly font?: 'regular' | 'bold';
  readonly align?: 'right';
}

/** "2026-01-31 08:15", Asia/Shanghai. */
export const timeText = (time: number): string => new Date(time + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
