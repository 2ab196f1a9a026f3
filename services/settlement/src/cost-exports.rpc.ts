import { CostExportsDefinition } from '#contracts';
import type { ExportCostsRequest } from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { CostExports } from './cost-exports.js';

@Rpc(CostExportsDefinition)
export class CostExportsRpc implements Implementation<typeof CostExportsDefinition> {
  constructor(private readonly exports: CostExports) {}

  exportCosts = (request: ExportCostsRequest, call: Call) => this.exports.file(request, call);
}
