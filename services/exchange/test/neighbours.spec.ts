// between two platforms that are processes of their own, each with its own database, keys and certificate: the table of docs/interconnection.md.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComputeClass, PartnerMessage, RemoteTerms, ResidencyZone, Unit } from '#contracts';
import type { RemoteSupply, SignedMessage } from '#contracts';
import { Authority, build } from '#testing';
import type { Json } from '../src/demo/client.js';
import { slotMs } from '../src/demo/orders.js';
import { participant } from '../src/demo/registering.js';
import { book, openSmallMarket } from '../src/demo/small-market.js';
import { Neighbour, eventually } from './neighbour.js';

/** What a killed process had taken up waits a minute, and a start takes its time. */
const longMs = 300_000;
const minute = 60_000;
const hour = 60 * minute;

let folder: string;
let shuitu: Neighbour;
let tianfu: Neighbour;
/** Who buys at Tianfu for Shuitu. */
let partnerId: number;

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'exchange-neighbours-'));
  await chmod(folder, 0o755);
  const start = async (name: string) => Neighbour.start(name, folder, await Authority.make());
  [shuitu, tianfu] = await Promise.all([start('Shuitu'), start('Tianfu')]);
  ({ capabilities } = (await shuitu.get('/v1/interconnect/platform')) as { capabilities: string[] });
  await shuitu.register(tianfu);
  partnerId = await tianfu.register(shuitu);
  await eventually(() => shuitu.get('/v1/interconnect/partners/Tianfu'), hasVersion);
  await eventually(() => tianfu.get('/v1/interconnect/partners/Shuitu'), hasVersion);
}, 180_000);

afterAll(async () => {
  await Promise.all([shuitu?.close(), tianfu?.close()]);
  await rm(folder, { recursive: true, force: true });
});

const hasVersion = ({ version }: Json): boolean => version === 1;
const day = (ahead: number): number => Math.floor((Date.now() + ahead * 24 * hour) / slotMs);

/** Of the operator's API. */
const offer = (platform: Neighbour, advertId: string) =>
  platform.post('/v1/interconnect/supply', {
    supply: {
      ...{ advertId, computeClass: 'INTELLIGENT', model: 'T4', domestic: false, unit: 'CARD', zone: 'DOMESTIC', region: 500000, units: 64 },
      ...{ price: '2.00', window: { from: rfc(day(1)), to: rfc(day(2)) }, expiresAt: new Date(Date.now() + 24 * hour).toISOString() },
    },
  });
const rfc = (slot: number): string => new Date(slot * slotMs).toISOString();

const advertsAt = async (platform: Neighbour): Promise<string[]> => {
  const { advertisements = [] } = (await platform.get('/v1/interconnect/advertisements?limit=1000')) as {
    advertisements?: { supply: { advertId: string } }[];
  };
  return advertisements.map(({ supply }) => supply.advertId);
};
const unanswered = async (platform: Neighbour): Promise<Json[]> => {
  const { messages = [] } = await platform.get('/v1/interconnect/messages?outcome=UNANSWERED');
  return messages as Json[];
};
const idsHeardAt = async (platform: Neighbour): Promise<unknown[]> => {
  const { messages = [] } = await platform.get('/v1/interconnect/messages?direction=HEARD&limit=1000');
  return (messages as Json[]).map(({ id }) => id);
};
const has =
  (...ids: string[]) =>
  (adverts: string[]): boolean =>
    ids.every((id) => adverts.includes(id));
const isEmpty = (rows: unknown[]): boolean => rows.length === 0;
/** Says hello at once. */
async function greet(platform: Neighbour, other: string): Promise<void> {
  await platform.post(`/v1/interconnect/partners/${other}/suspend`, { reason: 'test' });
  await platform.post(`/v1/interconnect/partners/${other}/resume`, { reason: 'test' });
}
/** Of messages that are not to be heard. */
const id = 'that-nobody-said';
/** Of every platform here; one that named fewer would be told less from then on. */
let capabilities: string[];
const hello = () => ({ hello: { versions: [1], capabilities, keys: [], time: Date.now(), saidSerial: 0, heardSerial: 0 } });
const supply: RemoteSupply = {
  ...{ advertId: 'z', computeClass: ComputeClass.INTELLIGENT, model: 'T4', domestic: false, unit: Unit.CARD, zone: ResidencyZone.DOMESTIC },
  ...{
    region: 500_000,
    units: 64,
    price: 2_000_000,
    window: { from: day(1), to: day(2) },
    roundTripUs: 0,
    gigabitsPerSecond: 0,
    greenShareBp: 0,
  },
  ...{ pueMilli: 0, expiresAt: Date.now() + hour, unitsPerNode: 8, securityGrade: 3, nodeShape: undefined, unitsBySlot: undefined },
};
const answerOf = ({ message }: SignedMessage): PartnerMessage => PartnerMessage.decode(message);
const hex = ({ message }: SignedMessage): string => Buffer.from(message).toString('hex');

