// between two whole exchanges, each with its own database, clock and key, and a door on the way to either: what is lost, late or forgotten has a defined outcome.
import { MessageDirection, MessageKind, MessageOutcome, ResidencyZone, SupplyDefinition } from '#contracts';
import { Door } from '#testing';
import { Platform, supplyOf, usual } from './platforms.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const patienceMs = 30_000;

let shuitu: Platform;
let tianfu: Platform;
/** On the way to Tianfu. */
let door: Door;
beforeEach(async () => {
  [shuitu, tianfu] = await Promise.all([Platform.open('Shuitu'), Platform.open('Tianfu', 'national')]);
  door = await Door.open(tianfu.port);
});
afterEach(async () => {
  await Promise.all([shuitu?.stop(), tianfu?.stop()]);
  await door?.close();
});

/** Each knows the other, and both have said hello. */
async function joined(): Promise<void> {
  await shuitu.register(tianfu, door.port);
  await tianfu.register(shuitu, shuitu.port);
  await tianfu.exchange.advance();
  await shuitu.exchange.advance(minute);
  await tianfu.exchange.advance(minute);
}

const offer = (platform: Platform, advertId: string, change = {}) =>
  platform.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf(advertId, change) });
const advertsAt = async (platform: Platform) => {
  const { advertisements } = await platform.exchange.call(SupplyDefinition).listAdvertisements({});
  return advertisements.map(({ platform: from, supply }) => `${from}/${supply!.advertId}`);
};
const saidBy = async (platform: Platform, outcome = MessageOutcome.UNSPECIFIED) => {
  const { messages } = await platform.partners.listPartnerMessages({
    ...{ direction: MessageDirection.SAID, kind: MessageKind.ADVERTISE, outcome },
  });
  return messages;
};
const heardBy = async (platform: Platform) => {
  const rows = await platform.sql<{ count: string }>('select count(*) from interconnect.messages where direction = 2 and kind = 2');
  return Number(rows[0]!.count);
};
const serials = async () => ({
  said: (await shuitu.partners.getPartner({ platform: 'Tianfu' })).saidSerial,
  heard: (await tianfu.partners.getPartner({ platform: 'Shuitu' })).heardSerial,
});

async function becomes(is: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await is());) {
    if (Date.now() > deadline) throw new Error('it_must_come_to_that_in_time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('hello agrees on a version, tells clocks and keys; supply of before is then told whole, and changes of it as they come', async () => {
  await offer(shuitu, 'a');
  await offer(shuitu, 'abroad', { zone: ResidencyZone.ABROAD });
  await joined();
  expect(await shuitu.partners.getPartner({ platform: 'Tianfu' })).toMatchObject({
    ...{
      version: 1,
      capabilities: [
        'advertise',
        'quote',
        'reserve',
        'commit',
        'cancel',
        'lease_state',
        'usage',
        'statement',
        'netting',
        'adjustment',
        'compensation',
        'supply_by_slot',
      ],
      toldKeys: [],
      clockAheadMs: expect.any(Number) as number,
    },
  });
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
  await offer(shuitu, 'b');
  await offer(tianfu, 'c');
  await shuitu.exchange.call(SupplyDefinition).withdrawSupply({ advertId: 'a' });
  await shuitu.exchange.advance();
  await tianfu.exchange.advance();
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/b']);
  expect(await advertsAt(shuitu)).toEqual(['Tianfu/c']);
  expect(await saidBy(shuitu, MessageOutcome.UNANSWERED)).toEqual([]);
});

it('a lost request is said again until it is heard', async () => {
  await joined();
  door.shut();
  await offer(shuitu, 'a');
  await shuitu.exchange.advance(5 * second);
  expect(await advertsAt(tianfu)).toEqual([]);
  const [waiting] = await saidBy(shuitu, MessageOutcome.UNANSWERED);
  expect(waiting!.attempts).toBeGreaterThan(1);
  expect(waiting!.lastFailure).not.toBe('');
  door.unshut();
  await shuitu.exchange.advance(minute);
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
  expect(await saidBy(shuitu, MessageOutcome.UNANSWERED)).toEqual([]);
});

it('a lost answer is asked for: the message was done once', async () => {
  await joined();
  const before = await heardBy(tianfu);
  door.hold();
  await offer(shuitu, 'a');
  const asked = shuitu.exchange.advance();
  await becomes(async () => (await heardBy(tianfu)) > before);
  expect(await saidBy(shuitu, MessageOutcome.UNANSWERED)).toHaveLength(1);
  door.shut();
  await asked;
  door.unshut();
  await shuitu.exchange.advance(minute);
  expect(await saidBy(shuitu, MessageOutcome.UNANSWERED)).toEqual([]);
  expect(await heardBy(tianfu)).toBe(before + 1);
  expect(await serials()).toEqual({ said: 2, heard: 2 });
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
});

