import { Injectable, Module } from '@nestjs/common';
import { type Batch, Journal, type JournalRow, service, StaleEpoch } from '#platform';
import { testExchange, type TestExchange } from '#testing';

@Injectable()
class Keeper {
  constructor(readonly journal: Journal) {}
}

@Module({ imports: [service({ name: 'scheduler', journal: true })], providers: [Keeper] })
class KeeperModule {}

const batch = (firstSequence: number, lastSequence = firstSequence): Batch => ({
  firstSequence,
  lastSequence,
  payload: Buffer.from(`commands ${firstSequence} to ${lastSequence}`),
});

describe('the journal', () => {
  let exchange: TestExchange;
  let journal: Journal;
  let shard = 0;

  beforeAll(async () => {
    exchange = await testExchange({ modules: [KeeperModule] });
    journal = exchange.running.get(Keeper).journal;
  });
  afterAll(() => exchange.stop());
  beforeEach(() => shard++);

  const read = async (from?: number): Promise<JournalRow[]> => {
    const rows: JournalRow[] = [];
    for await (const row of journal.read(shard, from)) rows.push(row);
    return rows;
  };

  it('gives back what was appended, from any sequence, over more than one page', async () => {
    const writer = await journal.open(shard, 1);
    for (let first = 1; first <= 1_500; first += 3) await writer.append(batch(first, first + 2));
    const rows = await read();
    expect(rows.map((row) => row.firstSequence)).toEqual(Array.from({ length: 500 }, (_, index) => index * 3 + 1));
    expect(rows[1]!.payload).toEqual(Buffer.from('commands 4 to 6'));
    expect((await read(5))[0]!.firstSequence).toBe(4);
    expect((await read(604)).map((row) => row.firstSequence)[0]).toBe(604);
    expect(await read(1_501)).toEqual([]);
    expect(await journal.verify(shard)).toEqual({ lastSequence: 1_500, hash: writer.end.hash });
  });

  it('knows an empty shard', async () => {
    expect(await read()).toEqual([]);
    expect((await journal.verify(shard)).lastSequence).toBe(0);
  });

  it('refuses a batch that does not follow', async () => {
    const writer = await journal.open(shard, 1);
    await writer.append(batch(1));
    await expect(writer.append(batch(3))).rejects.toThrow('journal_must_have_no_gap');
    await expect(writer.append(batch(1))).rejects.toThrow('journal_must_have_no_gap');
  });

  it('refuses a writer whose shard was taken over, and lets the new one go on', async () => {
    const old = await journal.open(shard, 1);
    await old.append(batch(1));
    const next = await journal.open(shard, 2);
    expect([old.epoch, next.epoch]).toEqual([1, 2]);
    await expect(old.append(batch(2))).rejects.toThrow(StaleEpoch);
    await next.append(batch(2));
    await expect(old.append(batch(2))).rejects.toThrow('journal_epoch_must_be_current');
    expect((await read()).map((row) => row.epoch)).toEqual([1, 2]);
    expect((await journal.verify(shard)).lastSequence).toBe(2);
  });

  it('gives one of two writers that race for the next sequence its place', async () => {
    const old = await journal.open(shard, 1);
    const [append, taken] = await Promise.allSettled([old.append(batch(1)), journal.open(shard, 2)]);
    const next = taken.status === 'fulfilled' ? taken.value : undefined;
    // Either the append came first and the new writer begins after it, or it was refused: never both writers at one place.
    expect(next!.end.lastSequence).toBe(append.status === 'fulfilled' ? 1 : 0);
  });

  it.each([
    [
      'a payload was changed',
      `update scheduler.journal set payload = 'x' where shard = $1 and first_sequence = 2`,
      'journal_hash_must_match: shard N, sequence 2',
    ],
    [
      'an epoch was changed',
      `update scheduler.journal set epoch = 9 where shard = $1 and first_sequence = 2`,
      'journal_hash_must_match: shard N, sequence 2',
    ],
    [
      'a row is missing',
      `delete from scheduler.journal where shard = $1 and first_sequence = 2`,
      'journal_must_have_no_gap: shard N, sequence 3 after 1',
    ],
    [
      'the end was cut off',
      `delete from scheduler.journal where shard = $1 and first_sequence = 3`,
      'journal_must_be_whole: shard N ends early',
    ],
    [
      'a row was replaced by one that is right in itself',
      `update scheduler.journal j set payload = o.payload, hash = o.hash, previous_hash = o.previous_hash from scheduler.journal o
       where j.shard = $1 and j.first_sequence = 2 and o.shard = $1 and o.first_sequence = 1`,
      'journal_must_be_chained: shard N, sequence 2',
    ],
  ])('tells when %s', async (_name, tamper, rule) => {
    const writer = await journal.open(shard, 1);
    for (const sequence of [1, 2, 3]) await writer.append(batch(sequence));
    await exchange.database.query(tamper, [shard]);
    await expect(journal.verify(shard)).rejects.toThrow(rule.replace('N', String(shard)));
  });
});
