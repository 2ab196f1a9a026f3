import { InvoicesDefinition } from '#contracts';
import type { EarningStatementRequest, ExportBillRequest, FileChunk, ListInvoiceTitlesRequest, SetInvoiceTitleRequest } from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { billPaper } from './bill.paper.js';
import { Bills } from './bills.js';
import { EarningStatements } from './earning-statements.js';
import { InvoiceTitles } from './invoice-titles.js';
import { ProgrammeNames } from './programme-names.js';
import { statementPaper } from './statement.paper.js';

/** Documents for people: the same figures as JSON and on paper. */
@Rpc(InvoicesDefinition)
export class InvoicesRpc implements Implementation<typeof InvoicesDefinition> {
  constructor(
    private readonly titles: InvoiceTitles,
    private readonly bills: Bills,
    private readonly statements: EarningStatements,
    private readonly names: ProgrammeNames,
  ) {}

  setInvoiceTitle = (request: SetInvoiceTitleRequest, call: Call) => this.titles.set(request, call);
  listInvoiceTitles = (request: ListInvoiceTitlesRequest, call: Call) => this.titles.list(request, call);
  getEarningStatement = (request: EarningStatementRequest, call: Call) => this.statements.get(request, call);

  async *exportBill(request: ExportBillRequest, call: Call): AsyncGenerator<FileChunk> {
    const bill = await this.bills.get(request, call);
    yield* billPaper(bill, await this.names.of(new Set(bill.subsidies.map(({ programmeId }) => programmeId))));
  }

  async *exportEarningStatement(request: EarningStatementRequest, call: Call): AsyncGenerator<FileChunk> {
    yield* statementPaper(await this.statements.get(request, call));
  }
}
