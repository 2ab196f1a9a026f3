// The table of all indicators.
import type { IndicatorDefinition } from './indicator.js';
import { declaredIndicators } from './indicator-declared.js';
import { measuredIndicators } from './indicator-measured.js';

export const indicatorDefinitions: readonly IndicatorDefinition[] = [...measuredIndicators, ...declaredIndicators];

const byId = new Map(indicatorDefinitions.map((definition) => [definition.id, definition]));

/** Undefined where there is none. */
export const indicatorOf = (id: string): IndicatorDefinition | undefined => byId.get(id);
