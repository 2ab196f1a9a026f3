// Participants 市场主体: organisations and persons.
import { OrganisationSize, Participant, ParticipantChanged, ParticipantDetails, RegisteredKind, RegistrationState, Role } from '#contracts';
import { conflict, invalid } from '#platform';
import { participantRules } from './core/details.js';
import type { DetailRule } from './core/details.js';
import { keptOnceVerified } from './core/details.js';
import { nationalIdentifierOf } from './kind.js';
import type { Kind } from './kind.js';

const orderRateDefault = 100;
const orderValueMax = 9_000_000_000_000_000n;

const rules: DetailRule<ParticipantDetails>[] = participantRules.map(([field, rule, keeps]) => [
  field === 'isPerson' ? 'size' : field,
  rule,
  (details) => keeps({ ...details, isPerson: details.size === OrganisationSize.INDIVIDUAL }),
]);

export const participant: Kind<ParticipantDetails, Participant> = {
  kind: RegisteredKind.PARTICIPANT,
  noun: 'participant',
  table: 'participants',
  details: ParticipantDetails,
  message: Participant,
  rules,
  keeps: keptOnceVerified.participant,
  ownerRoles: [],
  complete: (details, id) => ({
    ...details,
    ownerGroup: details.ownerGroup || id,
    orderRatePerSecond: details.orderRatePerSecond || orderRateDefault,
    orderValueCap: details.orderValueCap || orderValueMax,
  }),
  async checkReferences(tx, { roles, ownerGroup, creditCode }, _ownerId, id) {
    if (roles.includes(Role.SERVICE))
      throw invalid('details.roles', 'roles_must_be_of_participants', 'SERVICE is no role of a participant');
    const [founder] = ownerGroup === id ? [{}] : await tx.query('select id from participants where id = $1', [ownerGroup]);
    if (!founder) throw invalid('details.ownerGroup', 'owner_group_must_exist', `no participant ${ownerGroup} founded one`);
    const [other] = await tx.query(
      'select id from participants where credit_code = $1 and credit_code <> $2 and state <> $3 and id <> $4',
      [creditCode, '', RegistrationState.RETIRED, id],
    );
    if (other) throw conflict('credit_code_must_be_registered_once', 'another participant has this code', 'details.creditCode');
  },
  async checkRetirable(tx, { id }) {
    const [held] = await tx.query(
      'select id from sites where owner_id = $1 and state <> $2 union all select id from links where owner_id = $1 and state <> $2 limit 1',
      [id, RegistrationState.RETIRED],
    );
    if (held) throw conflict('participant_must_retire_its_sites_and_links_first', `participant ${id} still has some`);
  },
  region: (_tx, { region }) => Promise.resolve(region),
  view: (thing) => {
    const { id, state, identifier, details, amendment, changedAt } = thing;
    return { participantId: id, state, identifier, details, amendment, changedAt, nationalIdentifier: nationalIdentifierOf(thing) };
  },
  tell: (outbox, tx, { id, state, details }) =>
    outbox.publish(tx, ParticipantChanged, ParticipantChanged.create({ ...details, participantId: id, state }), `participant/${id}`),
};
