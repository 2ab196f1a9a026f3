// A clause that cannot fail says nothing: platforms that are right but for one break, each of which is found, by the clauses that are about it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ComputeClass,
  PartnerMessage as Message,
  type PartnerMessage,
  RemoteSupply,
  type RemoteTerms,
  ResidencyZone,
  type SignedMessage,
  Unit,
} from '#contracts';
import { slotAt } from '#domain';
import { PartnerKey } from '#testing';
import { type Content, Hearer } from '../hearer.js';
import { type Result, clauses } from '../run.js';
import { failedOf, notTriedOf, Program, programName } from './program.js';
import { SmallPlatform } from './small-platform.js';

const hour = 3_600_000;

/** Their clock stands but where it is waited. */
let now: number;
const opened: { close(): void }[] = [];
beforeEach(() => {
  now = Date.parse('2026-03-02T10:00:00+08:00');
});
afterEach(() => opened.splice(0).forEach((one) => one.close()));

async function resultsOf(small: SmallPlatform, ...only: string[]): Promise<Result[]> {
  const key = PartnerKey.make('national');
  const port = await small.listen({ name: programName, publicKey: key.publicKey });
  // Time passes only while the other side has nothing to say.
  const pass = async (ms: number): Promise<void> => {
    do await sleep(1);
    while (small.isBusy);
    now += ms;
  };
  const program = await Program.open(
    key,
    { name: small.name, publicKey: small.publicKey },
    `127.0.0.1:${port}`,
    { now: () => now, pass, ask: () => small.buy() },
    20_000,
  );
  opened.push(small, { close: () => program.end() });
  small.knows({ name: programName, publicKey: key.publicKey }, program.port);
  small.seller.adverts.set('a', advert());
  return program.run(...only);
}

const advert = (): RemoteSupply =>
  RemoteSupply.create({
    ...{
      advertId: 'a',
      computeClass: ComputeClass.INTELLIGENT,
      model: 'G2',
      unit: Unit.CARD,
      zone: ResidencyZone.DOMESTIC,
      region: 500_000,
    },
    ...{
      units: 64,
      price: 4_800_000,
      window: { from: slotAt(now) + 4, to: slotAt(now) + 40 },
      expiresAt: now + 24 * hour,
      unitsPerNode: 8,
    },
  });

const clock = (): number => now;

it('a platform that is right passes all', async () => {
  const results = await resultsOf(new SmallPlatform('Tianfu', clock));
  expect(failedOf(results)).toEqual([]);
  // Of what needs hours it says so.
  expect(notTriedOf(results).map((line) => line.split(':')[0])).toEqual(['usage.recorded', 'lease.told', 'statement.told']);
  expect(results.map(({ clause }) => clause)).toEqual(clauses.map(({ clause }) => clause));
});

/** Of what does not hold what, and the clauses that say so. */
const withHearer = (make: (...of: ConstructorParameters<typeof Hearer>) => Hearer) => () =>
  new SmallPlatform('Tianfu', clock, (small, partner) => make(...small.hearing(partner)));