it('by TLS and signatures: supply is told and heard', async () => {
  await offer(tianfu, 'first');
  await eventually(() => advertsAt(shuitu), has('first'));
  await eventually(() => unanswered(tianfu), isEmpty);
});

it('a platform whose certificate another authority has given is not believed to be the partner', async () => {
  const stranger = await Authority.make();
  await shuitu.amend(tianfu, stranger.ca);
  await offer(shuitu, 'from-shuitu');
  await eventually(
    () => unanswered(shuitu),
    ([row]) => /certificate/.test(String(row?.lastFailure)),
  );
  await shuitu.amend(tianfu, tianfu.authority.ca);
  await eventually(() => advertsAt(tianfu), has('from-shuitu'));
});

describe('what nobody can be held to is refused by the call, and leaves nothing', () => {
  it.each<[string, number, () => SignedMessage]>([
    ['a wrong signature', 16, () => ({ ...shuitu.signed(shuitu.message(tianfu, { id, ...hello() })), signature: Buffer.alloc(64, 1) })],
    [
      'a signature of other bytes',
      16,
      () => ({
        ...shuitu.signed(shuitu.message(tianfu, { id, ...hello() })),
        message: shuitu.message(tianfu, { id, ...hello(), madeAt: 1 }),
      }),
    ],
    ['another platform’s key', 16, () => tianfu.signed(shuitu.message(tianfu, { id, ...hello() }))],
    ['an unknown sender', 16, () => shuitu.signed(shuitu.message(tianfu, { id, ...hello(), from: 'Nobody' }))],
    ['bytes that are no message', 3, () => shuitu.signed(Buffer.from('ffffffff', 'hex'))],
    ['a message cut off', 3, () => shuitu.signed(shuitu.message(tianfu, { id, ...hello() }).subarray(0, -1))],
    ['more than a mebibyte', 3, () => shuitu.signed(Buffer.alloc((1 << 20) + 1))],
    ['more than any message may have', 8, () => shuitu.signed(Buffer.alloc(9 << 20))],
  ])('%s', async (_name, code, made) => {
    await expect(shuitu.tell(tianfu, made())).rejects.toMatchObject({ code });
    expect(await idsHeardAt(tianfu)).not.toContain(id);
  });
});

it('the same message three times at once, and replayed later, has one answer, byte for byte; other bytes under its id none of it', async () => {
  const once = randomUUID();
  const message = shuitu.message(tianfu, { id: once, ...hello() });
  const answers = await Promise.all([1, 2, 3].map(() => shuitu.tell(tianfu, shuitu.signed(message))));
  const copy = shuitu.signed(message, Date.now() - 10 * minute);
  answers.push(await shuitu.tell(tianfu, copy));
  expect(new Set(answers.map(hex)).size).toBe(1);
  const other = await shuitu.tell(tianfu, shuitu.signed(shuitu.message(tianfu, { id: once, ...hello(), madeAt: 1 })));
  expect(answerOf(other).refused).toMatchObject({ rule: 'message_id_must_not_be_reused', again: false });
});

it.each([hour, -hour])('a clock %i ms off: refused with the time, kept nowhere, and heard once they agree', async (ms) => {
  const message = shuitu.message(tianfu, hello());
  const refused = answerOf(await shuitu.tell(tianfu, shuitu.signed(message, Date.now() + ms)));
  expect(refused.refused).toMatchObject({ rule: 'clocks_must_agree', again: true });
  expect(answerOf(await shuitu.tell(tianfu, shuitu.signed(message))).helloAnswer).toBeDefined();
});

