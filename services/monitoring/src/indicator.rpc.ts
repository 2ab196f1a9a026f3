import {
  type DeclareIndicatorRequest,
  type GetIndicatorRequest,
  IndicatorsDefinition,
  type ListIndicatorDeclarationsRequest,
  type ListIndicatorRecordsRequest,
  type ListIndicatorsRequest,
} from '#contracts';
import { type Call, type Implementation, Rpc } from '#platform';
import { IndicatorDeclarations } from './indicator.declarations.js';
import { IndicatorFigures } from './indicator.figures.js';

@Rpc(IndicatorsDefinition)
export class IndicatorsRpc implements Implementation<typeof IndicatorsDefinition> {
  constructor(
    private readonly figures: IndicatorFigures,
    private readonly declarations: IndicatorDeclarations,
  ) {}

  listIndicators = (request: ListIndicatorsRequest) => this.figures.list(request);
  getIndicator = (request: GetIndicatorRequest) => this.figures.get(request);
  listIndicatorRecords = (request: ListIndicatorRecordsRequest) => this.figures.records(request);
  declareIndicator = (request: DeclareIndicatorRequest, call: Call) => this.declarations.declare(request, call);
  listIndicatorDeclarations = (request: ListIndicatorDeclarationsRequest) => this.declarations.list(request);
}
