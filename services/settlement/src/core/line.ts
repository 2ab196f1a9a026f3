import type { Transfer } from './transfer.js';

/** What a transfer is recorded with beside itself. Accounts by their numbers. */
export interface Recorded {
  readonly debit: number;
  readonly credit: number;
  readonly journal: string;
  readonly cause: string;
}

/** A transfer as the digest of its posting covers it: all that is stored of it but its place, one line. */
export function lineOf(transfer: Transfer, { debit, credit, journal, cause }: Recorded): string {
  const { id, kind, phase, amount, pendingId, corrects, timeoutAt } = transfer;
  const rare =
    pendingId === undefined && corrects === undefined && timeoutAt === undefined
      ? ''
      : `\t${pendingId ?? ''}\t${corrects ?? ''}\t${timeoutAt ?? ''}`;
  return `${id}\t${journal}\t${kind}\t${phase}\t${cause}\t${debit}\t${credit}\t${amount}${rare}\n`;
}

/** What a name is about: its first two parts ("trade/17"). A transfer's id and its linked set's name are about the same. */
export function subjectOf(name: string): string {
  const second = name.indexOf('/', name.indexOf('/') + 1);
  return second < 0 ? name : name.slice(0, second);
}
