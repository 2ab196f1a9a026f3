// All providers of the indicators.
import { SiteAlarms } from './indicator.alarms.js';
import { IndicatorAssessments } from './indicator.assessments.js';
import { IndicatorCarry } from './indicator.carry.js';
import { IndicatorDeclarations } from './indicator.declarations.js';
import { IndicatorFacts } from './indicator.facts.js';
import { IndicatorFigures } from './indicator.figures.js';
import { IndicatorKeeper } from './indicator.kept.js';
import { PublishedReports } from './indicator.published.js';
import { IndicatorReports } from './indicator.reports.js';
import { IndicatorsRpc } from './indicator.rpc.js';
import { SiteIndicatorsRpc } from './indicator.site.rpc.js';
import { SiteIndicatorsQuery } from './indicator.sites.js';

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
  SiteAlarms,
  SiteIndicatorsQuery,
  SiteIndicatorsRpc,
];
