import { X509Certificate } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  type AddPartnerCertificateRequest,
  type AddPartnerKeyRequest,
  type AmendPartnerRequest,
  type EndPartnerCertificateRequest,
  type EndPartnerKeyRequest,
  type MovePartnerRequest,
  type NewPartnerKey,
  Partner,
  type PartnerDetails,
  type RegisterPartnerRequest,
} from '#contracts';
import { formatYuan } from '#domain';
import { type Call, Clock, Database, type SuiteName, type Tx, absent, conflict, invalid, keyIdOf, readPublicKey } from '#platform';
import { Advertising } from './advertising.js';
import { record } from './audit.js';
import { plainDigest } from './core/certificate.js';
import { clockMsMax } from './core/hearing.js';
import { type Move, PartnerState, moved } from './core/partner-state.js';
import { Greetings } from './greetings.js';
import { OwnPlatform } from './own-platform.js';
import { mustStandFor, Participants } from './participants.js';
import { addCertificate, endCertificate, endCertificates } from './partner-certificates.js';
import { readPartner } from './partner.row.js';
import { RemoteMarket } from './remote-market.js';
import { type Talk, lockTalk } from './talk.js';

/** A partner is registered, limited, suspended and left by the operator. */
@Injectable()
export class Partners {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
    private readonly participants: Participants,
    private readonly greetings: Greetings,
    private readonly advertising: Advertising,
    private readonly market: RemoteMarket,
  ) {}

  /** A partner that has left may come back under its name: what it sold, bought and said is still there. */
  async register({ platform, details, keys, certificates }: RegisterPartnerRequest, call: Call): Promise<Partner> {
    this.own.mustHaveKey();
    if (platform === this.own.name) throw invalid('platform', 'partner_must_be_another_platform', `${platform} is this platform`);
    const given = checked(details!);
    return this.database.once(call, Partner, async (tx) => {
      await this.participants.mustBePartner(tx, given.participantId);
      const now = this.clock.now();
      await mustStandFor(tx, platform, given.participantId);
      const [row] = await tx.query(
        `insert into partners (platform, participant_id, state, address, tls, ca, credit_limit, rate_per_second, classes, zones, registered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (platform) do update set participant_id = excluded.participant_id, state = excluded.state, address = excluded.address, tls = excluded.tls,
           ca = excluded.ca, credit_limit = excluded.credit_limit, rate_per_second = excluded.rate_per_second, classes = excluded.classes, zones = excluded.zones,
           registered_at = excluded.registered_at
         where partners.state = $12 returning platform`,
        [platform, given.participantId, PartnerState.ACTIVE, ...columnsOf(given), now, PartnerState.LEFT],
      );
      if (!row) throw conflict('partner_must_be_new', `${platform} is a partner`, 'platform');
      await tx.query(
        `insert into partner_talk (platform, tokens, filled_at) values ($1, $2, $3)
         on conflict (platform) do update set version = 0, greeting = '', tokens = excluded.tokens, filled_at = excluded.filled_at`,
        [platform, given.ratePerSecond * 1_000, now],
      );
      await takeKeysBack(tx, platform, now);
      for (const [index, key] of keys.entries()) await this.insertKey(tx, platform, key, `keys[${index}]`, now);
      await mustHaveKeys(tx, platform, now);
      await endCertificates(tx, platform);
      for (const [index, one] of certificates.entries()) await addCertificate(tx, platform, one, `certificates[${index}]`, now);
      await record(tx, call, now, { platform, step: 'registered', reason: '', detail: wordsOf(given, certificates) });
      await this.greetings.say(tx, (await lockTalk(tx, platform))!);
      return readPartner(tx, platform);
    });
  }

  /** Adverts beyond new limits go; all is advertised anew within them. */
  async amend({ platform, details, reason }: AmendPartnerRequest, call: Call): Promise<Partner> {
    const given = checked(details!);
    return this.act(platform, call, { step: 'amended', reason, detail: wordsOf(given) }, async (tx, talk) => {
      mustBeThere(talk);
      await this.participants.mustBePartner(tx, given.participantId);
      await mustStandFor(tx, platform, given.participantId);
      await tx.query(
        `update partners set participant_id = $2, address = $3, tls = $4, ca = $5, credit_limit = $6, rate_per_second = $7, classes = $8, zones = $9
         where platform = $1`,
        [platform, given.participantId, ...columnsOf(given)],
      );
      await mustHaveKeys(tx, platform);
      await tx.query('delete from remote_supply where platform = $1 and not (compute_class = any($2) and zone = any($3))', [
        ...[platform, given.classes, given.zones],
      ]);
      const amended = (await lockTalk(tx, platform))!;
      await this.market.tell(tx, amended);
      if (amended.state === PartnerState.ACTIVE && amended.version > 0) await this.advertising.tellAll(tx, amended);
    });
  }

  async addKey({ platform, key, reason }: AddPartnerKeyRequest, call: Call): Promise<Partner> {
    const detail = keyIdOf(readKey(key!, 'key'));
    return this.act(platform, call, { step: 'key_added', reason, detail }, async (tx, talk) => {
      mustBeThere(talk);
      await this.insertKey(tx, platform, key!, 'key');
    });
  }

  async endKey({ platform, keyId, validUntil, reason }: EndPartnerKeyRequest, call: Call): Promise<Partner> {
    const until = validUntil || this.clock.now();
    const detail = `${keyId} from ${new Date(until).toISOString()} on`;
    return this.act(platform, call, { step: 'key_ended', reason, detail }, async (tx) => {
      const [ended] = await tx.query('update partner_keys set valid_until = $3 where platform = $1 and key_id = $2 returning key_id', [
        ...[platform, keyId, until],
      ]);
      if (!ended) throw absent(`key ${keyId} of partner ${platform}`);
    });
  }

  async addCertificate({ platform, sha256, reason }: AddPartnerCertificateRequest, call: Call): Promise<Partner> {
    return this.act(platform, call, { step: 'certificate_added', reason, detail: plainDigest(sha256) }, async (tx, talk) => {
      mustBeThere(talk);
      await addCertificate(tx, platform, sha256, 'sha256', this.clock.now());
    });
  }

  async endCertificate({ platform, sha256, reason }: EndPartnerCertificateRequest, call: Call): Promise<Partner> {
    return this.act(platform, call, { step: 'certificate_ended', reason, detail: sha256 }, (tx) => endCertificate(tx, platform, sha256));
  }

  async move({ platform, reason }: MovePartnerRequest, move: Move, call: Call): Promise<Partner> {
    return this.act(platform, call, { step: pastOf[move], reason, detail: '' }, async (tx, talk) => {
      const state = moved(talk.state, move);
      if (state === undefined)
        throw conflict(`partner_must_be_${move === 'resume' ? 'suspended' : 'active'}`, `it is ${stateName(talk.state)}`);
      if (move === 'leave') await mustHaveNoOpenPieces(tx, platform);
      await tx.query('update partners set state = $2 where platform = $1', [platform, state]);
      if (move === 'leave') await tx.query('delete from remote_supply where platform = $1', [platform]);
      await this.market.tell(tx, { ...talk, state });
      if (move === 'resume') await this.resume(tx, { ...talk, state });
    });
  }

  /** Nothing of what changed meanwhile was told to it. */
  private async resume(tx: Tx, talk: Talk): Promise<void> {
    await this.greetings.say(tx, talk);
    if (talk.version > 0) await this.advertising.tellAll(tx, talk);
  }

  private async act(
    platform: string,
    call: Call,
    step: { step: string; reason: string; detail: string },
    act: (tx: Tx, talk: Talk) => Promise<void>,
  ): Promise<Partner> {
    return this.database.once(call, Partner, async (tx) => {
      const talk = await lockTalk(tx, platform);
      if (!talk) throw absent(`partner ${platform}`);
      await act(tx, talk);
      await record(tx, call, this.clock.now(), { platform, ...step });
      return readPartner(tx, platform);
    });
  }

  /** @param takenBackAt a key that was taken back then is given again */
  private async insertKey(tx: Tx, platform: string, given: NewPartnerKey, field: string, takenBackAt = 0): Promise<void> {
    const key = readKey(given, field);
    const [row] = await tx.query(
      `insert into partner_keys (platform, key_id, suite, public_key, valid_from) values ($1, $2, $3, $4, $5)
       on conflict (platform, key_id) do update set valid_until = null where partner_keys.valid_until = $6 returning key_id`,
      [
        ...[platform, keyIdOf(key), given.suite, key.export({ type: 'spki', format: 'pem' })],
        given.validFrom || this.clock.now() - clockMsMax,
        takenBackAt,
      ],
    );
    if (!row) throw conflict('key_must_be_new', `${platform} has the key ${keyIdOf(key)}`, field);
  }
}

