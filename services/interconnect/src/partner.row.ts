import { Greeting, type Partner, type PartnerDetails, type PartnerKey, type PartnerState } from '#contracts';
import { type Tx, absent } from '#platform';

export interface PartnerRow {
  readonly platform: string;
  readonly participant_id: number;
  readonly state: PartnerState;
  readonly address: string;
  readonly tls: boolean;
  readonly ca: string;
  readonly credit_limit: bigint;
  readonly rate_per_second: number;
  readonly classes: number[];
  readonly zones: number[];
  readonly registered_at: bigint;
  readonly version: number;
  readonly greeting: Buffer;
  readonly clock_ahead_ms: bigint;
  readonly last_heard_at: bigint;
  readonly said_serial: bigint;
  readonly heard_serial: bigint;
  /** As JSON. */
  readonly keys: readonly { key_id: string; suite: string; public_key: string; valid_from: number; valid_until: number | null }[];
  /** As JSON. */
  readonly certificates: readonly { sha256: string; registered_at: number }[];
}

export const selectPartners = `select p.*, t.version, t.greeting, t.clock_ahead_ms, t.last_heard_at, t.said_serial, t.heard_serial,
    (select coalesce(jsonb_agg(k order by k.valid_from, k.key_id), '[]') from partner_keys k where k.platform = p.platform) as keys,
    (select coalesce(jsonb_agg(c order by c.registered_at, c.sha256), '[]') from partner_certificates c where c.platform = p.platform) as certificates
  from partners p join partner_talk t using (platform)`;

/** @throws Refusal absent */
export async function readPartner(from: Pick<Tx, 'query'>, platform: string): Promise<Partner> {
  const [row] = await from.query<PartnerRow>(`${selectPartners} where p.platform = $1`, [platform]);
  if (!row) throw absent(`partner ${platform}`);
  return toPartner(row);
}

export function toPartner(row: PartnerRow): Partner {
  const greeting = Greeting.decode(row.greeting);
  const keys = row.keys.map(keyOf);
  const known = new Set(keys.map(({ keyId }) => keyId));
  return {
    platform: row.platform,
    details: detailsOf(row),
    state: row.state,
    keys,
    version: row.version,
    capabilities: greeting.capabilities,
    clockAheadMs: Number(row.clock_ahead_ms),
    lastHeardAt: Number(row.last_heard_at),
    saidSerial: Number(row.said_serial),
    heardSerial: Number(row.heard_serial),
    toldKeys: greeting.keys.filter(({ keyId }) => !known.has(keyId)),
    registeredAt: Number(row.registered_at),
    certificates: row.certificates.map(({ sha256, registered_at: registeredAt }) => ({ sha256, registeredAt })),
  };
}

const detailsOf = (row: PartnerRow): PartnerDetails => ({
  participantId: row.participant_id,
  address: row.address,
  tls: row.tls,
  ca: row.ca,
  creditLimit: row.credit_limit,
  ratePerSecond: row.rate_per_second,
  classes: row.classes,
  zones: row.zones,
});

const keyOf = (key: PartnerRow['keys'][number]): PartnerKey => ({
  keyId: key.key_id,
  suite: key.suite,
  publicKey: key.public_key,
  validFrom: key.valid_from,
  validUntil: key.valid_until ?? 0,
});
