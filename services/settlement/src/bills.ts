import { Injectable } from '@nestjs/common';
import type {
  Bill,
  CreditNote,
  GetBillRequest,
  ListBillCreditNotesResponse,
  ListBillPartsRequest,
  ListBillsRequest,
  ListBillsResponse,
  ListBillSubsidiesResponse,
} from '#contracts';
import { Database, nextPage, numberAfter, pageOf } from '#platform';
import type { Call } from '#platform';
import { billAsked, billColumns, billOf } from './bill.row.js';
import type { BillRow } from './bill.row.js';
import { carbonFactorsOf } from './bill-item.js';
import { BillLines } from './bill-lines.js';
import type { ReadBill } from './bill-lines.js';
import { firstSubsidy, placeOf, programmesOf, subsidiesAfter } from './bill-subsidies.js';
import { creditNotesAfter } from './credit-notes.js';
import { InvoiceTitles } from './invoice-titles.js';
import { before, participantAsked, wholeNumbers } from './list.js';
import { Schedules } from './schedules.js';

/** Of lines, credit notes and contracts a bill's answer has so many; lists and exports have all. */
const partsOfAnswer = 1_000;

/** Reads bills for people: totals, and the first of what a bill has many of. */
@Injectable()
export class Bills {
  constructor(
    private readonly db: Database,
    private readonly schedules: Schedules,
    private readonly titles: InvoiceTitles,
    private readonly lines: BillLines,
  ) {}

  async list(request: ListBillsRequest, call: Call): Promise<ListBillsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<BillRow>(
      `SELECT ${billColumns} FROM bills b WHERE ($1::int4 = 0 OR b.buyer_id = $1) AND ($2 = '' OR b.month = $2) AND b.bill_id < $3
       ORDER BY b.bill_id DESC LIMIT $4`,
      [participantAsked(call, request.participantId), request.month, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.bill_id]);
    return { bills: rows.map(billOf), page };
  }

  async get({ billId }: GetBillRequest, call: Call): Promise<Bill> {
    const row = await billAsked<BillRow>(this.db, billColumns, billId, call);
    const issuedAt = Number(row.issued_at);
    const schedules = await this.schedules.published(this.db);
    const rate = schedules.taxAt(issuedAt);
    const bill = { billId, rate, schedules };
    const [lines, creditNotes, subsidies, programmes, seller, buyer, [notes]] = await Promise.all([
      this.lines.after(bill, 0, partsOfAnswer),
      creditNotesAfter(this.db, bill, 0, partsOfAnswer),
      subsidiesAfter(this.db, billId, firstSubsidy, partsOfAnswer),
      programmesOf(this.db, billId),
      this.titles.ofExchange(this.db, issuedAt),
      this.titles.at(this.db, row.buyer_id, issuedAt),
      this.db.query<{ count: number }>('SELECT count(*)::int4 AS count FROM refunds WHERE bill_id = $1 AND line > 0', [billId]),
    ]);
    const isWhole = lines.length === row.line_count;
    const tax = isWhole ? lines.reduce((sum, item) => sum + item.tax, 0n) : await this.lines.taxOf(bill);
    return {
      ...billOf(row),
      ...{ lines, seller, buyer, subsidies, programmes, creditNotes, creditNoteCount: notes!.count },
      tax: { tax, net: row.total - tax, taxBp: rate.taxBp, taxVersion: rate.version },
      carbonFactors: carbonFactorsOf(lines, schedules),
    };
  }

  async creditNotes({ billId, page: asked }: ListBillPartsRequest, call: Call): Promise<ListBillCreditNotesResponse> {
    const bill = await this.lines.asked(billId, call);
    const limits = pageOf(asked);
    const found = await creditNotesAfter(this.db, bill, numberAfter(limits, 0), limits.limit + 1);
    const { rows, page } = nextPage(found, limits.limit, ({ refundId }) => [refundId]);
    return { creditNotes: rows, page };
  }

  /** One after the other, read as they are taken. */
  async *allCreditNotes(bill: ReadBill): AsyncGenerator<CreditNote> {
    for (let last = 0, notes; (notes = await creditNotesAfter(this.db, bill, last, partsOfAnswer)).length; last = notes.at(-1)!.refundId)
      yield* notes;
  }

  async subsidies({ billId, page: asked }: ListBillPartsRequest, call: Call): Promise<ListBillSubsidiesResponse> {
    await this.lines.asked(billId, call);
    const { limit, after } = pageOf(asked);
    const [claimId, bidId] = wholeNumbers(after, [0n, 0n]);
    const found = await subsidiesAfter(this.db, billId, { claimId: claimId!, bidId: bidId! }, limit + 1);
    const { rows, page } = nextPage(found, limit, placeOf);
    return { subsidies: rows, page };
  }
}
