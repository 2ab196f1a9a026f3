// Keys of the exchange's operator that nobody asked for by the API: the first one, and one made beside the database where all were lost.
import { randomBytes } from 'node:crypto';
import { RegistrationState, Role } from '#contracts';
import { type Beside, besideExchange, type Config, sha256, type Tx } from '#platform';

/** The registry's first participant runs the exchange. */
export const operatorId = 1;

export const newSecret = (): string => `cx_${randomBytes(32).toString('base64url')}`;

/** The registry tells of it later than its first key is needed. */
export async function putOperator({ query }: Pick<Tx, 'query'>): Promise<void> {
  await query(
    `insert into participants (participant_id, name, roles, state) values ($1, 'Exchange operator', $2, $3) on conflict do nothing`,
    [operatorId, [Role.OPERATOR], RegistrationState.VERIFIED],
  );
}

export interface MadeKey {
  readonly keyId: number;
  /** Kept nowhere. */
  readonly secret: string;
}

/**
 * Makes an operator's key as the owner of the database of a data folder or URL, whose exchange may run or not. It stands among the keys as any other does.
 * @throws Error database_must_hold_an_exchange, or where there is no database or it is not the caller's
 */
export const makeOperatorKey = (given: Partial<Config> = {}): Promise<MadeKey> =>
  besideExchange(
    'gateway',
    async (beside: Beside) => {
      const secret = newSecret();
      await putOperator(beside);
      const [made] = await beside.query<{ key_id: number }>(
        `insert into keys (participant_id, name, roles, hash, created_at, expires_at) values ($1, 'operator-key', $2, $3, $4, 0) returning key_id`,
        [operatorId, [Role.OPERATOR], sha256(secret), beside.now],
      );
      return { keyId: made!.key_id, secret };
    },
    given,
  );
