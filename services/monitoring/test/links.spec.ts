// Links as agents measure them, and what the market counts of it.
import { Injectable, Module } from '@nestjs/common';
import { Compliance, LinkChanged, LinkProbingDefinition, LinkPromise, ProbeSource, RegistryDefinition } from '#contracts';
import { Api, rfc, smallMarket } from '#demo';
import { slotAt } from '#domain';
import { modules } from '#exchange';
import { type EventMeta, On, type Tx, service } from '#platform';
import { type TestCaller, type TestExchange, operator, testExchange } from '#testing';
import { type LinkMeasure, type Telling, brokenByProbe, tellingOf } from '../src/core/link-measure.js';

/** What the market hears of links. */
@Injectable()
class Heard {
  readonly roundTrips: number[] = [];

  @On(LinkChanged)
  async link({ roundTripUs }: LinkChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.roundTrips.push(roundTripUs);
  }
}
@Module({ imports: [service({ name: 'heard' })], providers: [Heard] })
class HeardModule {}

const minute = 60_000;
const at = 1_800_000_000_000;
const measure = (part: Partial<LinkMeasure> = {}): LinkMeasure => ({
  ...{ roundTripUs: 20_000, oneWayUs: 0, megabitsPerSecond: 0, probes: 3, byOperator: true, newestAt: at },
  ...part,
});
const told = (part: Partial<Telling> = {}): Telling => ({ roundTripUs: 20_000, byOperator: true, toldAt: at - 5 * minute, ...part });

describe('R-7, R-11: what the market is told of a link', () => {
  it.each<[string, Telling, LinkMeasure | undefined, number | undefined]>([
    ['the first measurement', told({ roundTripUs: 0, toldAt: 0 }), measure(), 20_000],
    ['nothing of two probes', told({ roundTripUs: 0, toldAt: 0 }), measure({ probes: 2 }), undefined],
    ['no jitter of a tenth, longer', told(), measure({ roundTripUs: 22_000 }), undefined],
    ['no jitter of a tenth, shorter', told(), measure({ roundTripUs: 18_000 }), undefined],
    ['more than a tenth, longer', told(), measure({ roundTripUs: 22_001 }), 22_001],
    ['more than a tenth, shorter', told(), measure({ roundTripUs: 17_999 }), 17_999],
    ['nothing within five minutes', told({ toldAt: at - 5 * minute + 1 }), measure({ roundTripUs: 40_000 }), undefined],
    ['the same by another source', told(), measure({ byOperator: false }), 20_000],
    ['what is fifteen minutes old', told(), measure({ roundTripUs: 40_000, newestAt: at - 15 * minute }), 40_000],
    ['the promise, once what was measured is older', told({ toldAt: at }), measure({ newestAt: at - 15 * minute - 1 }), 0],
    ['the promise, where no probe is left', told({ toldAt: at }), undefined, 0],
    ['the promise once', told({ roundTripUs: 0 }), undefined, undefined],
  ])('is %s', (_name, before, measured, expected) => {
    expect(tellingOf(before, measured, at)).toBe(expected);
  });

  it.each([
    [{ roundTripUs: 10, oneWayUs: 10, megabitsPerSecond: 110_000 }, null],
    [{ roundTripUs: 10, oneWayUs: 11, megabitsPerSecond: 0 }, ['oneWayUs', 'round_trip_must_not_be_shorter_than_one_way']],
    [{ roundTripUs: 10, oneWayUs: 0, megabitsPerSecond: 110_001 }, ['megabitsPerSecond', 'throughput_must_not_exceed_the_link']],
  ])('%j of a link of 100 Gbit/s breaks %j', (probe, broken) => {
    expect(brokenByProbe(probe, 100)).toEqual(broken);
  });
});

