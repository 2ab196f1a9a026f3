import { InvoicesDefinition } from '#contracts';
import type { EarningStatementRequest, ExportBillRequest, FileChunk, ListInvoiceTitlesRequest, SetInvoiceTitleRequest } from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { billPaper } from './bill.paper.js';
import { factorsOf } from './bill-item.js';
import { BillLines } from './bill-lines.js';
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
    private readonly lines: BillLines,
    private readonly statements: EarningStatements,
    private readonly names: ProgrammeNames,
  ) {}

  setInvoiceTitle = (request: SetInvoiceTitleRequest, call: Call) => this.titles.set(request, call);
  listInvoiceTitles = (request: ListInvoiceTitlesRequest, call: Call) => this.titles.list(request, call);
  getEarningStatement = (request: EarningStatementRequest, call: Call) => this.statements.get(request, call);

  async *exportBill(request: ExportBillRequest, call: Call): AsyncGenerator<FileChunk> {
    const bill = await this.bills.get(request, call);
    const read = await this.lines.asked(bill.billId, call);
    yield* billPaper({
      bill,
      lines: this.lines.all(read),
      creditNotes: this.bills.allCreditNotes(read),
      names: await this.names.of(new Set(bill.programmes.map(({ programmeId }) => programmeId))),
      carbonFactors: (versions) => factorsOf(versions, read.schedules),
    });
  }

  async *exportEarningStatement(request: EarningStatementRequest, call: Call): AsyncGenerator<FileChunk> {
    yield* statementPaper(await this.statements.get(request, call));
  }
}
