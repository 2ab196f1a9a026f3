import type { Money } from '#domain';
import type { BankFileFormat, BankParty, CreditTransfer, PaymentOrder } from './bank-file.js';

/** An element: its name, its attributes, and its text or children in the order of the message's definition. */
interface Element {
  readonly name: string;
  readonly attributes?: string;
  readonly content: string | readonly Element[];
}

const element = (name: string, content: string | readonly Element[], attributes?: string): Element => ({ name, content, attributes });

/**
 * ISO 20022 customer credit transfer initiation, version 09: one payment information block in CNY. Accounts are named by their numbers (China has no
 * IBAN), banks by their CNAPS codes.
 */
export const pain001: BankFileFormat = {
  name: 'pain.001.001.09',
  write: (order) => {
    const sums = [
      element('NbOfTxs', String(order.transfers.length)),
      element('CtrlSum', yuan(order.transfers.reduce((sum, { amount }) => sum + amount, 0n))),
    ];
    const header = [element('MsgId', order.messageId), element('CreDtTm', order.createdAt), ...sums];
    const document = element(
      'Document',
      [element('CstmrCdtTrfInitn', [element('GrpHdr', [...header, element('InitgPty', [nameOf(order.payer)])]), paymentOf(order, sums)])],
      'xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"',
    );
    return `<?xml version="1.0" encoding="UTF-8"?>\n${written(document, '')}`;
  },
};

const paymentOf = (order: PaymentOrder, sums: readonly Element[]): Element =>
  element('PmtInf', [
    element('PmtInfId', order.messageId),
    element('PmtMtd', 'TRF'),
    ...sums,
    element('ReqdExctnDt', [element('Dt', order.executionDay)]),
    element('Dbtr', [nameOf(order.payer)]),
    element('DbtrAcct', [...accountOf(order.payer), element('Ccy', 'CNY')]),
    element('DbtrAgt', [bankOf(order.payer)]),
    ...order.transfers.map(transferOf),
  ]);

const transferOf = ({ endToEndId, amount, payee, note }: CreditTransfer): Element =>
  element('CdtTrfTxInf', [
    element('PmtId', [element('InstrId', endToEndId), element('EndToEndId', endToEndId)]),
    element('Amt', [element('InstdAmt', yuan(amount), 'Ccy="CNY"')]),
    element('CdtrAgt', [bankOf(payee)]),
    element('Cdtr', [nameOf(payee)]),
    element('CdtrAcct', accountOf(payee)),
    element('RmtInf', [element('Ustrd', note)]),
  ]);

const nameOf = ({ holder }: BankParty): Element => element('Nm', holder);
const accountOf = ({ number }: BankParty): Element[] => [element('Id', [element('Othr', [element('Id', number)])])];
const bankOf = ({ bankCode, bankName }: BankParty): Element =>
  element('FinInstnId', [
    element('ClrSysMmbId', [element('ClrSysId', [element('Cd', 'CNAPS')]), element('MmbId', bankCode)]),
    element('Nm', bankName),
  ]);

/** Two decimals: what is asked of a bank is whole fen. */
function yuan(amount: Money): string {
  const fen = amount / 10_000n;
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}

/** Characters that XML 1.0 has no place for are left out; the markup's own are escaped. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

function written({ name, attributes, content }: Element, indent: string): string {
  const opening = attributes ? `${name} ${attributes}` : name;
  if (typeof content === 'string') return `${indent}<${opening}>${escaped(content)}</${name}>\n`;
  return `${indent}<${opening}>\n${content.map((child) => written(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}
