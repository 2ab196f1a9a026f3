// What the audit follows of accounts: no more of them in memory than some postings move, and the same sums as with all of them there.
import { FollowedAccounts } from '../src/audit/followed-accounts.js';
import type { Sums } from '../src/audit/running-sums.js';
import { Dice } from './tampering.js';

const accounts = 5_000;
const pages = 400;
const accountsOfPage = 50;
const none: Sums = { debits_pending: 0n, debits_posted: 0n, credits_pending: 0n, credits_posted: 0n };

describe('accounts that an audit follows', () => {
  it('are in memory a page at a time, and come out as they were left', () => {
    const followed = new FollowedAccounts();
    const dice = new Dice(11);
    const expected = new Map<number, Sums>();
    const moves = new Map<number, bigint>();
    let most = 0;
    for (let page = 0; page < pages; page++) {
      const named = new Set(Array.from({ length: accountsOfPage }, () => 1 + dice.roll(accounts)));
      followed.load(named);
      for (const account of named) {
        // What is ended was held on an earlier page.
        const before = expected.get(account) ?? none;
        expect(followed.sums.of(account)).toEqual(before);
        expect(followed.moved.get(account)?.moves ?? 0n).toBe(moves.get(account) ?? 0n);
        expect(followed.stored.get(account)).toEqual(expected.get(account));
        const after = { ...before, debits_posted: before.debits_posted + BigInt(dice.roll(1_000_000)), credits_pending: BigInt(page) };
        expected.set(account, after);
        moves.set(account, (moves.get(account) ?? 0n) + 1n);
        followed.sums.take(account, after);
        followed.stored.set(account, after);
        followed.moved.set(account, { batch: BigInt(page), moves: moves.get(account)! });
      }
      most = Math.max(most, [...followed.sums.accounts()].length, followed.stored.size, followed.moved.size);
    }
    expect(most).toBeLessThanOrEqual(accountsOfPage);
    const all = [...followed.all()];
    expect(all.map(({ account }) => account)).toEqual([...expected.keys()].sort((one, other) => one - other));
    for (const { account, sums, last, isMoved } of all) {
      expect(sums).toMatchObject(expected.get(account)!);
      expect([last.moves, isMoved]).toEqual([moves.get(account), true]);
    }
    followed.close();
  });

  it('that only a balance names were moved by no transfer', () => {
    const followed = new FollowedAccounts();
    followed.load([7]);
    followed.stored.set(7, none);
    expect([...followed.all()].map(({ account, isMoved }) => [account, isMoved])).toEqual([[7, false]]);
    followed.close();
  });
});
