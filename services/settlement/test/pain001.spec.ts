// ISO 20022 pain.001.001.09, against the rules of the message as its definition has them: elements, their order, how often, and of what form. The schema
// itself is not in any package registry that this project takes from, so the part of it that the exchange uses stands here as a table.
import type { CreditTransfer, PaymentOrder } from '../src/core/bank-file.js';
import { wholeFen } from '../src/core/bank-file.js';
import { pain001 } from '../src/core/pain001.js';

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A strict reader of the little XML that is written here. Throws where it is not well formed. */
function parse(xml: string): Node {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!xml.startsWith(declaration)) throw new Error('the declaration is missing');
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([A-Za-z0-9]+)((?: [A-Za-z]+="[^"<&]*")*)>|([^<]+)|(<)/g;
  for (const [, slash, name, attributes, text, stray] of xml.slice(declaration.length).matchAll(token)) {
    const top = open.at(-1)!;
    if (stray) throw new Error('a < stands alone');
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|apos);)|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text))
        throw new Error(`bad text ${text}`);
      top.text += text.replace(/&(\w+);/g, (_match, entity: string) => entities[entity]!);
    } else if (slash) {
      if (top.name !== name) throw new Error(`</${name}> ends <${top.name}>`);
      open.pop();
    } else {
      const pairs = new Map([...attributes!.matchAll(/([A-Za-z]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!] as const));
      const node: Node = { name: name!, attributes: Object.fromEntries(pairs), children: [], text: '' };
      top.children.push(node);
      open.push(node);
    }
  }
  if (open.length !== 1 || root.children.length !== 1 || root.text.trim()) throw new Error('there must be one element');
  return root.children[0]!;
}

/** An element of the message: its name, how often it may stand there, and its form or its own elements in order. */
type Rule = readonly [name: string, min: number, max: number, is: RegExp | readonly Rule[]];

const max35 = /^.{1,35}$/su;
const max34 = /^.{1,34}$/su;
const max140 = /^.{1,140}$/su;
const count = /^[0-9]{1,15}$/;
const sum = /^[0-9]{1,16}\.[0-9]{2}$/;
const party: Rule[] = [['Nm', 0, 1, max140]];
const bank: Rule[] = [
  [
    'FinInstnId',
    1,
    1,
    [
      ['BICFI', 0, 1, /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/],
      [
        'ClrSysMmbId',
        0,
        1,
        [
          ['ClrSysId', 0, 1, [['Cd', 1, 1, /^CNAPS$/]]],
          ['MmbId', 1, 1, max35],
        ],
      ],
      ['LEI', 0, 1, /^[A-Z0-9]{18}[0-9]{2}$/],
      ['Nm', 0, 1, max140],
    ],
  ],
];
const account: Rule[] = [
  ['Id', 1, 1, [['Othr', 1, 1, [['Id', 1, 1, max34]]]]],
  ['Tp', 0, 1, []],
  ['Ccy', 0, 1, /^[A-Z]{3}$/],
];
const transfer: Rule[] = [
  [
    'PmtId',
    1,
    1,
    [
      ['InstrId', 0, 1, max35],
      ['EndToEndId', 1, 1, max35],
      ['UETR', 0, 1, /./],
    ],
  ],
  ['PmtTpInf', 0, 1, []],
  ['Amt', 1, 1, [['InstdAmt', 1, 1, sum]]],
  ['ChrgBr', 0, 1, /^(DEBT|CRED|SHAR|SLEV)$/],
  ['CdtrAgt', 0, 1, bank],
  ['Cdtr', 0, 1, party],
  ['CdtrAcct', 0, 1, account],
  ['Purp', 0, 1, []],
  ['RmtInf', 0, 1, [['Ustrd', 0, Infinity, max140]]],
];
const message: Rule[] = [
  [
    'CstmrCdtTrfInitn',
    1,
    1,
    [
      [
        'GrpHdr',
        1,
        1,
        [
          ['MsgId', 1, 1, max35],
          ['CreDtTm', 1, 1, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/],
          ['NbOfTxs', 1, 1, count],
          ['CtrlSum', 0, 1, sum],
          ['InitgPty', 1, 1, party],
        ],
      ],
      [
        'PmtInf',
        1,
        Infinity,
        [
          ['PmtInfId', 1, 1, max35],
          ['PmtMtd', 1, 1, /^(CHK|TRF|TRA)$/],
          ['BtchBookg', 0, 1, /^(true|false)$/],
          ['NbOfTxs', 0, 1, count],
          ['CtrlSum', 0, 1, sum],
          ['PmtTpInf', 0, 1, []],
          ['ReqdExctnDt', 1, 1, [['Dt', 1, 1, /^\d{4}-\d\d-\d\d$/]]],
          ['Dbtr', 1, 1, party],
          ['DbtrAcct', 1, 1, account],
          ['DbtrAgt', 1, 1, bank],
          ['ChrgBr', 0, 1, /^(DEBT|CRED|SHAR|SLEV)$/],
          ['CdtTrfTxInf', 1, Infinity, transfer],
        ],
      ],
    ],
  ],
];