const pastOf: Readonly<Record<Move, string>> = { suspend: 'suspended', resume: 'resumed', leave: 'left' };

const stateName = (state: number): string => Object.entries(PartnerState).find(([, value]) => value === state)![0];

function mustBeThere({ state }: Talk): void {
  if (state === PartnerState.LEFT) throw conflict('partner_must_not_have_left', 'the interconnection with it has ended');
}

/** Who comes back signs by the keys that it is registered with now. */
async function takeKeysBack(tx: Tx, platform: string, now: number): Promise<void> {
  await tx.query('update partner_keys set valid_until = $2 where platform = $1 and (valid_until is null or valid_until > $2)', [
    platform,
    now,
  ]);
}

/** Whose partner is asked no more could never be decided. @throws Refusal pieces_must_be_decided */
async function mustHaveNoOpenPieces(tx: Tx, platform: string): Promise<void> {
  const open = await tx.query('select 1 from pieces where platform = $1 and state < 4 limit 1', [platform]);
  if (open.length) throw conflict('pieces_must_be_decided', 'suspend it, and let it answer what it was asked for this platform’s bids');
}

/** Its answers could not be told from others'. @throws Refusal partner_must_have_a_key */
async function mustHaveKeys(tx: Tx, platform: string, takenBackAt = 0): Promise<void> {
  const known = await tx.query(
    `select 1 from partners p where platform = $1
       and (address = '' or exists (select 1 from partner_keys k where k.platform = p.platform and k.valid_until is distinct from $2))`,
    [platform, takenBackAt],
  );
  if (!known.length) throw conflict('partner_must_have_a_key', 'whom an address is given is spoken to, and signs its answers', 'keys');
}

