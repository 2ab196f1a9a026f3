// Links 链路: from a region of demand to a region or to one site.
import { Link, LinkChanged, LinkDetails, RegisteredKind, RegistrationState, Role } from '#contracts';
import { absent, conflict, invalid } from '#platform';
import { keptOnceVerified, linkRules } from './core/details.js';
import type { Kind } from './kind.js';

export const link: Kind<LinkDetails, Link> = {
  kind: RegisteredKind.LINK,
  noun: 'link',
  table: 'links',
  details: LinkDetails,
  message: Link,
  rules: linkRules,
  keeps: keptOnceVerified.link,
  ownerRoles: [Role.PROVIDER, Role.PARTNER, Role.OPERATOR],
  /** A site of another may be named once it is verified, when its identifier is public. */
  async checkReferences(tx, { toSiteId, toRegion }, ownerId) {
    if (!toSiteId) return;
    const [end] = await tx.query<{ region: number }>(
      'select region from sites where id = $1 and (owner_id = $2 or identifier is not null)',
      [toSiteId, ownerId],
    );
    if (!end) throw absent(`site ${toSiteId}`);
    if (end.region !== toRegion)
      throw invalid('details.toRegion', 'link_must_end_in_its_sites_region', `site ${toSiteId} lies in ${end.region}`);
  },
  async checkReady(tx, { details: { toSiteId } }) {
    if (!toSiteId) return;
    const [verified] = await tx.query('select id from sites where id = $1 and state = $2 for share', [
      toSiteId,
      RegistrationState.VERIFIED,
    ]);
    if (!verified) throw conflict('link_must_end_at_a_verified_site', `site ${toSiteId} is not verified`);
  },
  region: (_tx, { fromRegion }) => Promise.resolve(fromRegion),
  view: ({ id, ownerId, state, identifier, details, amendment, changedAt, row }) => ({
    linkId: id,
    ownerId,
    state,
    identifier,
    details,
    amendment,
    changedAt,
    countedRoundTripUs: countedOf(details, row),
  }),
  tell: (outbox, tx, { id, ownerId, state, details, row }) => {
    return outbox.publish(
      tx,
      LinkChanged,
      LinkChanged.create({ ...details, roundTripUs: countedOf(details, row), linkId: id, ownerId, state }),
      `link/${id}`,
    );
  },
};

/** what is measured counts while it is young. An owner's own probes may make a link longer than it promised, and not shorter. */
function countedOf({ roundTripUs }: LinkDetails, row: Readonly<Record<string, unknown>>): number {
  const measured = row.measured_round_trip_us as number;
  if (measured === 0) return roundTripUs;
  return row.measured_by_operator === true ? measured : Math.max(measured, roundTripUs);
}