it('a message that waits beyond its time is refused for good, and all is told anew', async () => {
  await joined();
  door.shut();
  await offer(shuitu, 'a');
  await Promise.all([shuitu.exchange.advance(2 * hour), tianfu.exchange.advance(2 * hour)]);
  door.unshut();
  await shuitu.exchange.advance(minute);
  const refused = await saidBy(shuitu, MessageOutcome.REFUSED);
  expect(refused.map(({ rule }) => rule)).toEqual(['message_must_be_said_in_time']);
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
});

it('where the clocks are an hour apart nothing is heard, and what was said is heard once they agree', async () => {
  await joined();
  await tianfu.exchange.advance(hour);
  await offer(shuitu, 'a');
  await shuitu.exchange.advance();
  const [waiting] = await saidBy(shuitu, MessageOutcome.UNANSWERED);
  expect(waiting!.lastFailure).toMatch(/^clocks_must_agree: /);
  expect(await advertsAt(tianfu)).toEqual([]);
  await shuitu.exchange.advance(hour - minute);
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
});

it('an answer that is not signed by a registered key is none', async () => {
  await joined();
  const [key] = (await shuitu.partners.getPartner({ platform: 'Tianfu' })).keys;
  await shuitu.partners.endPartnerKey({ platform: 'Tianfu', keyId: key!.keyId, reason: 'lost' });
  await offer(shuitu, 'a');
  await shuitu.exchange.advance();
  const [waiting] = await saidBy(shuitu, MessageOutcome.UNANSWERED);
  expect(waiting!.lastFailure).toMatch(/^answer_must_be_signed_by_the_partner: /);
  await shuitu.sql('update interconnect.partner_keys set valid_until = null');
  await shuitu.exchange.advance(minute);
  expect(await saidBy(shuitu, MessageOutcome.UNANSWERED)).toEqual([]);
});

it('a partner restored from before is noticed in the next hello, and told all anew', async () => {
  await joined();
  await offer(shuitu, 'a');
  await shuitu.exchange.advance();
  expect(await serials()).toEqual({ said: 2, heard: 2 });
  await forgetNewest(tianfu, 'Shuitu');
  expect(await advertsAt(tianfu)).toEqual([]);
  await shuitu.exchange.advance(10 * minute);
  await tianfu.exchange.advance(10 * minute);
  await shuitu.exchange.advance(minute);
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
  expect(await serials()).toEqual({ said: 3, heard: 3 });
});

it('a sender restored from before goes on behind what its partner has heard', async () => {
  await joined();
  for (const id of ['a', 'b']) {
    await offer(shuitu, id);
    await shuitu.exchange.advance();
  }
  expect(await serials()).toEqual({ said: 3, heard: 3 });
  await shuitu.sql('update interconnect.partner_talk set said_serial = 1');
  await offer(shuitu, 'c');
  await shuitu.exchange.advance();
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a', 'Shuitu/b', 'Shuitu/c']);
  expect(await serials()).toEqual({ said: 4, heard: 4 });
});

it('new limits take away what is beyond them; what a suspended partner missed it is told when it is resumed', async () => {
  await shuitu.register(tianfu, door.port, { zones: [ResidencyZone.DOMESTIC, ResidencyZone.ABROAD] });
  await tianfu.register(shuitu, shuitu.port, { zones: [ResidencyZone.DOMESTIC, ResidencyZone.ABROAD] });
  await offer(shuitu, 'a');
  await offer(shuitu, 'abroad', { zone: ResidencyZone.ABROAD });
  await tianfu.exchange.advance();
  await shuitu.exchange.advance(minute);
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a', 'Shuitu/abroad']);
  await shuitu.partners.amendPartner({ platform: 'Tianfu', details: usual(door.port), reason: 'no grant any more' });
  await shuitu.exchange.advance();
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
  await shuitu.partners.suspendPartner({ platform: 'Tianfu', reason: 'audit' });
  await offer(shuitu, 'b');
  await shuitu.exchange.advance();
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a']);
  await shuitu.partners.resumePartner({ platform: 'Tianfu', reason: 'audit passed' });
  await shuitu.exchange.advance(minute);
  expect(await advertsAt(tianfu)).toEqual(['Shuitu/a', 'Shuitu/b']);
});

/** As a database that was brought back to before the newest advertisement was heard: what it did is gone with what is known of it. */
async function forgetNewest(platform: Platform, partner: string): Promise<void> {
  const [newest] = await platform.sql<{ number: string }>(
    'select max(number) as number from interconnect.messages where platform = $1 and direction = 2 and kind = 2',
    [partner],
  );
  await platform.sql('delete from interconnect.answers where number = $1', [newest!.number]);
  await platform.sql('delete from interconnect.messages where number = $1', [newest!.number]);
  await platform.sql('delete from interconnect.remote_supply where platform = $1', [partner]);
  await platform.sql('update interconnect.partner_talk set heard_serial = heard_serial - 1 where platform = $1', [partner]);
}