function readKey({ publicKey, suite }: NewPartnerKey, field: string) {
  try {
    return readPublicKey(publicKey, suite as SuiteName);
  } catch (error) {
    throw invalid(`${field}.publicKey`, 'key_must_be_a_public_key_of_its_suite', String(error instanceof Error ? error.message : error));
  }
}

function checked(details: PartnerDetails): PartnerDetails {
  if (!details.tls && details.ca)
    throw invalid('details.ca', 'ca_must_come_with_tls', 'it vouches for a certificate that is not asked for');
  if (details.tls && numericHost.test(details.address))
    throw invalid('details.address', 'address_must_be_a_name_with_tls', 'a certificate is held against the name of a host');
  try {
    if (details.ca) new X509Certificate(details.ca);
  } catch {
    throw invalid('details.ca', 'ca_must_be_a_certificate', 'PEM of a certificate');
  }
  return details;
}

/** No TLS handshake names a server so (RFC 6066, section 3). */
const numericHost = /^[0-9.]+:/;

const columnsOf = (details: PartnerDetails): unknown[] => [
  ...[details.address, details.tls, details.ca, details.creditLimit],
  ...[details.ratePerSecond, details.classes, details.zones],
];

const wordsOf = (
  { participantId, address, tls, creditLimit, ratePerSecond, classes, zones }: PartnerDetails,
  certificates: readonly string[] = [],
): string =>
  `participant ${participantId} at ${address ? `${address}${tls ? '' : ' without TLS'}` : 'no address'}, credit ${formatYuan(creditLimit)} yuan, ${ratePerSecond} messages a second, classes ${classes.join(', ')}, zones ${zones.join(', ')}${certificates.map((one) => `, certificate ${plainDigest(one)}`).join('')}`;
