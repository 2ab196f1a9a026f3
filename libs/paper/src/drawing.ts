// Drawings of bars, lines and texts: on paper, or as SVG.

export type Shape =
  | { readonly kind: 'bar'; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly fill: string }
  | { readonly kind: 'line'; readonly x: number; readonly y: number; readonly toX: number; readonly toY: number; readonly stroke: string }
  | {
      readonly kind: 'text';
      /** Where the text begins or, `isAtEnd`, ends; its base line. */
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly fill: string;
      readonly text: string;
      readonly isBold?: boolean;
      readonly isAtEnd?: boolean;
    };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const fonts = "'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** No character of it that XML 1.0 cannot hold. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (mark) => marks[mark]!);

/** One below the other. @param title for who hears the picture rather than sees it */
export function svgOf(drawings: readonly Drawing[], title: string): string {
  const width = Math.max(0, ...drawings.map((drawing) => drawing.width));
  let height = 0;
  const groups = drawings.map((drawing) => {
    const group = `<g transform="translate(0 ${height})">${drawing.shapes.map(elementOf).join('')}</g>`;
    height += drawing.height;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${fonts}">`,
    `<title>${xmlText(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>`,
    ...groups,
    '</svg>\n',
  ].join('\n');
}

function elementOf(shape: Shape): string {
  if (shape.kind === 'bar')
    return `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" fill="${shape.fill}"/>`;
  if (shape.kind === 'line') return `<line x1="${shape.x}" y1="${shape.y}" x2="${shape.toX}" y2="${shape.toY}" stroke="${shape.stroke}"/>`;
  const { x, y, size, fill, text, isBold, isAtEnd } = shape;
  const style = `${isBold ? ' font-weight="bold"' : ''}${isAtEnd ? ' text-anchor="end"' : ''}`;
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${style}>${xmlText(text)}</text>`;
}
