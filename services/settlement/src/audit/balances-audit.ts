// What postings left of the accounts that they moved, held against all transfers up to each.
import { finding } from '#platform';
import type { Finding } from '#platform';
import { movesBetweenEntries } from '../entries.js';
import type { FollowedAccounts } from './followed-accounts.js';
import { difference, isAlike, shown } from './running-sums.js';
import type { Moved, RunningSums, Sums } from './running-sums.js';

export interface EntryRow extends Sums {
  account_id: number;
  posting: bigint;
}

/** Of one account in a row of `balances`. */
export interface BalanceRow extends Sums {
  batch: bigint;
  account_id: number;
  before: bigint | null;
  moves: bigint;
}

/** All accounts that a posting moved stand in one row, and of each every so many movements as an entry, which must be the same. */
export function* wrongBalances(
  { posting, batch, accounts }: { readonly posting: bigint; readonly batch: bigint; readonly accounts: number },
  expected: ReadonlyMap<number, Moved>,
  { balances, entries }: { balances: readonly BalanceRow[]; entries: readonly EntryRow[] },
  { sums, stored, moved, older }: FollowedAccounts,
  isDamaged: boolean,
): Generator<Finding> {
  const byAccount = new Map(balances.map((balance) => [balance.account_id, balance]));
  if (balances.length === 0) yield wrongBalance(batch, 'missing', `posting ${posting} moved ${accounts} accounts`);
  else if (byAccount.size !== balances.length || (byAccount.size !== accounts && !isDamaged))
    yield wrongBalance(batch, 'changed', `posting ${posting} moved ${accounts} accounts, each once`);
  const faults: string[] = [];
  for (const [account, { was, is }] of expected) {
    const balance = byAccount.get(account);
    const last = moved.get(account) ?? { batch: older.has(account) && balance ? balance.before : null, moves: 0n };
    if (!balance) {
      if (isDamaged) sums.take(account, was);
      else if (balances.length > 0) faults.push(`account ${account} is not in it`);
    } else if (!isAlike(balance, is)) {
      const before = stored.get(account);
      if (isDamaged || (before && isAlike(difference(balance, before), difference(is, was)))) sums.take(account, balance);
      else faults.push(`account ${account}: ${shown(balance)} instead of ${shown(is)}`);
    } else if (balance.before !== last.batch || balance.moves !== last.moves + 1n)
      faults.push(
        `account ${account}: movement ${balance.moves}, after batch ${balance.before}, instead of ${last.moves + 1n}, after ${last.batch}`,
      );
  }
  for (const [account, balance] of byAccount) {
    stored.set(account, balance);
    if (expected.has(account)) continue;
    if (isDamaged) sums.take(account, balance);
    else faults.push(`no transfer of the posting moved account ${account}`);
  }
  for (const fault of faults) yield wrongBalance(batch, 'changed', fault);
  for (const account of new Set([...expected.keys(), ...byAccount.keys()]))
    moved.set(account, { batch, moves: (moved.get(account)?.moves ?? 0n) + 1n });
  yield* wrongStops(posting, entries, byAccount, sums, moved);
}

/** Accounts whose count of movements says so have an entry, and no others. */
function* wrongStops(
  posting: bigint,
  entries: readonly EntryRow[],
  balances: ReadonlyMap<number, BalanceRow>,
  sums: RunningSums,
  moved: FollowedAccounts['moved'],
): Generator<Finding> {
  const due = new Set([...balances.keys()].filter((account) => moved.get(account)!.moves % BigInt(movesBetweenEntries) === 0n));
  const seen = new Set<number>();
  for (const entry of entries) {
    const account = entry.account_id;
    if (seen.has(account)) yield wrongEntry(account, posting, 'doubled', 'one posting leaves one entry');
    else if (!due.has(account)) yield wrongEntry(account, posting, 'never_sealed', 'no movement of the account is due there');
    else if (!isAlike(entry, sums.of(account)))
      yield wrongEntry(account, posting, 'sum_differs', `${shown(entry)} instead of ${shown(sums.of(account))}`);
    seen.add(account);
  }
  for (const account of due) if (!seen.has(account)) yield wrongEntry(account, posting, 'missing', 'it is due after so many movements');
}

export const wrongEntry = (account: number, posting: bigint, wrong: Finding['wrong'], detail: string): Finding =>
  finding('settlement', 'entries', `${account}, ${posting}`, wrong, detail);
export const wrongBalance = (batch: bigint, wrong: Finding['wrong'], detail: string): Finding =>
  finding('settlement', 'balances', String(batch), wrong, detail);
