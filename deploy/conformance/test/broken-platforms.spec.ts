// A clause that cannot fail says nothing: platforms that are right but for one break, each of which is found, by the clauses that are about it.
import { ComputeClass, type PartnerMessage, RemoteSupply, ResidencyZone, type SignedMessage, Unit } from '#contracts';
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
  // A little of true time too, in which the other side says what it has to say.
  const pass = (ms: number): Promise<void> => ((now += ms), new Promise((resolve) => setTimeout(resolve, 1)));
  const program = await Program.open(
    key,
    { name: small.name, publicKey: small.publicKey },
    `127.0.0.1:${port}`,
    { now: () => now, pass },
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
  expect(notTriedOf(results)).toEqual([]);
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
])('a platform that %s is found', async (_what, make, by) => {
  const failed = failedOf(await resultsOf(make(), 'advertise.told', ...by)).map((line) => line.split(':')[0]);
  expect(failed).toEqual(expect.arrayContaining(by));
});