/** What breaks the message's rules, each by its path. */
function broken(node: Node, rules: readonly Rule[], path = node.name): string[] {
  const places = node.children.map(({ name }) => rules.findIndex(([known]) => known === name));
  const faults = node.children.filter((_child, at) => places[at] === -1).map(({ name }) => `${path}/${name} is unknown`);
  if (places.some((place, at) => at > 0 && place < places[at - 1]!)) faults.push(`${path} is out of order`);
  if (node.text.trim()) faults.push(`${path} has text`);
  for (const [name, min, max, is] of rules) {
    const found = node.children.filter((child) => child.name === name);
    if (found.length < min || found.length > max) faults.push(`${path}/${name} stands ${found.length} times`);
    for (const child of found)
      if (!(is instanceof RegExp)) faults.push(...broken(child, is, `${path}/${name}`));
      else if (child.children.length || !is.test(child.text)) faults.push(`${path}/${name} is not of its form: ${child.text}`);
  }
  return faults;
}

const all = (node: Node, name: string): Node[] => [
  ...(node.name === name ? [node] : []),
  ...node.children.flatMap((child) => all(child, name)),
];
const texts = (node: Node, name: string): string[] => all(node, name).map(({ text }) => text);

const payee = {
  holder: 'Shuitu Compute 水土算力有限公司',
  number: '6222020200112233',
  bankName: 'ICBC 工商银行重庆分行',
  bankCode: '102653000013',
};
const paid = (given: Partial<CreditTransfer> = {}): CreditTransfer => ({
  ...{ endToEndId: 'CX-P1', amount: 12_340_000n, payee, note: 'payout 算力交易结算款 1, 2026-01' },
  ...given,
});
const order = (...transfers: CreditTransfer[]): PaymentOrder => ({
  ...{ messageId: 'CX-20260201-1', createdAt: '2026-02-01T00:00:00.000Z', executionDay: '2026-02-02' },
  payer: { holder: 'The exchange 算力交易中心', number: '3100023009200', bankName: 'PBC', bankCode: '001653002008' },
  transfers,
});

describe('pain.001.001.09', () => {
  it('keeps the rules of the message', () => {
    const file = parse(pain001.write(order(paid(), paid({ endToEndId: 'CX-P2', amount: 50_000n }))));
    expect(file.attributes).toEqual({ xmlns: 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09' });
    expect([file.name, broken(file, message)]).toEqual(['Document', []]);
    expect(texts(file, 'NbOfTxs')).toEqual(['2', '2']);
    expect(texts(file, 'CtrlSum')).toEqual(['12.39', '12.39']);
    expect(texts(file, 'InstdAmt')).toEqual(['12.34', '0.05']);
    expect(all(file, 'InstdAmt').map(({ attributes }) => attributes)).toEqual(Array(2).fill({ Ccy: 'CNY' }));
    expect(texts(file, 'EndToEndId')).toEqual(['CX-P1', 'CX-P2']);
    expect(texts(file, 'MmbId')).toEqual(['001653002008', '102653000013', '102653000013']);
  });

  it.each(['A & B <贸易>', ']]>', '"quoted" \'so\'', '\u0000a\u0001b\uFFFFc', '&amp;', '𠮷野家'])(
    'carries the name %j or what of it XML has place for',
    (holder) => {
      const file = parse(pain001.write(order(paid({ payee: { ...payee, holder } }))));
      const kept = holder.replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
      expect(texts(all(file, 'Cdtr')[0]!, 'Nm')).toEqual([kept]);
    },
  );

  it('the table refuses what the message forbids', () => {
    const good = pain001.write(order(paid()));
    const without = (part: RegExp) => broken(parse(good.replace(part, '')), message);
    expect(without(/<MsgId>.*<\/MsgId>/)).toEqual(['Document/CstmrCdtTrfInitn/GrpHdr/MsgId stands 0 times']);
    expect(broken(parse(good.replace('12.34</InstdAmt>', '12.345</InstdAmt>')), message)).toHaveLength(1);
    expect(broken(parse(good.replace(/(<Cdtr>[^]*<\/Cdtr>)(\s*)(<CdtrAcct>[^]*<\/CdtrAcct>)/, '$3$2$1')), message)).toHaveLength(1);
    expect(() => parse(good.replace('</Cdtr>', ''))).toThrow('ends');
  });

  it.each([
    [12_345_678n, 12_340_000n],
    [9_999n, 0n],
    [10_000n, 10_000n],
  ])('of %s micro-yuan a bank can pay %s', (amount, fen) => {
    expect(wholeFen(amount)).toBe(fen);
  });
});