class Forgetful extends Hearer {
  protected override async answerTo(signed: SignedMessage): Promise<SignedMessage> {
    this.journal.clear();
    return super.answerTo(signed);
  }
}
class Resigning extends Hearer {
  protected override async answerTo(signed: SignedMessage): Promise<SignedMessage> {
    const answer = await super.answerTo(signed);
    return this.key.sign(answer.message, answer.saidAt + (this.moves += 1));
  }
  private moves = 0;
}
class Forging extends Hearer {
  protected override async answerTo(signed: SignedMessage): Promise<SignedMessage> {
    const answer = await super.answerTo(signed);
    return { ...answer, signature: Buffer.from(answer.signature).reverse() };
  }
}
class OfOtherKey extends Hearer {
  private readonly other = PartnerKey.make();
  protected override async answerTo(signed: SignedMessage): Promise<SignedMessage> {
    const { message, saidAt } = await super.answerTo(signed);
    return this.other.sign(message, saidAt);
  }
}
class Believing extends Hearer {
  protected override whyNotOf(): undefined {
    return undefined;
  }
}
class KeepingWhatItRefuses extends Hearer {
  private readonly refused = new Set<string>();
  protected override whyNotOf(message: PartnerMessage, signed: SignedMessage): string | undefined {
    if (this.refused.has(message.id)) return 'it was refused before';
    const why = super.whyNotOf(message, signed);
    if (why) this.refused.add(message.id);
    return why;
  }
}
class WithoutRule extends Hearer {
  constructor(
    private readonly rule: string,
    ...of: ConstructorParameters<typeof Hearer>
  ) {
    super(...of);
  }
  protected override broken(message: PartnerMessage, saidAt: number, isKnownId: boolean): Content | undefined {
    const broken = super.broken(message, saidAt, isKnownId);
    return broken?.refused?.rule === this.rule ? undefined : broken;
  }
}
class RefusingForGood extends Hearer {
  protected override broken(message: PartnerMessage, saidAt: number, isKnownId: boolean): Content | undefined {
    const broken = super.broken(message, saidAt, isKnownId);
    return broken && { refused: { ...broken.refused!, again: false } };
  }
}
class Saying extends SmallPlatform {
  constructor(private readonly change: (answer: Content, message: PartnerMessage, small: SmallPlatform) => Content) {
    super('Tianfu', clock);
  }
  protected override does(message: PartnerMessage): Content {
    return this.change(super.does(message), message, this);
  }
}
class Impatient extends SmallPlatform {
  protected override async sayUntilAnswered(content: Content): Promise<PartnerMessage> {
    return (await this.speaker!.ask(this.speaker!.message(content))).message;
  }
}
/** Says the same content under another id each time. */
class Renaming extends SmallPlatform {
  protected override async sayUntilAnswered(content: Content): Promise<PartnerMessage> {
    for (let tries = 0; tries < 8; tries += 1)
      try {
        return (await this.speaker!.ask(this.speaker!.message(content))).message;
      } catch {
        this.waited += 1;
      }
    throw new Error('there is no answer');
  }
}
/** Says the same signed message. */
class Copying extends SmallPlatform {
  protected override async answerOf(message: Uint8Array): Promise<PartnerMessage> {
    return (await this.speaker!.ask(message, this.now())).message;
  }
}
/** Takes whatever comes for an answer. */
class Credulous extends SmallPlatform {
  protected override async answerOf(message: Uint8Array): Promise<PartnerMessage> {
    const signed = await this.speaker!.tell(this.speaker!.sign(message, this.now() + this.waited));
    return Message.decode(signed.message);
  }
}
class TakingOld extends SmallPlatform {
  private last = 0;
  protected override does(message: PartnerMessage): Content {
    const { statement } = message;
    return super.does(statement ? { ...message, statement: { ...statement, revision: (this.last += 1) } } : message);
  }
}
class Insisting extends SmallPlatform {
  protected override readonly commitsRefused = true;
}
class Changing extends SmallPlatform {
  protected override committed(terms: RemoteTerms): RemoteTerms {
    return { ...terms, price: terms.price + 100 };
  }
}
const small = (Kind: new (name: string, now: () => number) => SmallPlatform) => () => new Kind('Tianfu', clock);
const told = (change: (message: PartnerMessage) => Content) =>
  saying((answer, message) => (message.leaseState || message.usage || message.statement || message.netting ? change(message) : answer));
const saying = (change: (answer: Content, message: PartnerMessage, small: SmallPlatform) => Content) => () => new Saying(change);
/** What was cancelled is gone. */
function withholding(answer: Content, { cancel }: PartnerMessage, { seller }: SmallPlatform): Content {
  if (cancel) seller.adverts.set('a', { ...advert(), units: 0 });
  return answer;
}
let leases = 100;
const ignoring = (rule: string) =>
  saying((answer, { reserve, commit, quote }) => {
    if (answer.refused?.rule !== rule) return answer;
    if (reserve) return { reserveAnswer: { reservationId: reserve.reservationId, until: now + hour / 60, amount: 1n } };
    if (commit)
      return { commitAnswer: { reservationId: commit.reservationId, leases: [{ leaseId: 9, units: commit.terms!.units }], amount: 1n } };
    return quote ? { quoteAnswer: { units: 1 } } : answer;
  });