it('delayed beyond its time it is refused for good', async () => {
  const message = shuitu.message(tianfu, { ...hello(), validUntil: Date.now() - 1 });
  const refused = await shuitu.tell(tianfu, shuitu.signed(message));
  expect(answerOf(refused).refused).toMatchObject({ rule: 'message_must_be_said_in_time', again: false });
  expect(hex(await shuitu.tell(tianfu, shuitu.signed(message)))).toBe(hex(refused));
});

it('out of order: a gap asks for all, and what is older is left', async () => {
  const { heardSerial = 0 } = (await tianfu.get('/v1/interconnect/partners/Shuitu')) as { heardSerial?: number };
  const say = async (serial: number, full: boolean) =>
    answerOf(
      await shuitu.tell(tianfu, shuitu.signed(shuitu.message(tianfu, { advertise: { serial, full, supply: [supply], withdrawn: [] } }))),
    );
  expect((await say(heardSerial + 2, false)).advertiseAnswer).toMatchObject({ heardSerial, wantsFull: true });
  expect((await say(heardSerial + 2, true)).advertiseAnswer).toMatchObject({ heardSerial: heardSerial + 2, wantsFull: false });
  expect((await say(heardSerial + 1, false)).advertiseAnswer).toMatchObject({ heardSerial: heardSerial + 2 });
});

it('a lost request, and a lost answer: said again until there is one', async () => {
  shuitu.way.door.shut();
  await offer(tianfu, 'lost');
  await eventually(
    () => unanswered(tianfu),
    ([row]) => Number(row?.attempts ?? 0) > 0,
  );
  expect(await advertsAt(shuitu)).not.toContain('lost');
  shuitu.way.door.unshut();
  await eventually(() => advertsAt(shuitu), has('lost'));
  await eventually(() => unanswered(tianfu), isEmpty);
  shuitu.way.door.hold();
  await offer(tianfu, 'unheard');
  await eventually(() => advertsAt(shuitu), has('unheard'));
  expect(await unanswered(tianfu)).toHaveLength(1);
  shuitu.way.door.shut();
  shuitu.way.door.unshut();
  await eventually(() => unanswered(tianfu), isEmpty);
});

/** Key of who buys at Shuitu. */
let buyer: string;
const tomorrow = day(1);

const bid = (durationSlots: number): Json => ({
  terms: {
    ...{ books: [book], units: 8, perNode: 8, durationSlots, earliest: rfc(tomorrow + 8), latest: rfc(tomorrow + 8 + durationSlots) },
    ...{ limitPrice: '2.50', timeInForce: 'GTC', placement: 'ONE_POOL' },
  },
});
/** What either side has of pieces that are trades. */
const items = async (platform: Neighbour, other: string): Promise<string[]> => {
  const rows: string[] = [];
  for await (const { reservationId, ours } of platform.api.list(
    platform.operator,
    `/v1/interconnect/partners/${other}/statement-items`,
    'items',
  ))
    rows.push(`${String(reservationId)} ${String(ours)}`);
  return rows.sort();
};

