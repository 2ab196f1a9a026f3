// What is asked side by side goes out as one statement.
import { Joined, Together, type Tx } from '../src/index.js';

const transaction = (): Tx => ({ outgoing: [] }) as unknown as Tx;
const fails = (numbers: readonly number[]) => numbers.includes(13);

describe('within a transaction', () => {
  let said: number[][];
  let doubled: Together<number, number>;
  beforeEach(() => {
    said = [];
    doubled = new Together(async (_tx, numbers) => {
      said.push([...numbers]);
      if (fails(numbers)) throw new Error('number_must_be_lucky');
      return numbers.map((number) => 2 * number);
    });
  });

  /** Asks, and with the answer again, after so many microtasks. */
  async function twice(tx: Tx, number: number, later = 0): Promise<number> {
    for (let nth = 0; nth < later; nth += 1) await Promise.resolve();
    return doubled.one(tx, await doubled.one(tx, number));
  }

  it('works that run side by side share each of their statements, whichever of them asks a little later', async () => {
    const tx = transaction();
    expect(await Promise.all([twice(tx, 1), twice(tx, 2, 7), twice(tx, 3, 30)])).toEqual([4, 8, 12]);
    expect(said).toEqual([
      [1, 2, 3],
      [2, 4, 6],
    ]);
  });

  it('of two transactions each has its own', async () => {
    expect(await Promise.all([doubled.one(transaction(), 1), doubled.one(transaction(), 2)])).toEqual([2, 4]);
    expect(said).toEqual([[1], [2]]);
  });

  it('what fails fails for all who asked, and for nobody after them', async () => {
    const tx = transaction();
    const asked = await Promise.allSettled([doubled.one(tx, 1), doubled.one(tx, 13)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await doubled.one(tx, 1)).toBe(2);
  });
});

describe('outside of any', () => {
  let said: number[][];
  let answer: () => void;
  let doubled: Joined<number, number>;
  beforeEach(() => {
    said = [];
    const first = new Promise<void>((resolve) => (answer = resolve));
    doubled = new Joined(async (numbers) => {
      said.push([...numbers]);
      await first;
      if (fails(numbers)) throw new Error('number_must_be_lucky');
      return numbers.map((number) => 2 * number);
    });
  });

  it('what is asked while a question is under way goes together in the next', async () => {
    const before = [doubled.one(1), doubled.one(2)];
    await new Promise((resolve) => setImmediate(resolve));
    const after = [doubled.one(3), doubled.one(4)];
    expect(said).toEqual([[1, 2]]);
    answer();
    expect(await Promise.all([...before, ...after])).toEqual([2, 4, 6, 8]);
    expect(said).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await doubled.one(5)).toBe(10);
  });

  it('a question that fails costs no other its answer', async () => {
    answer();
    const asked = await Promise.allSettled([doubled.one(1), doubled.one(13), doubled.one(2)]);
    expect(asked).toMatchObject([
      { value: 2 },
      { reason: expect.objectContaining({ message: 'number_must_be_lucky' }) as unknown },
      { value: 4 },
    ]);
    expect(said).toEqual([[1, 13, 2], [1], [13], [2]]);
  });
});
