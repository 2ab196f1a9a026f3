// Sites 算力中心: data centres and edge sites.
import { RegisteredKind, RegistrationState, Role, Site, SiteChanged, SiteClass, SiteDetails } from '#contracts';
import { conflict } from '#platform';
import { keptOnceVerified, siteRules } from './core/details.js';
import { siteClassOf } from './core/site-class.js';
import { nationalIdentifierOf } from './kind.js';
import type { Kind } from './kind.js';

export const site: Kind<SiteDetails, Site> = {
  kind: RegisteredKind.SITE,
  noun: 'site',
  table: 'sites',
  details: SiteDetails,
  message: Site,
  rules: siteRules,
  keeps: keptOnceVerified.site,
  ownerRoles: [Role.PROVIDER],
  async checkRetirable(tx, { id }) {
    const [pool] = await tx.query('select id from pools where site_id = $1 and state <> $2 limit 1', [id, RegistrationState.RETIRED]);
    if (pool) throw conflict('site_must_retire_its_pools_first', `site ${id} still has some`);
  },
  region: (_tx, { region }) => Promise.resolve(region),
  view: (thing) => {
    const { id, ownerId, state, identifier, details, amendment, changedAt } = thing;
    const siteClass = SiteClass[siteClassOf(details.standardRacks)];
    const nationalIdentifier = nationalIdentifierOf(thing);
    return { siteId: id, providerId: ownerId, state, identifier, details, amendment, siteClass, changedAt, nationalIdentifier };
  },
  tell: (outbox, tx, { id, ownerId, state, details }) =>
    outbox.publish(tx, SiteChanged, SiteChanged.create({ ...details, siteId: id, providerId: ownerId, state }), `site/${id}`),
};
