// The table of shards is read at start: what it says, what it may not say, and what it may not do to a market that is there.
import { DrainChanged, OrderState, ParticipantChanged, PoolHealthChanged } from '#contracts';
import { ShardTable } from '../src/shard-table.js';
import { buyer, oneHour, otherBuyerId, participant, slowBook, slowPoolId, testMarket, yuan } from './market.js';

const intelligent = { computeClass: 2, unit: 1 };

describe('a table of shards', () => {
  it('gives each product a shard: by the rule that says most', () => {
    const table = ShardTable.read('INTELLIGENT/A100/NODE, SUPER ; INTELLIGENT/A100,INTELLIGENT/H100;');
    expect(table.count).toBe(4);
    expect(
      [
        { ...intelligent, model: 'A100' },
        { ...intelligent, model: 'A100', unit: 3 },
        { ...intelligent, model: 'H100', unit: 3 },
        { ...intelligent, model: 'L40' },
        { computeClass: 3, model: 'any', unit: 3 },
        { computeClass: 1, model: 'A100', unit: 3 },
      ].map((product) => table.shardOf(product)),
    ).toEqual([2, 1, 2, 0, 1, 0]);
    expect([1, 2, 3].map((computeClass) => table.shardOfClass(computeClass))).toEqual([0, undefined, 1]);
    expect(ShardTable.read('')).toMatchObject({ count: 1, rules: [] });
  });

  it.each([
    ['INTELLIGENT,', 'shard_table_must_name_products'],
    ['FAST', 'shard_table_must_name_products'],
    ['INTELLIGENT//CARD', 'shard_table_must_name_products'],
    ['INTELLIGENT/A100/BOX', 'shard_table_must_name_products'],
    ['INTELLIGENT/A100/CARD/FIRM', 'shard_table_must_name_products'],
    ['SUPER;INTELLIGENT,SUPER', 'shard_table_must_name_each_product_once'],
    [';'.repeat(64), 'shards_must_be_at_most_64'],
  ])('%s is refused: %s', (text, rule) => expect(() => ShardTable.read(text)).toThrow(rule));
});

const both = 'INTELLIGENT/H100';
const slow = (terms: Parameters<typeof oneHour>[0] = {}) => oneHour({ books: [slowBook], ...terms });

it('a market of one shard goes on with two: what every shard knows is told to the new one, idle books move, and move back', async () => {
  const market = await testMarket();
  try {
    await market.tell(ParticipantChanged, participant(otherBuyerId, { state: 4 }));
    await market.tell(PoolHealthChanged, PoolHealthChanged.create({ poolId: slowPoolId, health: 2 }));
    await market.tell(DrainChanged, DrainChanged.create({ poolId: slowPoolId, nodes: [3], draining: true }));
    const bid = await market.scheduling(buyer).submitBid({ terms: slow() });
    await expect(market.exchange.restart({ shards: both })).rejects.toThrow(
      /book_must_be_idle_to_move:\s+book 3 \(H100\) is of shard 0: orders of it are open: 1$/,
    );
    await market.exchange.restart({ shards: '' });
    await market.scheduling(buyer).cancelBid({ bidId: bid.bidId });

    await market.exchange.restart({ shards: both });
    const pools = () =>
      market.shards.all.map(({ market: { engine } }) => engine.snapshot().pools.find(({ poolId }) => poolId === slowPoolId));
    const facts = market.shards.all.map(({ market: { engine } }) => {
      const { participants, sites, links } = engine.snapshot();
      return { participants: participants.map(({ second: _second, orders: _orders, ...fact }) => fact), sites, links };
    });
    expect(facts[1]).toEqual(facts[0]);
    expect(pools()[1]).toMatchObject({ health: 2, drainingNodes: [3], nodeHealth: [] });
    const { books } = await market.market().listBooks({});
    expect(books.map(({ bookId, shard }) => [bookId, shard])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
    ]);
    await market.tell(PoolHealthChanged, PoolHealthChanged.create({ poolId: slowPoolId, health: 1 }));
    await market.offer(4, 2 * yuan, slowPoolId);
    const { state, trades } = await market.scheduling(buyer).submitBid({ terms: slow() });
    expect(state).toBe(OrderState.FILLED);
    await expect(market.exchange.restart({ shards: '' })).rejects.toThrow('book 3 (H100) is of shard 1: orders of it are open: 1');
    await market.exchange.restart({ shards: both });
    await market.scheduling({ participantId: 2, roles: ['provider'] }).cancelAll({});
    await expect(market.exchange.restart({ shards: '' })).rejects.toThrow('book 3 (H100) is of shard 1: leases of it have not ended: 1');
    await market.exchange.restart({ shards: both });
    await market.slots(12);
    await market.exchange.restart({ shards: '' });
    expect((await market.market().listBooks({})).books.map(({ shard }) => shard)).toEqual([0, 0, 0, 0]);
    expect(await market.market().listShards({})).toEqual({ count: 2, rules: [] });
    expect(pools()[0]).toMatchObject({ health: 1, drainingNodes: [3] });
    const later = await market.scheduling(buyer).submitBid({ terms: slow() });
    expect(later.state).toBe(OrderState.OPEN);
    expect(await market.scheduling(buyer).getTrade({ tradeId: trades[0]!.tradeId })).toMatchObject({ book: slowBook });
    expect((await market.market().verifyMarket({})).same).toBe(true);
  } finally {
    await market.exchange.stop();
  }
});
