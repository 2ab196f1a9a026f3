// What is traded, as people say it.
import type { Child } from './dom.js';
import { scaled, shortText, timeText } from './format.js';
import { twoLines } from './parts.js';
import { t, valueText } from './words.js';

export interface Book {
  readonly computeClass: string;
  readonly model: string;
  readonly unit: string;
  readonly tier: string;
}

export interface Span {
  readonly from: string;
  readonly to: string;
}

/** What says nothing is left out. */
export interface Terms {
  readonly books: readonly Book[];
  readonly floor?: {
    readonly computeClass: string;
    readonly tier?: string;
    readonly precision?: string;
    readonly tflopsMilliMin: number;
    readonly memoryGibMin: number;
  };
  readonly units: number;
  readonly pflops: number;
  readonly durationSlots: number;
  readonly earliest?: string;
  readonly latest?: string;
  readonly limitPrice: string;
  readonly timeInForce?: string;
  readonly allOrNone: boolean;
  readonly minUnits: number;
  readonly placement?: string;
  readonly preference?: string;
  readonly localOnly: boolean;
  readonly constraints?: {
    readonly regionsIn: readonly number[];
    readonly zone?: string;
    readonly greenShareBpMin: number;
    readonly roundTripUsMax: number;
  };
}

/** A trade as its bid is told of it, or as a quote foresees it. */
export interface Fill {
  readonly tradeId: number;
  readonly book: Book;
  readonly poolId: number;
  readonly region: number;
  readonly units: number;
  readonly window: Span;
  readonly price: string;
  readonly computeAmount: string;
  readonly transferAmount: string;
  readonly standby: boolean;
  readonly platformId: number;
  readonly reserved: boolean;
}

export const bookText = ({ model, tier }: Book): string => `${model}, ${valueText(tier)}`;
export const bookCell = (book: Book): Child => twoLines(bookText(book), `${valueText(book.computeClass)}, ${valueText(book.unit)}`);

/** "A100, firm", and what else would do. */
export function askedText({ books, floor }: Terms): string {
  if (!floor) return books.map(bookText).join(t('or'));
  const least = floor.tflopsMilliMin ? `≥ ${scaled(floor.tflopsMilliMin, 3)} TFLOPS ${floor.precision ?? ''}` : '';
  const memory = floor.memoryGibMin ? `≥ ${floor.memoryGibMin} GiB` : '';
  const tier = floor.tier ? valueText(floor.tier) : '';
  return [valueText(floor.computeClass), least, memory, tier].filter(Boolean).join(', ');
}

/** The market counts units, or millionths of a PFLOPS where a bid asks for PFLOPS (R-2). */
export const countedText = (counted: number, { pflops }: Pick<Terms, 'pflops'>): string =>
  pflops ? `${scaled(counted, 6)} PFLOPS` : shortText(String(counted));

export const wantedText = ({ units, pflops }: Pick<Terms, 'units' | 'pflops'>): string =>
  pflops ? `${pflops} PFLOPS` : shortText(String(units));

export const spanText = ({ from, to }: Span): string => `${timeText(from)} – ${timeText(to)}`;

/** When it may run: from the next slot where it does not say. */
export const windowText = ({ earliest, latest }: Terms): string =>
  `${earliest ? timeText(earliest) : t('atOnce')}${latest ? ` – ${timeText(latest)}` : ''}`;
