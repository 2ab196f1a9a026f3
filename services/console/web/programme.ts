// A programme as the API tells it, and what a reader may know and do of it.
import type { Me } from './session.js';
import type { Terms } from './terms.js';

export interface Programme {
  readonly programmeId: number;
  readonly authorityId: number;
  readonly state: string;
  readonly terms: Terms;
  readonly approvedBy: readonly string[];
  readonly createdAt: string;
  readonly changedAt: string;
}

/** What it spends is told to its authority, the operator and the regulator. */
export const seesMoneyOf = ({ authorityId }: Programme, me: Me): boolean =>
  authorityId === me.participantId || me.roles.includes('OPERATOR') || me.roles.includes('REGULATOR');
/** Its second officer has approved it. */
export const isIssued = ({ state }: Programme): boolean => state !== 'DRAFT' && state !== 'SUBMITTED';
/** Who may decide about it; which two of them is R-34's to say. */
export const isOfficer = (programme: Programme, me: Me): boolean =>
  me.roles.includes('OPERATOR') || (me.roles.includes('AUTHORITY') && programme.authorityId === me.participantId);
