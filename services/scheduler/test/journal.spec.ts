import { setImmediate } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { OrderState, RegistrationState, ParticipantChanged, TimeInForce } from '#contracts';
import { Journal, Refusal } from '#platform';
import { Shards } from '../src/shards.js';
import { buyer, buyerId, oneHour, operatorState, otherBuyer, participant, testMarket, yuan, type TestMarket } from './market.js';

/** A little of everything, the same for the same seed. */
async function trade(market: TestMarket, seed: number, count: number): Promise<void> {
  let state = seed;
  const next = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  await market.offer(16, (1 + next(3)) * yuan);
  await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const terms = oneHour({
        units: 1 + next(3),
        durationSlots: 1 + next(8),
        limitPrice: (1 + next(4)) * yuan,
        timeInForce: next(4) === 0 ? TimeInForce.IOC : TimeInForce.GTC,
      });
      return market.scheduling(index % 2 ? buyer : otherBuyer).submitBid({ terms }, { idempotencyKey: `${seed}-${index}` });
    }),
  );
}

async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'unavailable') throw error;
      await setImmediate();
    }
}

describe('the journal and what follows it', () => {
  let market: TestMarket;
  beforeEach(async () => {
    market = await testMarket();
  });
  afterEach(() => market.exchange.stop());
  const tables = async () => {
    const database = market.database;
    const count = async (table: string) => Number((await database.query<{ n: bigint }>(`select count(*) as n from ${table}`))[0]!.n);
    return { bids: await count('bid'), trades: await count('trade'), events: await count('order_event') };
  };

  it('replays to the same state, from the first command and after a restart', async () => {
    await trade(market, 1, 40);
    await market.slots(2);
    const before = await operatorState(market);
    const verified = await market.market().verifyMarket({});
    expect(verified).toMatchObject({ same: true, sequence: before.sequence, commands: before.sequence, stateHash: before.stateHash });
    await market.exchange.restart();
    const after = await operatorState(market);
    expect(after).toMatchObject({ sequence: before.sequence, stateHash: before.stateHash, journalHash: before.journalHash });
    expect(after.epoch).toBe(before.epoch + 1);
  });

  // A standby drops the steps that it sees written: a crash of the database must not take them back.
  it('moves the tables by commits that wait for the disk', async () => {
    const { database } = market.exchange;
    await database.query('create table public.moved (set_by text not null)');
    await database.query(`create function public.moves() returns trigger language plpgsql security definer as
      $$ begin insert into public.moved select source from pg_settings where name = 'synchronous_commit'; return null; end $$`);
    // The tests' server waits for no disk; what counts is that no transaction says so for itself. At the very end of the transaction, when all that is to be set in it is set.
    await database.query(`create constraint trigger moves after insert or update on scheduler.projection
      deferrable initially deferred for each row execute function public.moves()`);
    await trade(market, 1, 10);
    await market.exchange.advance();
    const [row] = await database.query<{ moves: number; own: number }>(
      `select count(*)::int as moves, (count(*) filter (where set_by = 'session'))::int as own from public.moved`,
    );
    expect(row!.moves).toBeGreaterThan(0);
    expect(row!.own).toBe(0);
  });

  it('starts from a snapshot and the tail behind it', async () => {
    await trade(market, 2, 20);
    await market.sequencer.snapshots.take();
    const { sequence } = await operatorState(market);
    await trade(market, 3, 20);
    const before = await operatorState(market);
    expect(before.snapshotSequence).toBe(sequence);
    await market.exchange.restart();
    expect(market.sequencer.replayedFrom).toBe(sequence);
    expect((await operatorState(market)).stateHash).toBe(before.stateHash);
    expect((await market.market().verifyMarket({})).same).toBe(true);
    const { bidId, state } = await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan, units: 20 }) });
    expect(state).toBe(OrderState.OPEN);
    expect(await market.scheduling(buyer).getBid({ bidId })).toMatchObject({ state: OrderState.OPEN });
  });

  it('tells the state of a large market by its journal, which says the same', async () => {
    await trade(market, 4, 10);
    await market.sequencer.snapshots.take();
    const command = { kind: 'CancelOrder', orderId: 1, participantId: buyerId } as const;
    await market.sequencer.submit(Array.from({ length: 20_001 }, () => ({ command })));
    await trade(market, 5, 10);
    const hashing = jest.spyOn(market.sequencer.market.engine, 'stateHash');
    const { sequence, stateHash } = await operatorState(market);
    expect(hashing).not.toHaveBeenCalled();
    hashing.mockRestore();
    expect(sequence).toBe(market.sequencer.market.sequence);
    expect(stateHash).toBe(market.sequencer.market.engine.stateHash());
  });

  it('passes over a snapshot that is not what its hash says', async () => {
    await trade(market, 4, 20);
    await market.sequencer.snapshots.take();
    const before = await operatorState(market);
    const database = market.database;
    await database.query('update snapshot set state_hash = $1', ['0'.repeat(32)]);
    await market.exchange.restart();
    expect(market.sequencer.replayedFrom).toBe(0);
    expect((await operatorState(market)).stateHash).toBe(before.stateHash);
  });

  it('tells what was journalled but not told when it stopped, once', async () => {
    await trade(market, 5, 10);
    await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan / 2 }) });
    await market.sequencer.fence();
    // As if it had died between journal and projection: the steps of this batch never reach the tables.
    await market.sequencer.projector.stop();
    const answer = await market.sequencer.submitOne({
      command: { kind: 'CancelAll', participantId: buyerId },
      asked: { participantId: buyerId, key: 'lost', hash: 'x' },
    });
    expect(answer.events.length).toBeGreaterThan(0);
    const untold = await tables();
    await market.exchange.restart();
    const told = await tables();
    expect(told.events).toBeGreaterThan(untold.events);
    expect((await market.scheduling(buyer).listBids({ state: OrderState.OPEN })).bids).toEqual([]);
    await market.exchange.restart();
    expect(await tables()).toEqual(told);
  });

  it('gathers what waits into one row, in order', async () => {
    const journal = market.exchange.running.get(Journal);
    const before = market.sequencer.market.sequence;
    const answers = await Promise.all(Array.from({ length: 50 }, () => market.sequencer.submitOne({ command: { kind: 'AdvanceTime' } })));
    expect(answers.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, index) => before + 1 + index));
    const rows = [];
    for await (const row of journal.read(0, before + 1)) rows.push(row);
    expect(rows.length).toBeLessThanOrEqual(2);
  });

  it('stops where another process has become the writer', async () => {
    const { epoch } = await operatorState(market);
    await market.exchange.running.get(Journal).open(0, epoch + 1);
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour() })).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour() })).rejects.toMatchObject({ rule: 'market_must_have_its_writer' });
  });

  it('finds out what was journalled when the database went away, and goes on', async () => {
    const place = (index: number) =>
      market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan }) }, { idempotencyKey: `outage-${index}` });
    const calls = Array.from({ length: 20 }, (_, index) => place(index));
    const answers = Promise.allSettled(calls);
    await market.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()',
    );
    const first = await answers;
    // Whoever got no answer asks again with the same key, until there is one.
    const placed = [];
    for (const [index, call] of first.entries())
      placed.push(call.status === 'fulfilled' ? call.value : await untilAnswered(() => place(index)));
    const { bids } = await untilAnswered(() => market.scheduling(buyer).listBids({}));
    expect(bids.map(({ bidId }) => bidId).sort()).toEqual(placed.map(({ bidId }) => bidId).sort());
    expect((await market.market().verifyMarket({})).same).toBe(true);
  });

  it('takes an event once, however often it comes', async () => {
    const sequencer = market.exchange.running.get(Shards).home;
    const before = sequencer.market.sequence;
    const entry = {
      command: { kind: 'RaiseBuyingPower', participantId: buyerId, number: 2, amount: 5 },
      from: ['settlement', 999] as const,
    } as const;
    const [first] = await sequencer.submit([entry]);
    const [again] = await sequencer.submit([entry]);
    expect(first!.events).toMatchObject([{ kind: 'BuyingPowerRaised' }]);
    expect(again!.events).toEqual([]);
    expect(sequencer.market.sequence).toBe(before + 2);
    expect(sequencer.market.engine.buyingPower(buyerId)!.raises).toBe(2);
    await market.exchange.restart();
    expect(market.sequencer.market.knows(['settlement', 999])).toBe(true);
  });

  it('takes a suspended participant out at once', async () => {
    await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan }) });
    await market.tell(ParticipantChanged, participant(buyerId, { state: RegistrationState.SUSPENDED }));
    expect((await market.scheduling(buyer).listBids({ state: OrderState.CANCELLED })).bids).toMatchObject([{ reason: 'suspended' }]);
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour() })).rejects.toMatchObject({
      kind: 'forbidden',
      rule: 'participant_must_be_active',
    });
  });
});