describe('a bid at Shuitu takes what Tianfu has', () => {
  beforeAll(async () => {
    await openSmallMarket(tianfu.api, tianfu.operator, 20, bid(1));
    await tianfu.post('/v1/deposits', { participantId: partnerId, amount: '1000000.00', bankReference: 'from Shuitu' });
    const details = { name: 'buyer', roles: ['BUYER'], region: 500000, industry: 'I', size: 'LARGE', orderRatePerSecond: 1_000_000 };
    const { id, key } = await participant(shuitu.api, shuitu.operator, details);
    await shuitu.post('/v1/deposits', { participantId: id, amount: '1000000.00', bankReference: 'of the buyer' });
    buyer = key;
    await offer(tianfu, 'for-sale');
    await eventually(() => advertsAt(shuitu), has('for-sale'));
  }, 180_000);

  const leases = async (): Promise<Json[]> => ((await shuitu.api.get(buyer, '/v1/leases?limit=1000')).leases ?? []) as Json[];

  it(
    'reserved, committed, a lease on both sides, at one price',
    async () => {
      await eventually(() => shuitu.api.post(buyer, '/v1/bids', bid(8)));
      await eventually(leases, (made) => made.length === 1);
      const bought = await items(shuitu, 'Tianfu');
      expect(bought).toEqual([expect.stringMatching(/ 32$/)]);
      expect(await items(tianfu, 'Shuitu')).toEqual(bought);
    },
    longMs,
  );

  it(
    'killed in the midst of commits, and begun again: each piece is decided, and both sides have the same',
    async () => {
      const bids = Array.from({ length: 12 }, () => shuitu.api.post(buyer, '/v1/bids', bid(4), randomUUID()));
      await eventually(
        () => items(shuitu, 'Tianfu'),
        (made) => made.length > 2,
      );
      await tianfu.kill();
      const placed = await Promise.all(bids);
      await tianfu.begin();
      await eventually(() => unanswered(shuitu), isEmpty);
      // What the partner said of a piece is an item at once; a lease only once the market has heard of it, and its tables show it.
      await eventually(
        () => Promise.all(placed.map(({ bidId }) => shuitu.api.get(buyer, `/v1/bids/${String(bidId)}`))),
        (shown) => shown.every(({ reserved = 0 }) => reserved === 0),
      );
      const bought = await items(shuitu, 'Tianfu');
      expect(bought.length).toBeGreaterThan(3);
      await eventually(leases, (made) => made.length >= bought.length);
      expect(await items(tianfu, 'Shuitu')).toEqual(bought);
      expect(await leases()).toHaveLength(bought.length);
    },
    longMs,
  );
});

describe('what may befall a reserve and a commit on their way', () => {
  const terms = (): RemoteTerms =>
    RemoteTerms.create({
      ...{ advertId: 'for-sale', computeClass: ComputeClass.INTELLIGENT, model: 'T4', unit: Unit.CARD, zone: ResidencyZone.DOMESTIC },
      ...{ region: 500_000, units: 8, perNode: 8, window: { from: tomorrow + 40, to: tomorrow + 44 }, price: 2_000_000 },
    });
  const said = async (content: Partial<PartnerMessage>) =>
    answerOf(await shuitu.tell(tianfu, shuitu.signed(shuitu.message(tianfu, content))));
  const reserve = (reservationId: string, holdMs = minute) => ({
    reserve: { reservationId, terms: terms(), holdMs, image: '', publicKey: '' },
  });
  const commit = (reservationId: string) => ({ commit: { reservationId, terms: terms() } });
  const late = { validUntil: Date.now() - 1 };
  /** Leases that Tianfu has sold under the id. */
  const sold = async (reservationId: string) => (await items(tianfu, 'Shuitu')).filter((item) => item.startsWith(reservationId)).length;
  const boughtAlike = async () => {
    const bought = await items(shuitu, 'Tianfu');
    expect(await items(tianfu, 'Shuitu')).toEqual(expect.arrayContaining(bought));
    return bought.length;
  };
  const filled = async (id: unknown) =>
    eventually(
      () => shuitu.api.get(buyer, `/v1/bids/${String(id)}`),
      ({ state }) => state === 'FILLED',
    );

  it('told three times at once each has one answer, byte for byte, and one lease is made', async () => {
    const reservationId = randomUUID();
    for (const content of [reserve(reservationId), commit(reservationId)]) {
      const message = shuitu.message(tianfu, content);
      const answers = await Promise.all([1, 2, 3].map(() => shuitu.tell(tianfu, shuitu.signed(message))));
      expect(new Set(answers.map(hex)).size).toBe(1);
      expect(answerOf(answers[0]!).refused).toBeUndefined();
    }
    expect(await sold(reservationId)).toBe(1);
  });

  it.each<[string, (id: string) => Promise<unknown>, Partial<PartnerMessage>, string]>([
    ['of what was never reserved', async () => undefined, {}, 'reservation_must_be_known'],
    ['whose reserve came after its time', (id) => said({ ...reserve(id), ...late }), {}, 'reservation_must_be_known'],
    ['after the reservation has expired', expired, {}, 'reservation_must_not_have_expired'],
    [
      'after it was cancelled',
      async (id) => [await said(reserve(id)), await said({ cancel: { reservationId: id } })],
      {},
      'reservation_must_not_be_released',
    ],
    ['that comes after its own time', (id) => said(reserve(id)), late, 'message_must_be_said_in_time'],
  ])('a commit %s is refused for good, and nothing is sold', async (_name, between, change, rule) => {
    const reservationId = randomUUID();
    await between(reservationId);
    expect((await said({ ...commit(reservationId), ...change })).refused).toMatchObject({ rule, again: false });
    expect(await sold(reservationId)).toBe(0);
  });

  async function expired(reservationId: string): Promise<void> {
    const { reserveAnswer } = await said(reserve(reservationId, 1_000));
    await eventually(async () => Date.now() > reserveAnswer!.until, Boolean);
  }

  it(
    'a reserve is lost, and the answer to one is lost: a lease of each, once',
    async () => {
      const before = await boughtAlike();
      tianfu.way.door.shut();
      const { bidId: first } = await shuitu.api.post(buyer, '/v1/bids', bid(4), randomUUID());
      await eventually(
        () => unanswered(shuitu),
        ([row]) => row?.kind === 'RESERVE' && Number(row.attempts) > 0,
      );
      tianfu.way.door.unshut();
      await filled(first);
      const heard = (await idsHeardAt(tianfu)).length;
      tianfu.way.door.hold();
      const { bidId: second } = await shuitu.api.post(buyer, '/v1/bids', bid(4), randomUUID());
      await eventually(
        () => idsHeardAt(tianfu),
        (ids) => ids.length > heard,
      );
      tianfu.way.door.shut();
      tianfu.way.door.unshut();
      await filled(second);
      expect(await boughtAlike()).toBe(before + 2);
    },
    longMs,
  );

  it(
    'the seller is restored from before the reservation while its commit has no answer: it is refused for good, and the bid asks anew',
    async () => {
      await tianfu.stop();
      tianfu.backUp();
      await tianfu.begin();
      const before = await boughtAlike();
      tianfu.way.door.delayMs = () => 500;
      const { bidId } = await shuitu.api.post(buyer, '/v1/bids', bid(4), randomUUID());
      await eventually(
        () => unanswered(shuitu),
        ([row]) => row?.kind === 'COMMIT',
      );
      tianfu.way.door.shut();
      tianfu.way.door.delayMs = () => 0;
      await tianfu.stop();
      tianfu.restore();
      await tianfu.begin();
      tianfu.way.door.unshut();
      await filled(bidId);
      const { messages } = await shuitu.get('/v1/interconnect/messages?kind=COMMIT&outcome=REFUSED');
      expect(messages).toMatchObject([{ rule: 'reservation_must_be_known' }]);
      expect(await boughtAlike()).toBe(before + 1);
    },
    longMs,
  );
});

