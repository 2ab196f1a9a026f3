import { Injectable } from '@nestjs/common';
import { InvoiceTitle } from '#contracts';
import type { ListInvoiceTitlesRequest, ListInvoiceTitlesResponse, SetInvoiceTitleRequest } from '#contracts';
import { absent, Clock, Database, invalid, mayAct, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { isSocialCreditCode } from './core/tax-number.js';
import { before } from './list.js';
import { exchangeId, Participants } from './participants.js';

interface Row {
  readonly participant_id: number;
  readonly version: number;
  readonly title: string;
  readonly tax_number: string;
  readonly contact: string;
  readonly bank: string;
  readonly set_at: bigint;
}

/** Invoice title and tax number 发票抬头、税号, each version kept: a document says what was set when it was issued. */
@Injectable()
export class InvoiceTitles {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly participants: Participants,
  ) {}

  async set(request: SetInvoiceTitleRequest, call: Call): Promise<InvoiceTitle> {
    const { participantId, title, taxNumber, contact, bank } = request;
    if (!mayAct(call, participantId)) throw absent(`participant ${participantId}`);
    if (taxNumber !== '' && !isSocialCreditCode(taxNumber))
      throw invalid(
        'taxNumber',
        'tax_number_must_be_a_unified_social_credit_code',
        '18 characters of GB 32100-2015; the last checks the others',
      );
    return this.db.once(call, InvoiceTitle, async (tx) => {
      await this.participants.mustExist(tx, participantId);
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('invoice titles'), $1)`, [participantId]);
      const [row] = await tx.query<Row>(
        `INSERT INTO invoice_titles (participant_id, version, title, tax_number, contact, bank, set_at, set_by)
         SELECT $1, count(*)::int4 + 1, $2, $3, $4, $5, $6, $7 FROM invoice_titles WHERE participant_id = $1 RETURNING *`,
        [participantId, title, taxNumber, contact, bank, this.clock.now(), call.caller.name],
      );
      return titleOf(row!);
    });
  }

  async list(request: ListInvoiceTitlesRequest, call: Call): Promise<ListInvoiceTitlesResponse> {
    ownsOrAbsent(call, request.participantId, `participant ${request.participantId}`);
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      'SELECT * FROM invoice_titles WHERE participant_id = $1 AND version::int8 < $2 ORDER BY version DESC LIMIT $3',
      [request.participantId, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.version]);
    return { titles: rows.map(titleOf), page };
  }

  /** The one that was set before a document was issued, else the name that was registered then: what comes with it or later is of later documents. */
  async at(reader: Pick<Tx, 'query'>, participantId: number, issuedAt: number): Promise<InvoiceTitle> {
    const [row] = await reader.query<Row>(
      'SELECT * FROM invoice_titles WHERE participant_id = $1 AND set_at < $2 ORDER BY version DESC LIMIT 1',
      [participantId, issuedAt],
    );
    if (row) return titleOf(row);
    const [known] = await reader.query<{ name: string }>(
      'SELECT name FROM registered_names WHERE participant_id = $1 AND told_at < $2 ORDER BY version DESC LIMIT 1',
      [participantId, issuedAt],
    );
    return InvoiceTitle.create({ participantId, title: known?.name ?? `participant ${participantId}` });
  }

  async ofExchange(reader: Pick<Tx, 'query'>, issuedAt: number): Promise<InvoiceTitle> {
    return this.at(reader, exchangeId, issuedAt);
  }
}

const titleOf = (row: Row): InvoiceTitle => ({
  participantId: row.participant_id,
  version: row.version,
  title: row.title,
  taxNumber: row.tax_number,
  contact: row.contact,
  bank: row.bank,
  setAt: Number(row.set_at),
});