describe('probes of a link', () => {
  let exchange: TestExchange;
  let owner: TestCaller;
  let linkId: number;
  let quoted: () => Promise<{ filled: number }>;

  const probing = (caller: TestCaller) => exchange.call(LinkProbingDefinition, caller);
  const registry = () => exchange.call(RegistryDefinition);
  const probes = (roundTripUs: number, part = {}) =>
    [3, 2, 1].map((back) => ({ linkId, at: exchange.now() - back * 1_000, roundTripUs, oneWayUs: 0, megabitsPerSecond: 0, ...part }));

  beforeAll(async () => {
    exchange = await testExchange({ modules: [...modules, HeardModule] });
    const key = await exchange.key(operator);
    const api = new Api(exchange.running.httpAddress!, 'test');
    const now = slotAt(exchange.now());
    const terms = {
      ...{ books: [{ computeClass: 'INTELLIGENT', model: 'T4', unit: 'CARD', tier: 'FIRM' }], units: 8, durationSlots: 4 },
      ...{ earliest: rfc(now + 8), latest: rfc(now + 100), limitPrice: '2.50', timeInForce: 'GTC', placement: 'ANYWHERE' },
    };
    const { buyer } = await smallMarket(api, key, 4, { terms });
    const far = { ...terms, demandRegion: 110_000, constraints: { roundTripUsMax: 25_000 } };
    quoted = async () => {
      const { body } = await exchange.http<{ filled: number }>('/v1/quotes', { key: buyer, body: { terms: far } });
      return body;
    };
    const { body } = await exchange.http<{ participantId: number }>('/v1/participants', {
      key,
      body: { details: { name: 'carrier', roles: ['PROVIDER'], region: 110_000, industry: 'I', size: 'LARGE' } },
    });
    owner = { participantId: body.participantId, roles: ['provider'] };
    const verify = async (path: string) => {
      for (const state of ['SUBMITTED', 'VERIFIED']) await exchange.http(`${path}/state`, { key, body: { state, reason: 'seen' } });
    };
    await verify(`/v1/participants/${owner.participantId}`);
    const details = {
      fromRegion: 110_000,
      toRegion: 500_000,
      oneWayUs: 10_000,
      roundTripUs: 20_000,
      gigabitsPerSecond: 100,
      pricePerGb: '0',
    };
    const made = await exchange.http<{ linkId: number }>('/v1/links', { key, body: { ownerId: owner.participantId, details } });
    linkId = made.body.linkId;
    await verify(`/v1/links/${linkId}`);
    await exchange.advance();
    await api.destroy();
  }, 60_000);
  afterAll(() => exchange?.stop());

  it('count in the market while they are young, and the promise after', async () => {
    expect(await quoted()).toMatchObject({ filled: 8 });
    expect(await probing(owner).reportLinkProbes({ probes: probes(30_000) })).toEqual({ kept: 3, repeated: 0, late: 0, future: 0 });
    await exchange.advance(minute);
    expect(await quoted()).toMatchObject({ filled: 0 });
    expect(await probing(owner).getLinkQuality({ linkId })).toMatchObject({
      ...{ countedRoundTripUs: 30_000, countsMeasured: true, ageSeconds: 61, source: ProbeSource.OWNER, probes: 3 },
      targets: [
        { promise: LinkPromise.ONE_WAY, promised: 10_000, measured: 0, compliance: Compliance.NOT_MEASURED },
        { promise: LinkPromise.ROUND_TRIP, promised: 20_000, measured: 30_000, compliance: Compliance.BROKEN },
        { promise: LinkPromise.THROUGHPUT, promised: 100_000, measured: 0, compliance: Compliance.NOT_MEASURED },
      ],
    });
    await exchange.advance(16 * minute);
    expect(await quoted()).toMatchObject({ filled: 8 });
    expect(await probing(owner).getLinkQuality({ linkId })).toMatchObject({
      countedRoundTripUs: 20_000,
      countsMeasured: false,
      ageSeconds: 1_021,
    });
  });

  it('of the owner count where they are worse than its promise, of the operator either way', async () => {
    await probing(owner).reportLinkProbes({ probes: probes(5_000) });
    await exchange.advance(minute);
    expect(await registry().getLink({ id: linkId })).toMatchObject({ countedRoundTripUs: 20_000 });
    const measured = probes(6_000, { oneWayUs: 2_900, megabitsPerSecond: 99_999 });
    await probing(operator).reportLinkProbes({ probes: measured });
    await exchange.advance(6 * minute);
    expect(await probing(operator).getLinkQuality({ linkId })).toMatchObject({
      ...{ countedRoundTripUs: 6_000, source: ProbeSource.OPERATOR, probes: 3 },
      targets: [
        { measured: 2_900, compliance: Compliance.KEPT },
        { measured: 6_000, compliance: Compliance.KEPT },
        { measured: 99_999, compliance: Compliance.BROKEN },
      ],
    });
    await exchange.advance(20 * minute);
  });

  it('of every minute tell the market of what changed, and not of jitter', async () => {
    const { roundTrips } = exchange.running.get(Heard);
    const before = roundTrips.length;
    for (let round = 0; round < 20; round++) {
      await probing(operator).reportLinkProbes({ probes: probes(40_000 + ((round * 379) % 3_000)) });
      await exchange.advance(minute);
    }
    const since = roundTrips.slice(before);
    expect(since.length).toBe(1);
    expect(Math.abs(since[0]! - 41_500)).toBeLessThan(1_501);
  });

  it('that came before, too late or too early are counted, and change nothing', async () => {
    const [one] = probes(30_000);
    const odd = [one!, { ...one!, at: exchange.now() - 15 * minute - 1 }, { ...one!, at: exchange.now() + minute + 1 }];
    expect(await probing(operator).reportLinkProbes({ probes: odd })).toEqual({ kept: 1, repeated: 0, late: 1, future: 1 });
    expect(await probing(operator).reportLinkProbes({ probes: odd })).toEqual({ kept: 0, repeated: 1, late: 1, future: 1 });
  });

  it('of others’ links, or that cannot be, are refused', async () => {
    const stranger: TestCaller = { participantId: 9_999, roles: ['provider'] };
    await expect(probing(stranger).reportLinkProbes({ probes: probes(1) })).rejects.toMatchObject({ kind: 'absent' });
    await expect(probing(stranger).getLinkQuality({ linkId })).rejects.toMatchObject({ kind: 'absent' });
    await expect(probing(owner).reportLinkProbes({ probes: probes(10, { oneWayUs: 11 }) })).rejects.toMatchObject({
      rule: 'round_trip_must_not_be_shorter_than_one_way',
      field: 'probes[0].oneWayUs',
    });
    await expect(probing(owner).reportLinkProbes({ probes: probes(60_000_001) })).rejects.toMatchObject({ field: 'probes[0].roundTripUs' });
  });
});
