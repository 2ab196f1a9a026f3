// All providers of the indicators.
import { IndicatorAssessments } from './indicator.assessments.js';
import { IndicatorCarry } from './indicator.carry.js';
import { IndicatorDeclarations } from './indicator.declarations.js';
import { IndicatorFacts } from './indicator.facts.js';
import { IndicatorFigures } from './indicator.figures.js';
import { IndicatorKeeper } from './indicator.kept.js';
import { PublishedReports } from './indicator.published.js';
import { IndicatorReports } from './indicator.reports.js';
import { IndicatorsRpc } from './indicator.rpc.js';

export const indicatorParts = [
  IndicatorAssessments,
  IndicatorCarry,
  IndicatorDeclarations,
  IndicatorFacts,
  IndicatorFigures,
  IndicatorKeeper,
  IndicatorReports,
  IndicatorsRpc,
  PublishedReports,
];