/** What clauses build on. */
const base = ['advertise.full', 'advertise.told', 'commit.made'];
const sale = ['sell.reserve', 'sell.next_best', 'sell.said_again', 'sell.commit'];
const needed = (by: readonly string[]): string[] =>
  by.some((name) => /^(sell|lease_state|usage|statement|netting)/.test(name)) ? [...base, ...sale] : base;

it.each<[string, () => SmallPlatform, string[]]>([
  [
    'forgets what it was told',
    withHearer((...of) => new Forgetful(...of)),
    ['hear.repeated', 'hear.at_once', 'hear.id_reused', 'reserve.repeated'],
  ],
  ['signs a recorded answer anew', withHearer((...of) => new Resigning(...of)), ['hear.repeated', 'hear.at_once', 'hear.id_reused']],
  ['signs wrongly', withHearer((...of) => new Forging(...of)), ['hear.hello']],
  ['signs by another key', withHearer((...of) => new OfOtherKey(...of)), ['hear.hello']],
  [
    'looks at no signature',
    withHearer((...of) => new Believing(...of)),
    [
      'hear.signature_wrong',
      'hear.signature_of_other_bytes',
      'hear.signature_of_other_time',
      'hear.key_unknown',
      'hear.suite_other',
      'hear.sender_unknown',
    ],
  ],
  [
    'keeps a message that it has refused by the call',
    withHearer((...of) => new KeepingWhatItRefuses(...of)),
    ['hear.signature_wrong', 'hear.key_unknown'],
  ],
  [
    'takes what was signed at any time',
    withHearer((...of) => new WithoutRule('clocks_must_agree', ...of)),
    ['hear.clock_ahead', 'hear.clock_behind'],
  ],
  ['refuses another clock for good', withHearer((...of) => new RefusingForGood(...of)), ['hear.clock_ahead', 'hear.clock_behind']],
  [
    'takes what came too late',
    withHearer((...of) => new WithoutRule('message_must_be_said_in_time', ...of)),
    ['hear.late', 'hear.no_valid_until'],
  ],
  ['takes an id twice', withHearer((...of) => new WithoutRule('message_id_must_not_be_reused', ...of)), ['hear.id_reused']],
  [
    'speaks any version',
    saying((answer, { hello }, { heardSerial }) => (hello ? { helloAnswer: { ...hello, versions: [1], heardSerial } } : answer)),
    ['hear.version_none'],
  ],
  [
    'answers what it does not know',
    saying((answer) => (answer.refused?.rule === 'message_kind_must_be_known' ? { cancelAnswer: { reservationId: 'whatever' } } : answer)),
    ['hear.kind_none', 'hear.kind_answer', 'hear.kind_later'],
  ],
  [
    'takes advertisements beyond a gap',
    saying((answer) => (answer.advertiseAnswer ? { advertiseAnswer: { ...answer.advertiseAnswer, wantsFull: false } } : answer)),
    ['advertise.gap', 'advertise.twice'],
  ],
  [
    'names no advert that it leaves out',
    saying((answer) => (answer.advertiseAnswer ? { advertiseAnswer: { ...answer.advertiseAnswer, refused: [] } } : answer)),
    ['advertise.rules'],
  ],
  [
    'forgets how far it has heard',
    saying((answer) => (answer.helloAnswer ? { helloAnswer: { ...answer.helloAnswer, heardSerial: 0 } } : answer)),
    ['advertise.counted'],
  ],
  [
    'quotes more than was asked for',
    saying((answer) => (answer.quoteAnswer ? { quoteAnswer: { units: 1_000 } } : answer)),
    ['quote.units'],
  ],
  [
    'tells another amount',
    saying((answer) => (answer.reserveAnswer ? { reserveAnswer: { ...answer.reserveAnswer, amount: 1n } } : answer)),
    ['reserve.made'],
  ],
  [
    'holds for an hour',
    saying((answer) => (answer.reserveAnswer ? { reserveAnswer: { ...answer.reserveAnswer, until: now + hour } } : answer)),
    ['reserve.made'],
  ],
  [
    'answers about another reservation',
    saying((answer) => (answer.reserveAnswer ? { reserveAnswer: { ...answer.reserveAnswer, reservationId: 'another-0001' } } : answer)),
    ['reserve.made'],
  ],
  [
    'commits half',
    saying((answer) => (answer.commitAnswer ? { commitAnswer: { ...answer.commitAnswer, leases: [{ leaseId: 1, units: 4 }] } } : answer)),
    ['commit.made'],
  ],
  [
    'sells twice',
    saying((answer) =>
      answer.commitAnswer ? { commitAnswer: { ...answer.commitAnswer, leases: [{ leaseId: (leases += 1), units: 8 }] } } : answer,
    ),
    ['commit.made'],
  ],
  ['gives nothing back', saying(withholding), ['cancel.gives_back']],
  ['cancels a lease', saying((answer, { cancel }) => (cancel ? { cancelAnswer: cancel } : answer)), ['cancel.committed']],
  ...[
    ...['window_must_not_be_empty', 'window_must_begin_in_time', 'advert_must_be_offered', 'terms_must_be_those_of_the_advert'],
    ...['window_must_lie_in_the_adverts', 'price_must_be_the_adverts', 'units_must_be_advertised'],
  ].map((rule): [string, () => SmallPlatform, string[]] => [`does not know ${rule}`, ignoring(rule), [`reserve.${rule}`]]),
  ['takes a reservation_id twice', ignoring('reservation_id_must_not_be_reused'), ['reserve.id_reused']],
  ['reserves what was cancelled', ignoring('reservation_must_not_be_released'), ['cancel.overtakes', 'commit.cancelled']],
  ['commits what nobody reserved', ignoring('reservation_must_be_known'), ['commit.unknown']],
  ['commits what it refused', ignoring('reservation_must_be_known'), ['commit.refused']],
  ['commits by other terms', ignoring('terms_must_be_those_reserved'), ['commit.terms_other']],
  ['commits what has expired', ignoring('reservation_must_not_have_expired'), ['commit.expired']],
  ['asks once', small(Impatient), ['sell.next_best']],
  ['asks again under another id', small(Renaming), ['sell.said_again']],
  ['sends the same signature again', small(Copying), ['sell.said_again']],
  ['takes anything for an answer', small(Credulous), ['sell.next_best']],
  ['commits what was refused to it', small(Insisting), ['sell.refused']],
  ['commits at another price', small(Changing), ['sell.commit']],
  [
    'believes all that is told of leases',
    told(({ leaseState }) =>
      leaseState
        ? { leaseStateAnswer: { reservationId: leaseState.reservationId, heardSerial: leaseState.serial } }
        : { usageAnswer: { recorded: 1, duplicates: 0 } },
    ),
    ['lease_state.old', 'lease_state.unknown', 'lease_state.window', 'lease_state.most', 'usage.unknown', 'usage.most'],
  ],
  [
    'finds no difference, and nets whatever is proposed',
    told(({ statement, netting, leaseState }) => {
      if (leaseState) return { leaseStateAnswer: { reservationId: leaseState.reservationId, heardSerial: leaseState.serial } };
      if (netting) return { nettingAnswer: netting };
      const { day = 1, revision = 1 } = statement ?? {};
      return { statementAnswer: { day, revision, differences: [], adjustmentDifferences: [], compensationDifferences: [] } };
    }),
    ['statement.differs', 'statement.once', 'statement.begun', 'netting.empty', 'netting.over', 'netting.unlike'],
  ],
  ['takes an old statement for the last', small(TakingOld), ['statement.old']],
])('a platform that %s is found', async (_what, make, by) => {
  const failed = failedOf(await resultsOf(make(), ...needed(by), ...by)).map((line) => line.split(':')[0]);
  expect(failed).toEqual(expect.arrayContaining(by));
});