it(
  'killed while it is told, and killed while it tells, all has come in the end',
  async () => {
    const ids = Array.from({ length: 20 }, (_, nth) => `kill-${nth}`);
    for (const id of ids.slice(0, 10)) await offer(tianfu, id);
    await shuitu.kill();
    for (const id of ids.slice(10)) await offer(tianfu, id);
    await tianfu.kill();
    // However long what was killed might have gone on with what it had taken up: nobody waits for it.
    await tianfu.onDatabase('update interconnect.waiting set next_at = next_at + 3600000');
    await Promise.all([shuitu.begin(), tianfu.begin()]);
    await eventually(() => advertsAt(shuitu), has(...ids));
    await eventually(() => unanswered(tianfu), isEmpty);
  },
  longMs,
);

it(
  'restored from an older back-up it is told all anew, whichever side it was',
  async () => {
    await eventually(() => unanswered(shuitu), isEmpty);
    await shuitu.stop();
    shuitu.backUp();
    await shuitu.begin();
    await offer(tianfu, 'after');
    await eventually(() => advertsAt(shuitu), has('after'));
    await shuitu.stop();
    shuitu.restore();
    await shuitu.begin();
    expect(await advertsAt(shuitu)).not.toContain('after');
    await greet(tianfu, 'Shuitu');
    await eventually(() => advertsAt(shuitu), has('after'));
    await tianfu.stop();
    tianfu.backUp();
    await tianfu.begin();
    await offer(tianfu, 'forgotten');
    await eventually(() => advertsAt(shuitu), has('forgotten'));
    await tianfu.stop();
    tianfu.restore();
    await tianfu.begin();
    await offer(tianfu, 'instead');
    await eventually(
      () => advertsAt(shuitu),
      (adverts) => adverts.includes('instead') && !adverts.includes('forgotten'),
    );
  },
  longMs,
);
