export { svgOf } from './drawing.js';
export type { Drawing, Shape } from './drawing.js';
export { Paper, timeText } from './paper.js';
export type { Column, Totals } from './paper.js';
export { workbookOf } from './workbook.js';
export type { Cell, Sheet, SheetColumn } from './workbook.js';
