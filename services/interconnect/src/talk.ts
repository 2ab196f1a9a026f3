// What was learned in talking with a partner, and how far it is trusted.
import { Greeting } from '#contracts';
import type { Tx } from '#platform';
import { PartnerState } from './core/partner-state.js';

export interface Talk {
  readonly platform: string;
  readonly state: PartnerState;
  /** The participant that stands for it here. */
  readonly participantId: number;
  /** Else it speaks other protocols, and is told nothing in this one. */
  readonly hasAddress: boolean;
  readonly ratePerSecond: number;
  /** Micro-yuan. */
  readonly creditLimit: bigint;
  /** Of that, what it committed and has not netted. */
  readonly committed: bigint;
  readonly classes: readonly number[];
  readonly zones: readonly number[];
  /** 0: none agreed. */
  readonly version: number;
  readonly capabilities: readonly string[];
  /** Of lines of a statement, those that it has stated itself. */
  readonly knownLines: readonly string[];
  readonly saidSerial: number;
  readonly heardSerial: number;
  readonly tokens: number;
  readonly filledAt: number;
}

interface TalkRow {
  readonly platform: string;
  readonly state: PartnerState;
  readonly participant_id: number;
  readonly address: string;
  readonly rate_per_second: number;
  readonly credit_limit: bigint;
  readonly committed: bigint;
  readonly classes: number[];
  readonly zones: number[];
  readonly version: number;
  readonly greeting: Buffer;
  readonly known_lines: string[];
  readonly said_serial: bigint;
  readonly heard_serial: bigint;
  readonly tokens: bigint;
  readonly filled_at: bigint;
}

const select = `select p.platform, p.state, p.participant_id, p.address, p.rate_per_second, p.credit_limit, p.classes, p.zones, t.committed, t.version, t.greeting, t.known_lines, t.said_serial,
    t.heard_serial, t.tokens, t.filled_at
  from partners p join partner_talk t using (platform)`;

/** The partner's, locked until the transaction ends; undefined where there is none. */
export async function lockTalk(tx: Tx, platform: string): Promise<Talk | undefined> {
  const [row] = await tx.query<TalkRow>(`${select} where platform = $1 for update of t`, [platform]);
  return row && toTalk(row);
}

/** Those that supply can be told to. Who is just being learned of is waited for: it was told what was there before. */
export async function lockListeners(tx: Tx): Promise<Talk[]> {
  const rows = await tx.query<TalkRow>(`${select} where p.state = 1 order by platform for update of t`);
  return rows.map(toTalk).filter(({ version }) => version > 0);
}

const toTalk = (row: TalkRow): Talk => ({
  platform: row.platform,
  state: row.state,
  participantId: row.participant_id,
  hasAddress: row.address !== '',
  ratePerSecond: row.rate_per_second,
  creditLimit: row.credit_limit,
  committed: row.committed,
  classes: row.classes,
  zones: row.zones,
  version: row.version,
  capabilities: Greeting.decode(row.greeting).capabilities,
  knownLines: row.known_lines,
  saidSerial: Number(row.said_serial),
  heardSerial: Number(row.heard_serial),
  tokens: Number(row.tokens),
  filledAt: Number(row.filled_at),
});

/** What is needed to ask for all kinds of messages that a piece goes through. */
const needed = ['reserve', 'commit', 'cancel'];

/** True where the partner can be bought of. */
export const isAble = ({ state, capabilities }: Talk): boolean =>
  state === PartnerState.ACTIVE && needed.every((kind) => capabilities.includes(kind));
