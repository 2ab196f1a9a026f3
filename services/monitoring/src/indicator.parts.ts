// All providers of the indicators.
import { IndicatorCarry } from './indicator.carry.js';
import { IndicatorDeclarations } from './indicator.declarations.js';
import { IndicatorFacts } from './indicator.facts.js';
import { IndicatorFigures } from './indicator.figures.js';
import { IndicatorKeeper } from './indicator.kept.js';
import { IndicatorsRpc } from './indicator.rpc.js';

export const indicatorParts = [IndicatorCarry, IndicatorDeclarations, IndicatorFacts, IndicatorFigures, IndicatorKeeper, IndicatorsRpc];
