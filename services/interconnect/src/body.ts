// What a message is about.
import { MessageKind, type PartnerMessage, type UnitsBySlot } from '#contracts';
import { histogram, seconds } from '#platform';

type Head = 'id' | 'from' | 'to' | 'madeAt' | 'validUntil' | 'answers';
/** One of a message's bodies. */
export type Body = Partial<Omit<PartnerMessage, Head>>;

/** Bodies that are said, and that each platform hears; all else is an answer. */
const kinds: readonly (readonly [body: keyof Body, kind: MessageKind])[] = [
  ['hello', MessageKind.HELLO],
  ['advertise', MessageKind.ADVERTISE],
  ['quote', MessageKind.QUOTE],
  ['reserve', MessageKind.RESERVE],
  ['commit', MessageKind.COMMIT],
  ['cancel', MessageKind.CANCEL],
  ['leaseState', MessageKind.LEASE_STATE],
  ['usage', MessageKind.USAGE],
  ['statement', MessageKind.STATEMENT],
  ['netting', MessageKind.NETTING],
];

const answers = [
  ['hello', 'helloAnswer'],
  ['advertise', 'advertiseAnswer'],
  ['quote', 'quoteAnswer'],
  ['reserve', 'reserveAnswer'],
  ['commit', 'commitAnswer'],
  ['cancel', 'cancelAnswer'],
  ['leaseState', 'leaseStateAnswer'],
  ['usage', 'usageAnswer'],
  ['statement', 'statementAnswer'],
  ['netting', 'nettingAnswer'],
] as const satisfies readonly (readonly [keyof Body, keyof Body])[];

export const kindOf = (body: Body): MessageKind => kinds.find(([name]) => body[name] !== undefined)?.[1] ?? MessageKind.UNKNOWN;

/** The reservation that it is about; undefined: none. */
export const reservationOf = ({ reserve, commit, cancel }: Body): string | undefined => (reserve ?? commit ?? cancel)?.reservationId;

/** True where the answer refuses, or is of the question's kind, and of its reservation or day where it names one. */
export function isOfKind(question: Body, answer: Body): boolean {
  if (answer.refused) return true;
  return answers.some(([said, answered]) => {
    const [asked, body] = [question[said], answer[answered]];
    return (
      asked !== undefined &&
      body !== undefined &&
      names.every((name) => !isNamed(asked, name) || !isNamed(body, name) || asked[name] === body[name])
    );
  });
}

/** By which question and answer say what they are about. */
const names = ['reservationId', 'day', 'revision', 'through'] as const;
type Name = (typeof names)[number];
const isNamed = (body: object, name: Name): body is Record<Name, unknown> => name in body;

/** @param now of this platform. @param left where a reserve is refused since not all of it is there */
export const refusal = (rule: string, detail: string, now: number, again = false, left?: UnitsBySlot): Body => ({
  refused: { rule, detail, again, time: now, left },
});

const heard = histogram('exchange.interconnect.heard', 's', 'Messages of partners, by kind and outcome, and how long each took', seconds);
const said = histogram('exchange.interconnect.said', 's', 'Messages to partners, by kind and outcome of one attempt', seconds);

/** @param outcome 'done', or the rule that was broken */
export const measureHeard = (kind: MessageKind, outcome: string, began: number): void => heard(since(began), attributes(kind, outcome));
/** @param outcome the same, or 'unanswered' */
export const measureSaid = (kind: MessageKind, outcome: string, began: number): void => said(since(began), attributes(kind, outcome));

const since = (began: number): number => (performance.now() - began) / 1_000;
const attributes = (kind: MessageKind, outcome: string) => ({ 'exchange.message.kind': MessageKind[kind], 'exchange.outcome': outcome });
