// Who stands behind a secret. Every call asks, so answers are kept for a moment.
import { Injectable } from '@nestjs/common';
import { RegistrationState } from '#contracts';
import type { Role } from '#contracts';
import { Clock, Database, HotState, Refusal, roleName, sha256Hex } from '#platform';
import type { Caller, Line } from '#platform';

/** How long a revoked key or a suspended participant may go unnoticed where nobody tells of it. */
const freshMs = 1_000;
/** An answer so old is asked for anew behind the call that still has it. */
const renewedMs = freshMs / 2;
const keptMax = 100_000;
const dayMs = 86_400_000;
const shanghaiMs = 28_800_000;

interface KeyRow {
  key_id: number;
  participant_id: number;
  roles: Role[];
  expires_at: bigint;
  revoked_at: bigint;
  last_used_day: number;
  held: Role[];
  state: RegistrationState;
}

interface Kept {
  readonly answer: Promise<{ caller: Caller; expiresAt: number }>;
  readonly askedAt: number;
  isRenewed?: boolean;
}

@Injectable()
export class KeyRing {
  private readonly kept = new Map<string, Kept>();
  private readonly line: Line;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    hot: HotState,
  ) {
    // Opened before any stream's line, so a stream that is told asks a ring that has forgotten.
    this.line = hot.open('keys', () => this.kept.clear());
  }

  /**
   * @throws Refusal unauthenticated: key_must_be_known, key_must_not_be_revoked, key_must_not_be_expired,
   *   participant_must_not_be_suspended
   */
  async callerOf(secret: string): Promise<Caller> {
    const id = sha256Hex(secret);
    let kept = this.kept.get(id);
    const age = kept ? performance.now() - kept.askedAt : Infinity;
    if (!kept || age > freshMs) {
      if (this.kept.size >= keptMax) this.kept.clear();
      this.kept.set(id, (kept = this.ask(id)));
    } else if (age > renewedMs && !kept.isRenewed) this.renew(id, kept);
    const { caller, expiresAt } = await kept.answer;
    if (expiresAt !== 0 && expiresAt <= this.clock.now()) throw refused('key_must_not_be_expired', 'the key has expired');
    return caller;
  }

  /** After a key or its participant changed: every gateway forgets, and every stream asks again whether it may go on. */
  changed(participantId: number): void {
    this.kept.clear();
    this.line.tell(String(participantId));
  }

  private ask(id: string): Kept {
    return { answer: this.read(Buffer.from(id, 'hex')), askedAt: performance.now() };
  }

  /** Nobody waits for it; and where a change was told of meanwhile, nobody hears what was read before. */
  private renew(id: string, old: Kept): void {
    old.isRenewed = true;
    const next = this.ask(id);
    const replace = () => {
      if (this.kept.get(id) === old) this.kept.set(id, next);
    };
    next.answer.then(replace, replace);
  }

  private async read(hash: Buffer): Promise<{ caller: Caller; expiresAt: number }> {
    const [key] = await this.database.query<KeyRow>(
      `select key_id, participant_id, k.roles, expires_at, revoked_at, last_used_day, p.roles as held, p.state
       from keys k join participants p using (participant_id) where hash = $1`,
      [hash],
    );
    if (!key) throw refused('key_must_be_known', 'there is no such key');
    if (key.revoked_at !== 0n) throw refused('key_must_not_be_revoked', 'the key was revoked');
    if (key.state === RegistrationState.SUSPENDED || key.state === RegistrationState.RETIRED)
      throw refused('participant_must_not_be_suspended', "the key's participant is suspended or retired");
    const today = Math.floor((this.clock.now() + shanghaiMs) / dayMs);
    if (key.last_used_day < today)
      await this.database.query('update keys set last_used_day = $2 where key_id = $1 and last_used_day < $2', [key.key_id, today]);
    const roles = key.roles.filter((role) => key.held.includes(role)).map(roleName);
    return { caller: { participantId: key.participant_id, roles, name: `key/${key.key_id}` }, expiresAt: Number(key.expires_at) };
  }
}

/** The key that a caller showed. */
export const keyIdOf = (caller: Caller): number => Number(caller.name.replace('key/', ''));

const refused = (rule: string, detail: string): Refusal => new Refusal('unauthenticated', rule, detail);
