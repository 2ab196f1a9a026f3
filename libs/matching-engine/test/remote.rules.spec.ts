import { Health, Placement, slotMs, Standby, Tier, TimeInForce } from '#domain';
import type { BidTerms, Event, RestoreEngine } from '#matching-engine';
import {
  bidTerms,
  buyer,
  chongqing,
  engines,
  hami,
  kinds,
  of,
  origin,
  provider,
  refusal,
  rival,
  Scenario,
  trades,
  yuan,
} from './scenario.js';
import { decide, partner, pieces, power, remoteMarket, remotePool } from './remote-market.js';

for (const [name, create, restore] of engines) {
  const market = (): Scenario => remoteMarket(create);
  const bidOf = (at: Scenario, orderId: number) => at.engine.snapshot().bids.find((bid) => bid.orderId === orderId);

  describe(`${name}: R-35 supply on another platform`, () => {
    const rows: [string, Partial<BidTerms>, string[], string[]][] = [
      ['is a candidate like any', { units: 4 }, [], ['4@4+4#1 of 1']],
      ['of each partner as a reservation of its own', { units: 28 }, ['8@5+4#1'], ['16@4+4#1 of 1', '4@6+4#2 of 3']],
      ['with what lies here', { units: 20, limitPrice: 5 * yuan }, ['4@5+4#1'], ['16@4+4#1 of 1']],
      ['not for a bid that stays here', { units: 4, localOnly: true }, ['4@5+4#1'], []],
      ['not for a bid of another zone’s', { units: 4, constraints: { ...bidTerms.constraints, regionsOut: [hami] } }, ['4@5+4#1'], []],
      ['not with a standby', { units: 4, allOrNone: true, standby: Standby.SITE }, [], []],
      ['a gang lies on one platform', { units: 16, placement: Placement.ONE_POOL }, [], ['16@4+4#1 of 1']],
      ['all or none lies on one platform', { units: 17, allOrNone: true, limitPrice: 6 * yuan }, [], []],
      ['what starts together lies on one platform', { units: 20, together: true }, [], ['16@4+4#1 of 1']],
      ['a region’s fill lies on one platform', { units: 20, placement: Placement.ONE_REGION }, [], ['16@4+4#1 of 1']],
    ];
    it.each(rows)('%s', (_, terms, made, reserved) => {
      const at = market();
      at.offer({ units: 8, ask: 5 * yuan });
      const events = at.bid(terms);
      expect([trades(events), pieces(events)]).toEqual([made, reserved]);
    });

    it('counts with the link’s cost', () => {
      const at = market();
      at.link(1, { pricePerGb: 1_000 });
      at.offer({ units: 8, ask: 5 * yuan });
      const data = { demandRegion: chongqing, dataGb: 1_000, units: 1 };
      expect(of(at.bid({ ...data, dataGb: 100 }), 'PieceReserved')).toMatchObject([{ transferAmount: 100_000, linkOwnerId: 21 }]);
      expect(trades(at.bid({ ...data, dataGb: 2_000 }))).toEqual(['1@5+4#1']);
    });

    it('expires as it is offered, and a site keeps its platform', () => {
      const at = market();
      expect(refusal(at.site(remotePool, { region: hami }))).toBe('site_must_keep_its_platform');
      expect(refusal(at.site(1, { platform: partner }))).toBe('site_must_keep_its_platform');
      at.offer({ timeInForce: TimeInForce.GTD, goodTill: (origin + 2) * slotMs, ask: yuan }, remotePool, Tier.FIRM, partner);
      at.at(2);
      expect(pieces(at.bid())).toEqual(['1@4+4#1 of 1']);
    });

    it('keeps the rate of its messages, not that of orders (R-22)', () => {
      const at = market();
      at.participant(partner, { ordersPerSecond: 0 });
      expect(refusal(at.offer({ ask: 3 * yuan }, remotePool, Tier.FIRM, partner))).toBeNull();
    });

    it('is told apart in explanation and quote (R-20)', () => {
      const at = market();
      at.bid({ localOnly: true, units: 4 });
      expect(at.engine.explain(at.last)).toMatchObject({ removed: [{ obstacle: 'remote', counted: 32 }], relaxations: ['remote'] });
      expect(at.engine.quote({ participantId: rival, terms: { ...bidTerms, units: 4 } }, 0)).toMatchObject({ filled: 4, rest: 0 });
    });
  });

  describe(`${name}: R-35 a piece that waits`, () => {
    it('says all that its trade will say, and its number', () => {
      const at = market();
      const [piece] = of(at.bid({ units: 4 }), 'PieceReserved');
      expect(piece).toMatchObject({ tradeNumber: 1, reservation: 1, pieces: 1, platform: partner, until: 0, computeAmount: 16 * yuan });
      const { kind: _kind, reservation: _r, pieces: _p, platform: _f, until: _u, ...said } = piece!;
      expect(of(decide(at, 1, true), 'TradeMade')).toEqual([{ ...said, kind: 'TradeMade', subsidy: 0, replaces: 0, owedAmount: 0 }]);
    });

    it('holds its units and the bid’s worst case until it is decided', () => {
      const at = market();
      at.bid({ units: 16 });
      expect([power(at), pieces(at.bid({ units: 1, limitPrice: 5 * yuan }, rival))]).toEqual([160 * yuan, []]);
      expect(bidOf(at, at.last - 1)).toMatchObject({ open: true, filled: 16 });
      at.at(50);
      expect(at.engine.snapshot().trades).toMatchObject([{ held: 0, reserved: { reservation: 1, until: 0 } }]);
    });

    it('made: a trade, and the bid is filled', () => {
      const at = market();
      at.bid({ units: 4 });
      expect(kinds(decide(at, 1, true))).toEqual(['Applied', 'TradeMade', 'OrderFilled']);
      expect(power(at)).toBe(16 * yuan);
      expect(refusal(decide(at, 1, true))).toBe('reservation_must_be_open');
      expect(kinds(at.at(8))).toEqual(['LeaseEnded', 'Applied']);
    });

    it('not made: the bid has it again, with its time, and is matched at once', () => {
      const at = market();
      at.bid({ units: 16, limitPrice: 6 * yuan });
      at.bid({ units: 16, limitPrice: 6 * yuan, localOnly: true }, rival);
      at.send('HaltBook', { bookId: 1 });
      at.offer({ units: 8, ask: 5.5 * yuan });
      at.send('ReopenBook', { bookId: 1, referencePrice: 0 });
      expect(bidOf(at, at.last - 1)).toMatchObject({ filled: 8 });
      at.send('CancelOrder', { orderId: at.last - 1, participantId: rival });
      at.offer({ units: 8, ask: 5.5 * yuan });
      const events = decide(at, 1, false);
      expect(kinds(events)).toEqual(['Applied', 'ReservationEnded', 'OrderCancelled', 'OrderRested', 'TradeMade', 'PieceReserved']);
      expect([trades(events), pieces(events)]).toEqual([['8@6+4#1'], ['8@6+4#2 of 4']]);
    });

    it('not made: what is still there may be asked for again, what is not is taken off the offer', () => {
      const at = market();
      at.bid({ units: 16, limitPrice: 5 * yuan });
      expect(pieces(decide(at, 1, false, true))).toEqual(['16@4+4#1 of 2']);
      const events = decide(at, 2, false, false);
      expect(of(events, 'OrderCancelled')).toMatchObject([{ isBid: false, reason: 'supply_gone' }]);
      expect(pieces(events)).toEqual([]);
      at.bid({ units: 4, limitPrice: 6 * yuan }, rival);
      expect(of(decide(at, 3, false), 'OrderRested')[0]).toMatchObject({ isBid: false, rest: 12 });
    });

    const closings: [string, Partial<BidTerms>, (at: Scenario, orderId: number) => Event[], string][] = [
      ['cancelled', { units: 4 }, (at, orderId) => at.send('CancelOrder', { orderId, participantId: buyer }), 'OrderCancelled'],
      ['expired', { units: 4 }, (at) => at.at(4), 'OrderExpired'],
      ['suspended', { units: 4 }, (at) => at.participant(buyer, { active: false }), 'OrderCancelled'],
    ];
    it.each(closings)('of a bid that was %s meanwhile: it holds its cost, and goes back to nobody', (_, terms, close, kind) => {
      for (const made of [true, false]) {
        const at = market();
        at.bid(terms);
        const { last } = at;
        expect(kinds(close(at, last))).toContain(kind);
        expect(power(at)).toBe(16 * yuan);
        const events = decide(at, 1, made);
        expect(kinds(events).slice(0, 2)).toEqual(['Applied', made ? 'TradeMade' : 'ReservationEnded']);
        expect(of(events, 'OrderFilled')).toEqual([]);
        expect(power(at)).toBe(made ? 16 * yuan : 0);
      }
    });

    it('IOC waits for it: its rest ends at once, and so does what comes back', () => {
      const at = market();
      const whole = at.bid({ units: 4, timeInForce: TimeInForce.IOC });
      expect(kinds(whole)).toEqual(['OrderAccepted', 'PieceReserved', 'OrderRested']);
      expect(kinds(decide(at, 1, false, true))).toEqual(['Applied', 'ReservationEnded', 'OrderCancelled']);
      const part = at.bid({ units: 40, timeInForce: TimeInForce.IOC, limitPrice: 4 * yuan });
      expect(kinds(part)).toEqual(['OrderAccepted', 'PieceReserved', 'OrderCancelled']);
      expect(kinds(decide(at, 2, true))).toEqual(['Applied', 'TradeMade']);
    });

    it('FOK waits for all of it, decided together', () => {
      const at = market();
      at.pool(1_000_000_003, { siteId: remotePool, providerId: partner });
      at.offer({ units: 16, ask: 4 * yuan }, 1_000_000_003, Tier.FIRM, partner);
      const events = at.bid({ units: 20, timeInForce: TimeInForce.FOK });
      expect(pieces(events)).toEqual(['16@4+4#1 of 1', '4@4+4#3 of 1']);
      expect(of(events, 'PieceReserved').map((piece) => piece.pieces)).toEqual([2, 2]);
      expect(kinds(decide(at, 2, true))).toEqual(['Applied', 'TradeMade', 'TradeMade', 'OrderFilled']);
    });

    it('its bid is not amended meanwhile, but may be cancelled', () => {
      const at = market();
      at.bid({ units: 4 });
      const amend = at.send('AmendBid', { orderId: at.last, participantId: buyer, changes: { units: 8 } });
      expect(refusal(amend)).toBe('bid_must_not_wait_for_a_partner');
    });

    it('is no lease yet: not failed, settled, resold, extended or ended; once it is, only what lies here is', () => {
      const at = market();
      at.bid({ units: 4 });
      const own = { participantId: buyer, tradeNumber: 1, sessionId: 0 };
      const extend = () => at.send('ExtendLease', { ...own, orderId: 901, durationSlots: 4, limitPrice: 10 * yuan });
      const resell = () =>
        at.send('ResellLease', {
          ...own,
          orderId: 902,
          terms: { units: 1, from: origin + 4, to: origin + 8, minSlots: 1, ask: yuan, timeInForce: TimeInForce.GTC, goodTill: null },
        });
      const end = () => at.send('EndLease', own);
      const fail = () => at.send('FailLease', { tradeNumber: 1 });
      expect([fail(), end()].map(refusal)).toEqual(['lease_must_be_running_or_to_come', 'lease_must_be_running_or_to_come']);
      expect(refusal(at.send('SettleTrade', { tradeNumber: 1, cost: 0 }))).toBe('trade_must_be_open');
      decide(at, 1, true);
      expect([extend(), resell(), end()].map(refusal)).toEqual(Array(3).fill('lease_must_lie_on_this_platform'));
      expect(refusal(fail())).toBeNull();
    });

    it('is not lost while it waits; made on what was lost meanwhile it is placed anew at once, here alone (R-24)', () => {
      const at = market();
      at.bid({ units: 4 });
      expect(kinds(at.send('PoolHealthChanged', { poolId: remotePool, health: Health.LOST }))).toEqual(['Applied']);
      at.offer({ units: 8, ask: 7 * yuan });
      const events = decide(at, 1, true);
      expect(kinds(events)).toEqual(['Applied', 'TradeMade', 'OrderFilled', 'LeaseLost', 'TradeMade']);
      expect(of(events, 'TradeMade')[1]).toMatchObject({ poolId: 1, replaces: 1, owedAmount: 12 * yuan });
    });

    it('a gang that lost a part is not placed anew on two platforms', () => {
      const at = market();
      at.offer({ units: 8, ask: 5 * yuan });
      at.bid({ units: 16, placement: Placement.ONE_POOL });
      decide(at, 1, true);
      const events = at.send('NodeHealthChanged', { poolId: remotePool, nodes: [0], health: Health.LOST });
      expect(of(events, 'LeaseCutShort').map(({ reason }) => reason)).toEqual(['lost', 'gang_broken']);
    });

    it('is made in a halted book, and its unit-hours count in the index of the hour (R-19, R-23)', () => {
      const at = market();
      at.bid({ units: 4 });
      at.send('HaltBook', { bookId: 1 });
      expect(at.engine.index(1)).toEqual([]);
      expect(kinds(decide(at, 1, true))).toContain('TradeMade');
      expect(at.engine.index(1)).toMatchObject([{ region: hami, price: 4 * yuan, unitSlots: 16 }]);
    });

    it('of its subsidy takes what its trade will (R-31)', () => {
      const at = market();
      at.subsidised({ amount: 20 * yuan, rateBp: 5_000 }, { units: 4 });
      expect(power(at)).toBe(20 * yuan);
      expect(of(decide(at, 1, true), 'TradeMade')).toMatchObject([{ subsidy: 8 * yuan }]);
      expect(power(at)).toBe(8 * yuan);
    });

    it('nothing is reclaimed on another platform, nor what waits (R-17)', () => {
      const at = market();
      at.offer({ units: 16, ask: yuan }, remotePool, Tier.RECLAIMABLE, partner);
      at.bid({ books: [2], units: 16 });
      decide(at, 1, true);
      expect(kinds(at.bid({ units: 40 }, rival))).not.toContain('LeaseReclaimed');
    });

    it('survives a snapshot', () => {
      const at = market();
      at.bid({ units: 4 });
      at.bid({ units: 4 }, rival);
      at.send('CancelOrder', { orderId: at.last, participantId: rival });
      const again = restored(at, restore);
      expect(again.stateHash()).toBe(at.engine.stateHash());
      const command = {
        kind: 'DecideReservation',
        tradeNumber: 2,
        made: true,
        supplyStillThere: true,
        sequence: 1_000,
        time: origin * slotMs,
      } as const;
      expect(again.apply(command)).toEqual(at.engine.apply(command));
    });
  });

  describe(`${name}: R-35 what a partner reserves here`, () => {
    const until = (origin + 2) * slotMs;
    const reserveHere = (at: Scenario, terms: Partial<BidTerms> = {}, orderId = 800, reserveUntil = until): Event[] =>
      at.send('SubmitBid', {
        orderId,
        participantId: partner,
        sessionId: 0,
        terms: { ...bidTerms, timeInForce: TimeInForce.FOK, units: 4, ...terms },
        reserveUntil,
      });

    const faults: [string, Partial<BidTerms>, number][] = [
      ['reservation_must_be_fill_or_kill', { timeInForce: TimeInForce.GTC }, until],
      ['reservation_must_have_no_standby', { standby: Standby.SITE }, until],
      ['reservation_must_lapse_ahead', {}, origin * slotMs],
    ];
    it.each(faults)('%s', (rule, terms, lapses) => {
      expect(refusal(reserveHere(market(), terms, 800, lapses))).toBe(rule);
    });

    it('is all or nothing, of this platform alone, and of no lease that is resold', () => {
      const at = market();
      expect(kinds(reserveHere(at))).toEqual(['OrderAccepted', 'OrderCancelled']);
      at.offer({ units: 8 });
      expect(of(reserveHere(at, {}, 801), 'PieceReserved')).toMatchObject([{ platform: 0, until, poolId: 1 }]);
      at.bid({ units: 4, limitPrice: 5 * yuan, localOnly: true }, rival);
      const lease = at.engine.snapshot().lastTrade;
      at.send('ResellLease', {
        orderId: 903,
        participantId: rival,
        sessionId: 0,
        tradeNumber: lease,
        terms: { units: 4, from: origin + 4, to: origin + 8, minSlots: 1, ask: yuan, timeInForce: TimeInForce.GTC, goodTill: null },
      });
      expect(kinds(reserveHere(at, {}, 802))).toEqual(['OrderAccepted', 'OrderCancelled']);
    });

    it('becomes trades when it is decided in time', () => {
      const at = market();
      at.offer({ units: 8 });
      reserveHere(at);
      expect(kinds(decide(at, 1, true))).toEqual(['Applied', 'TradeMade', 'OrderFilled']);
    });

    it('given back it is over, and what it held is for others', () => {
      const at = market();
      at.offer({ units: 4 });
      reserveHere(at);
      at.bid({ units: 4, localOnly: true });
      const events = decide(at, 1, false);
      expect(kinds(events)).toEqual(['Applied', 'ReservationEnded', 'OrderCancelled', 'TradeMade', 'OrderFilled']);
      expect(of(events, 'ReservationEnded')).toMatchObject([{ reservation: 1, reason: 'returned' }]);
    });

    it('lapses at its time, before what else falls due then; decided after that it is refused (R-13)', () => {
      const at = market();
      at.offer({ units: 4 });
      reserveHere(at);
      at.bid({ units: 4, localOnly: true, timeInForce: TimeInForce.GTD, goodTill: until });
      at.now = 2 - 1 / 1000;
      expect(kinds(at.send('AdvanceTime', {}))).toEqual(['Applied']);
      at.now = 3;
      const events = decide(at, 1, true);
      expect(kinds(events)).toEqual(['ReservationEnded', 'OrderExpired', 'OrderExpired', 'CommandRefused']);
      expect(of(events, 'ReservationEnded')).toEqual([{ kind: 'ReservationEnded', reservation: 1, reason: 'lapsed', due: until }]);
      expect(refusal(events)).toBe('reservation_must_be_open');
      expect(power(at, partner)).toBe(0);
    });

    it('what lapsed is matched in the pass of the command that lets time pass (R-14)', () => {
      const at = market();
      at.offer({ units: 4 });
      reserveHere(at);
      at.bid({ units: 4, localOnly: true });
      expect(kinds(at.at(3))).toEqual(['ReservationEnded', 'OrderExpired', 'Applied', 'TradeMade', 'OrderFilled']);
    });

    it('is not curtailed while it waits, nor lost; it holds what a trade would for its buyer', () => {
      const at = market();
      at.offer({ units: 4 });
      reserveHere(at);
      at.send('CurtailSite', { siteId: 1, from: origin, to: origin + 20 });
      at.send('PoolHealthChanged', { poolId: 1, health: Health.LOST });
      expect(power(at, partner)).toBe(40 * yuan);
      expect(of(at.engine.snapshot().trades.length ? decide(at, 1, true) : [], 'TradeMade')[0]).toMatchObject({ providerId: provider });
    });
  });
}

const restored = (at: Scenario, restore: RestoreEngine) => restore(at.engine.snapshot());
