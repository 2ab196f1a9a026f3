// Needs 算力需求, declared by buyers for the needs list. Nothing trades on them, so nobody is told.
import { Need, NeedDetails, RegisteredKind, Role } from '#contracts';
import { keptOnceVerified, needRules } from './core/details.js';
import type { Kind } from './kind.js';

export const need: Kind<NeedDetails, Need> = {
  kind: RegisteredKind.NEED,
  noun: 'need',
  table: 'needs',
  details: NeedDetails,
  message: Need,
  rules: needRules,
  keeps: keptOnceVerified.need,
  ownerRoles: [Role.BUYER],
  region: (_tx, { region }) => Promise.resolve(region),
  view: ({ id, ownerId, state, identifier, details, amendment, changedAt }) => ({
    needId: id,
    buyerId: ownerId,
    state,
    identifier,
    details,
    amendment,
    changedAt,
  }),
};
