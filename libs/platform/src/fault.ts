// What an error of any origin says of itself.

/** Code of a system's or the database's error; empty where it has none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** SQLSTATE: no connection, no room for one more, shut down. */
const awayStates = /^(08|53|57P)/;
const awayErrnos = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND'],
]);
/** What the driver says without a code. */
const awayWords =
  /^(Connection terminated|timeout exceeded when trying to connect|Client .*not queryable|Cannot use a pool after calling end)/;

/** True where the database was not reached, or left midway: the same may go well the next time. */
export const isAway = (error: unknown): boolean => {
  const code = codeOf(error);
  const isOfConnecting = error instanceof Error && 'syscall' in error && error.syscall === 'connect';
  return awayStates.test(code) || awayErrnos.has(code) || isOfConnecting || (code === '' && awayWords.test(messageOf(error)));
};
