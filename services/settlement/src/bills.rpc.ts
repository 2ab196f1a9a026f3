import { BillPartsDefinition } from '#contracts';
import type { ExportBillLinesRequest, ListBillPartsRequest } from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { BillLines } from './bill-lines.js';
import { Bills } from './bills.js';

/** What a bill has more of than one answer holds. */
@Rpc(BillPartsDefinition)
export class BillPartsRpc implements Implementation<typeof BillPartsDefinition> {
  constructor(
    private readonly bills: Bills,
    private readonly lines: BillLines,
  ) {}

  listBillLines = (request: ListBillPartsRequest, call: Call) => this.lines.list(request, call);
  exportBillLines = (request: ExportBillLinesRequest, call: Call) => this.lines.export(request, call);
  listBillCreditNotes = (request: ListBillPartsRequest, call: Call) => this.bills.creditNotes(request, call);
  listBillSubsidies = (request: ListBillPartsRequest, call: Call) => this.bills.subsidies(request, call);
}
