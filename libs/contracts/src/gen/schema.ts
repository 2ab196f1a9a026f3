// Code generated from proto/ by scripts/generate.mjs. DO NOT EDIT.
import type { EnumSchema, MessageSchema } from '../schema-types.js';

export const messages: Record<string, MessageSchema> = {
  'exchange.common.v1.PeriodicJob': {
    fields: [
      { name: 'service', kind: 'string' },
      { name: 'name', kind: 'string' },
      { name: 'everyMs', kind: 'int64' },
    ],
  },
  'exchange.common.v1.JobList': { fields: [{ name: 'jobs', repeated: true, kind: 'message', type: 'exchange.common.v1.PeriodicJob' }] },
  'exchange.common.v1.RunJobRequest': {
    fields: [
      { name: 'service', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'name', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'now', kind: 'int64', rule: { min: 1, required: true, format: 'time' } },
    ],
  },
  'exchange.common.v1.MoveClockRequest': { fields: [{ name: 'time', kind: 'int64', rule: { min: 1, required: true, format: 'time' } }] },
  'exchange.common.v1.SettleRequest': {
    fields: [{ name: 'look', kind: 'bool', description: 'Events of other processes may have come that this one was not told of.' }],
  },
  'exchange.common.v1.Settled': {
    fields: [
      {
        name: 'worked',
        kind: 'int64',
        description:
          'Events that this process has handled or sent, and calls that it made to others, since it started. Where it is the same as before, nothing has come of it.',
      },
    ],
  },
  'exchange.common.v1.Event': {
    description:
      'An event between services, with the attributes of CloudEvents 1.0. (source, sequence) is its identity; consumers drop what they have seen.',
    fields: [
      { name: 'id', kind: 'string', description: 'source and sequence, joined by a slash.' },
      { name: 'source', kind: 'string', description: 'The publisher: a service, and its shard where it has one ("scheduler/0").' },
      { name: 'sequence', kind: 'int64', description: "From 1, without gaps, in the order of the publisher's commits." },
      { name: 'type', kind: 'string', description: 'Full name of the message in data.' },
      {
        name: 'subject',
        kind: 'string',
        description: 'What it is about ("participant/12"): the key that keeps order where a topic is partitioned.',
      },
      { name: 'time', kind: 'int64', description: "Milliseconds since the Unix epoch, by the exchange's clock." },
      { name: 'traceparent', kind: 'string', description: 'W3C trace context of the call that caused it.' },
      { name: 'data', kind: 'bytes' },
    ],
  },
  'exchange.common.v1.Book': {
    description: 'R-1: one book of orders.',
    fields: [
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      {
        name: 'model',
        kind: 'string',
        rule: { maxLength: 40, required: true, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
        description: 'The model\'s name as in the list of models ("A100"); general compute names its processor family.',
      },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', rule: { required: true } },
      { name: 'tier', kind: 'enum', type: 'exchange.common.v1.Tier', rule: { required: true } },
    ],
  },
  'exchange.common.v1.ClockState': {
    fields: [
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
      { name: 'virtual', kind: 'bool' },
    ],
  },
  'exchange.common.v1.AdvanceClockRequest': {
    fields: [
      {
        name: 'to',
        kind: 'int64',
        rule: { min: 1, required: true, format: 'time' },
        description: 'Where the clock shall stand; not before where it stands. Equal: only wait until all is quiet.',
      },
    ],
  },
  'exchange.common.v1.ListDeadLettersRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'consumer', kind: 'string', rule: { maxLength: 64 } },
    ],
  },
  'exchange.common.v1.ListDeadLettersResponse': {
    fields: [
      { name: 'deadLetters', repeated: true, kind: 'message', type: 'exchange.common.v1.DeadLetter' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.common.v1.ReplayDeadLetterRequest': {
    fields: [
      { name: 'consumer', kind: 'string', rule: { maxLength: 64, required: true } },
      {
        name: 'eventSource',
        kind: 'string',
        rule: { maxLength: 64, required: true },
        description: 'Its slashes written as ~ ("scheduler~0").',
      },
      { name: 'sequence', kind: 'int64', rule: { min: 1, required: true } },
    ],
  },
  'exchange.common.v1.DeadLetter': {
    fields: [
      { name: 'consumer', kind: 'string' },
      { name: 'eventSource', kind: 'string' },
      { name: 'sequence', kind: 'int64' },
      { name: 'type', kind: 'string' },
      { name: 'cause', kind: 'string' },
      { name: 'attempts', kind: 'int32' },
      { name: 'failedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'replayed', kind: 'bool' },
    ],
  },
  'exchange.common.v1.PageRequest': {
    description: 'A place in a list and how many rows to answer.',
    fields: [
      {
        name: 'cursor',
        kind: 'string',
        rule: { maxLength: 400 },
        description: 'Opaque; from the last answer of the same list under the same filters. Empty starts at the beginning.',
      },
      {
        name: 'limit',
        kind: 'int32',
        rule: { min: 0, max: 1000, aboveZero: 'limit_must_be_above_zero' },
        description: 'Rows, 1 to 1000; left out: 100. May change from page to page.',
      },
    ],
  },
  'exchange.common.v1.PageInfo': {
    description: 'What follows a list.',
    fields: [{ name: 'nextCursor', kind: 'string', description: 'Empty at the end of the list.' }],
  },
  'exchange.common.v1.Window': {
    description: 'A half-open window of slots.',
    fields: [
      { name: 'from', kind: 'int32', rule: { min: 0, format: 'slot' } },
      { name: 'to', kind: 'int32', rule: { min: 0, format: 'slot' } },
    ],
  },
  'exchange.common.v1.SlotUnits': {
    description: 'So many units in each slot of a window.',
    fields: [
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
      { name: 'units', kind: 'int32', rule: { min: 1, max: 100000000, required: true } },
    ],
  },
  'exchange.common.v1.UnitsBySlot': {
    description: 'Units by slot. Windows ascend and do not overlap; a slot in none of them has no units.',
    fields: [{ name: 'ranges', repeated: true, kind: 'message', type: 'exchange.common.v1.SlotUnits', rule: { maxItems: 32 } }],
  },
  'exchange.common.v1.FileChunk': {
    description: 'A piece of a file that is answered as it is made.',
    fields: [{ name: 'data', kind: 'bytes' }],
  },
  'exchange.common.v1.Empty': { fields: [] },
  'exchange.common.v1.MethodRule': {
    description: 'Who may call a method and where it stands over HTTP.',
    fields: [
      { name: 'http', kind: 'string', description: '"VERB /v1/path/{field}"; empty for methods between services.' },
      {
        name: 'roles',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.Role',
        description: 'Roles of which the caller must hold one.',
      },
      { name: 'anonymous', kind: 'bool', description: 'True where no key is asked.' },
      { name: 'summary', kind: 'string', description: "One line for the list of the API's pages." },
      {
        name: 'streamType',
        kind: 'string',
        description:
          "Over HTTP a server stream is sent as this media type: text/event-stream, application/x-ndjson, or as the file of its chunks' bytes: text/csv, application/xml, application/pdf.",
      },
      { name: 'example', kind: 'string', description: "JSON of a body that is taken, for the API's pages." },
      {
        name: 'bodyType',
        kind: 'string',
        description:
          "Over HTTP the body is of this media type, taken as it is into the request's field `body`, and so is the answer. Such a call needs no Idempotency-Key: it must know the same bytes again by itself.",
      },
      {
        name: 'grpc',
        kind: 'string',
        description:
          '"package.Service/Method" of others, under which the method is served over gRPC too: the request\'s bytes are its field `body`, its other fields come in the metadata, pool_id as exchange-pool-id, and the answer\'s body is the answer.',
      },
    ],
  },
  'exchange.common.v1.FieldRule': {
    description: 'What a field must obey. Checked alike over HTTP, over gRPC and in process.',
    fields: [
      { name: 'required', kind: 'bool' },
      { name: 'min', kind: 'bigint', optional: true },
      { name: 'max', kind: 'bigint', optional: true },
      { name: 'multipleOf', kind: 'bigint', optional: true },
      { name: 'minLength', kind: 'uint32', optional: true, description: 'Characters of a string, bytes of bytes.' },
      { name: 'maxLength', kind: 'uint32', optional: true },
      { name: 'pattern', kind: 'string' },
      { name: 'minItems', kind: 'uint32', optional: true },
      { name: 'maxItems', kind: 'uint32', optional: true },
      { name: 'format', kind: 'enum', type: 'exchange.common.v1.Format' },
      {
        name: 'apart',
        kind: 'bool',
        description: 'Of messages: each is checked by itself where it is carried out, so that a bad one is refused alone.',
      },
      {
        name: 'printable',
        kind: 'bool',
        description: 'Of texts that documents show: one line, without control characters or marks that turn the direction of text.',
      },
      {
        name: 'aboveZero',
        kind: 'string',
        description:
          'Of what may be left out: what is given is above 0, by the rule of this name. JSON alone tells a 0 from nothing; in gRPC a 0 says that there is none.',
      },
    ],
  },
  'exchange.identity.v1.Me': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'name', kind: 'string' },
      { name: 'roles', repeated: true, kind: 'enum', type: 'exchange.common.v1.Role', description: 'What this key may do.' },
      { name: 'keyId', kind: 'int32' },
      { name: 'keyName', kind: 'string' },
      { name: 'expiresAt', kind: 'int64', rule: { format: 'time' }, description: 'Absent: never.' },
    ],
  },
  'exchange.identity.v1.ApiKey': {
    fields: [
      { name: 'keyId', kind: 'int32' },
      { name: 'participantId', kind: 'int32' },
      { name: 'name', kind: 'string' },
      { name: 'roles', repeated: true, kind: 'enum', type: 'exchange.common.v1.Role' },
      { name: 'createdAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'expiresAt', kind: 'int64', rule: { format: 'time' }, description: 'Absent: never.' },
      { name: 'revokedAt', kind: 'int64', rule: { format: 'time' }, description: 'Absent: it works.' },
      { name: 'lastUsedDay', kind: 'int32', rule: { format: 'day' }, description: 'Asia/Shanghai. Absent: never used.' },
    ],
  },
  'exchange.identity.v1.CreateKeyRequest': {
    fields: [
      {
        name: 'participantId',
        kind: 'int32',
        rule: { min: 0 },
        description: "Whose key; absent: the caller's. Others only by the operator.",
      },
      { name: 'name', kind: 'string', rule: { maxLength: 80, required: true }, description: 'What it is for, to tell keys apart.' },
      {
        name: 'roles',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.Role',
        rule: { maxItems: 7 },
        description: 'None: every role that the caller may give.',
      },
      { name: 'expiresAt', kind: 'int64', rule: { min: 0, format: 'time' }, description: 'Absent: never.' },
    ],
  },
  'exchange.identity.v1.CreateKeyResponse': {
    fields: [
      { name: 'key', kind: 'message', type: 'exchange.identity.v1.ApiKey' },
      {
        name: 'secret',
        kind: 'string',
        description: '"cx_…", for the header `Authorization: Bearer`. Empty where this call was made before.',
      },
    ],
  },
  'exchange.identity.v1.ListKeysRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      {
        name: 'participantId',
        kind: 'int32',
        rule: { min: 0 },
        description: "Only this participant's; absent: all that the caller may see.",
      },
    ],
  },
  'exchange.identity.v1.ListKeysResponse': {
    fields: [
      { name: 'keys', repeated: true, kind: 'message', type: 'exchange.identity.v1.ApiKey' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.identity.v1.RevokeKeyRequest': { fields: [{ name: 'keyId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.identity.v1.AuthenticateRequest': { fields: [{ name: 'secret', kind: 'string', rule: { maxLength: 200, required: true } }] },
  'exchange.identity.v1.AuthenticateResponse': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'roles', repeated: true, kind: 'enum', type: 'exchange.common.v1.Role' },
      { name: 'keyId', kind: 'int32' },
    ],
  },
  'exchange.interconnect.v1.RemoteSupplyChanged': {
    description:
      'Supply that a partner advertises, as the market may sell it from now on; in place of what was told of the same pool before. Ids of sites and pools are from 1,000,000,000 on, where no id of the registry lies, and are given once: a pool keeps its site, partner, class, model, unit, units of a node and tier.',
    fields: [
      { name: 'participantId', kind: 'int32', description: "The partner's own participant, the pool's provider." },
      { name: 'remoteSiteId', kind: 'int32' },
      { name: 'remotePoolId', kind: 'int32' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string' },
      { name: 'domestic', kind: 'bool' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit' },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone' },
      { name: 'region', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      {
        name: 'units',
        kind: 'int32',
        description:
          'In each slot of the window, or the least in any where they are told by slot, beyond what this platform has reserved and bought of it.',
      },
      { name: 'price', kind: 'int64', rule: { format: 'price' }, description: 'Micro-yuan a unit-hour.' },
      { name: 'greenShareBp', kind: 'int32' },
      { name: 'pueMilli', kind: 'int32' },
      { name: 'expiresAt', kind: 'int64', rule: { format: 'time' }, description: 'From then on it is no candidate.' },
      {
        name: 'withdrawn',
        kind: 'bool',
        description: 'Nothing of it is sold any more; what is reserved or traded stays so. The other fields are as before.',
      },
      { name: 'tier', kind: 'enum', type: 'exchange.common.v1.Tier', description: 'Unspecified is FIRM.' },
      { name: 'unitsPerNode', kind: 'int32', description: 'How many units a node may give at once (R-2a); 0: 8 cards, 64 cores, 1 node.' },
      { name: 'securityGrade', kind: 'int32', description: '0: 3.' },
      {
        name: 'poolUnits',
        kind: 'int32',
        description:
          'All that is advertised in each slot, with what this platform has reserved and bought of it: the pool has nodes for so many. 0: `units`.',
      },
      {
        name: 'unitsBySlot',
        kind: 'message',
        type: 'exchange.common.v1.UnitsBySlot',
        description: 'The same as `units`, by slot. Not set: `units` in each.',
      },
    ],
  },
  'exchange.interconnect.v1.RemotePieceDecided': {
    description: "A partner's final word on a reservation that lies on its platform: committed, or not.",
    fields: [
      { name: 'tradeId', kind: 'int64', description: 'Any piece of the reservation (PieceReserved.piece.trade_id); all of it is decided.' },
      { name: 'made', kind: 'bool' },
      {
        name: 'supplyStillThere',
        kind: 'bool',
        description:
          'Not made, and the partner still has what it advertised: it may be asked for again at once. False: the advertised units are that many less.',
      },
    ],
  },
  'exchange.interconnect.v1.RemoteLeasesLost': {
    description:
      'R-24: a partner has told that leases on its platform have fewer units than were bought there, and what it placed anew itself does not make up for it: the market places what is lost anew. Leases of one reservation, together.',
    fields: [{ name: 'leases', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.RemoteLeaseLeft' }],
  },
  'exchange.interconnect.v1.RemoteLeaseLeft': {
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'unitsLeft', kind: 'int32', description: 'In each slot to come; 0: none.' },
    ],
  },
  'exchange.interconnect.v1.RemoteLeaseMeasured': {
    description:
      'What a partner has told of the leases of a reservation, as far as it is of one trade: once all of them are over and measured, and again where the partner corrects it.',
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'version', kind: 'int32', description: 'Counted from 1 for each trade; a higher one stands in place of a lower.' },
      { name: 'unitSlots', kind: 'int64', description: 'Unit-slots that stood, those that it should have had, and had.' },
      { name: 'unitSlotsDue', kind: 'int64' },
      { name: 'unitSlotsUp', kind: 'int64' },
      { name: 'energyWh', kind: 'int64', description: 'Watt-hours of its units, PUE not counted.' },
      { name: 'energyMeasured', kind: 'bool' },
    ],
  },
  'exchange.interconnect.v1.PartnerNetted': {
    description:
      'A netting that both platforms have agreed on: what is owed for statement items in which they agree, and were in no netting before.',
    fields: [
      { name: 'participantId', kind: 'int32', description: 'Who stands for the partner here.' },
      { name: 'platform', kind: 'string' },
      { name: 'through', kind: 'int32', rule: { format: 'day' }, description: 'Inclusive.' },
      { name: 'currency', kind: 'string' },
      { name: 'sold', kind: 'bigint', rule: { format: 'money' }, description: 'What the partner owes, and is owed.' },
      { name: 'bought', kind: 'bigint', rule: { format: 'money' } },
      { name: 'items', kind: 'int32' },
      {
        name: 'soldBack',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of `bought`, what goes back of what was sold and netted before; and of `sold`, what comes back of what was bought.',
      },
      { name: 'boughtBack', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'leaseIds',
        repeated: true,
        kind: 'int64',
        description:
          "This platform's leases of the items in it, and of those up to its day of which both state that nothing is owed. Empty: told later, by the same event.",
      },
      {
        name: 'adjustedLeaseIds',
        repeated: true,
        kind: 'int64',
        description: 'Those that were in a netting before and of which an adjustment still waits.',
      },
      {
        name: 'compensatedLeaseIds',
        repeated: true,
        kind: 'int64',
        description: 'Those of which a compensation still waits, though their price is in this netting or in one before.',
      },
    ],
  },
  'exchange.interconnect.v1.FederationRequest': {
    fields: [{ name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } }],
  },
  'exchange.interconnect.v1.FederationDocument': {
    fields: [
      { name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'body', kind: 'bytes', rule: { maxLength: 1048576 } },
    ],
  },
  'exchange.interconnect.v1.ZoneRequest': {
    fields: [
      { name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'zoneId', kind: 'string', rule: { maxLength: 64, required: true } },
    ],
  },
  'exchange.interconnect.v1.ResourcePoolsRequest': {
    fields: [
      { name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'zoneId', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'appProviderId', kind: 'string', rule: { maxLength: 64, required: true } },
    ],
  },
  'exchange.interconnect.v1.ResourcePoolDocument': {
    fields: [
      { name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'zoneId', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'appProviderId', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'body', kind: 'bytes', rule: { maxLength: 1048576 } },
    ],
  },
  'exchange.interconnect.v1.ResourcePoolRequest': {
    fields: [
      { name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'zoneId', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'appProviderId', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'poolId', kind: 'string', rule: { maxLength: 64, required: true } },
    ],
  },
  'exchange.interconnect.v1.RefusedOperation': {
    fields: [
      { name: 'federationContextId', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'operation', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'body', kind: 'bytes', rule: { maxLength: 67108864 } },
    ],
  },
  'exchange.interconnect.v1.HelloRequest': {
    fields: [
      {
        name: 'platform',
        kind: 'string',
        rule: { maxLength: 80, required: true },
        description: "The caller's own name for itself (a national node code where it has one).",
      },
      {
        name: 'versions',
        repeated: true,
        kind: 'int32',
        rule: { min: 1, max: 1000, minItems: 1, maxItems: 16 },
        description: 'Versions of this protocol that the caller speaks, as major numbers.',
      },
    ],
  },
  'exchange.interconnect.v1.HelloResponse': {
    fields: [
      { name: 'version', kind: 'int32', description: 'The highest version that both speak.' },
      { name: 'platform', kind: 'string' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.interconnect.v1.ListHellosRequest': { fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }] },
  'exchange.interconnect.v1.ListHellosResponse': {
    fields: [
      { name: 'hellos', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.PartnerHello' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.PartnerHello': {
    fields: [
      { name: 'helloId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'platform', kind: 'string' },
      { name: 'version', kind: 'int32' },
      { name: 'saidAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.interconnect.v1.SignedMessage': {
    description: 'A message as it goes over the wire, either way.',
    fields: [
      {
        name: 'message',
        kind: 'bytes',
        rule: { maxLength: 1048576, required: true },
        description: 'A PartnerMessage, encoded. These bytes are what is signed and kept; nobody encodes them anew.',
      },
      {
        name: 'saidAt',
        kind: 'int64',
        rule: { min: 1, required: true, format: 'time' },
        description: 'By the clock of who signs, when it says this. A message that is said again is signed again.',
      },
      {
        name: 'keyId',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9a-f]{16}$' },
        description: "First 16 hexadecimal digits of the SHA-256 of the public key's SubjectPublicKeyInfo.",
      },
      {
        name: 'suite',
        kind: 'string',
        rule: { maxLength: 20, required: true },
        description: '"international" (Ed25519) or "national" (SM2 with SM3).',
      },
      {
        name: 'signature',
        kind: 'bytes',
        rule: { maxLength: 512, required: true },
        description:
          'Over "compute-exchange interconnect v1\\n", the moment at which it is said as eight bytes (milliseconds, the highest byte first), and the message. Of Ed25519 64 bytes; of SM2 DER of r and s, the signer\'s identifier empty. docs/interconnection.md has an example of each, byte for byte.',
      },
    ],
  },
  'exchange.interconnect.v1.PartnerMessage': {
    fields: [
      {
        name: 'id',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9A-Za-z-]{8,64}$' },
        description: "The sender's choice, never used for another message.",
      },
      {
        name: 'from',
        kind: 'string',
        rule: { maxLength: 80, required: true },
        description: 'Names of the two platforms, as they are registered with each other.',
      },
      { name: 'to', kind: 'string', rule: { maxLength: 80, required: true } },
      {
        name: 'madeAt',
        kind: 'int64',
        rule: { min: 1, required: true, format: 'time' },
        description: 'When it was first written. Nothing is decided by it.',
      },
      {
        name: 'validUntil',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description: 'Heard for the first time after this, it is refused; so is a message that has none. Not set in an answer.',
      },
      { name: 'answers', kind: 'string', rule: { maxLength: 64 }, description: 'Of an answer: id of the message that it answers.' },
      { name: 'hello', number: 16, kind: 'message', type: 'exchange.interconnect.v1.Greeting', oneof: 'body' },
      { name: 'helloAnswer', number: 17, kind: 'message', type: 'exchange.interconnect.v1.Greeting', oneof: 'body' },
      { name: 'advertise', number: 18, kind: 'message', type: 'exchange.interconnect.v1.Advertisement', oneof: 'body' },
      { name: 'advertiseAnswer', number: 19, kind: 'message', type: 'exchange.interconnect.v1.AdvertisementHeard', oneof: 'body' },
      { name: 'quote', number: 20, kind: 'message', type: 'exchange.interconnect.v1.QuoteRequested', oneof: 'body' },
      { name: 'quoteAnswer', number: 21, kind: 'message', type: 'exchange.interconnect.v1.QuoteGiven', oneof: 'body' },
      { name: 'reserve', number: 22, kind: 'message', type: 'exchange.interconnect.v1.ReservationRequested', oneof: 'body' },
      { name: 'reserveAnswer', number: 23, kind: 'message', type: 'exchange.interconnect.v1.ReservationMade', oneof: 'body' },
      { name: 'commit', number: 24, kind: 'message', type: 'exchange.interconnect.v1.CommitRequested', oneof: 'body' },
      { name: 'commitAnswer', number: 25, kind: 'message', type: 'exchange.interconnect.v1.CommitDone', oneof: 'body' },
      { name: 'cancel', number: 26, kind: 'message', type: 'exchange.interconnect.v1.CancelRequested', oneof: 'body' },
      { name: 'cancelAnswer', number: 27, kind: 'message', type: 'exchange.interconnect.v1.CancelDone', oneof: 'body' },
      { name: 'leaseState', number: 28, kind: 'message', type: 'exchange.interconnect.v1.LeaseStateTold', oneof: 'body' },
      { name: 'leaseStateAnswer', number: 29, kind: 'message', type: 'exchange.interconnect.v1.LeaseStateHeard', oneof: 'body' },
      {
        name: 'refused',
        number: 30,
        kind: 'message',
        type: 'exchange.interconnect.v1.MessageRefusal',
        oneof: 'body',
        description: 'Answers any message.',
      },
      { name: 'usage', number: 31, kind: 'message', type: 'exchange.interconnect.v1.UsageTold', oneof: 'body' },
      { name: 'usageAnswer', number: 32, kind: 'message', type: 'exchange.interconnect.v1.UsageHeard', oneof: 'body' },
      { name: 'statement', number: 33, kind: 'message', type: 'exchange.interconnect.v1.DayStated', oneof: 'body' },
      { name: 'statementAnswer', number: 34, kind: 'message', type: 'exchange.interconnect.v1.DayHeard', oneof: 'body' },
      { name: 'netting', number: 35, kind: 'message', type: 'exchange.interconnect.v1.NettingProposed', oneof: 'body' },
      { name: 'nettingAnswer', number: 36, kind: 'message', type: 'exchange.interconnect.v1.NettingAgreed', oneof: 'body' },
    ],
  },
  'exchange.interconnect.v1.MessageRefusal': {
    description: 'Nothing was done of the message that this answers.',
    fields: [
      { name: 'rule', kind: 'string', rule: { maxLength: 100, required: true }, description: 'Name of the rule that was broken.' },
      {
        name: 'detail',
        kind: 'string',
        rule: { maxLength: 1000 },
        description: 'For people: which field, and what was expected. Nothing is to be decided by its words.',
      },
      {
        name: 'again',
        kind: 'bool',
        description: 'True where nothing was kept of it either: the same message may be said again. Else this is its answer for good.',
      },
      { name: 'time', kind: 'int64', rule: { min: 0, format: 'time' }, description: "The refusing platform's time." },
      {
        name: 'left',
        kind: 'message',
        type: 'exchange.common.v1.UnitsBySlot',
        description:
          "Of a reserve that was refused as supply_must_be_there: what the terms would get in each slot of their window now, beyond what the buyer's platform has. Not set: not told. Binds nobody.",
      },
    ],
  },
  'exchange.interconnect.v1.Greeting': {
    description: 'What a platform is, speaks and has heard: the body of hello and of its answer.',
    fields: [
      {
        name: 'versions',
        repeated: true,
        kind: 'int32',
        rule: { min: 1, max: 1000, minItems: 1, maxItems: 16 },
        description: 'Versions of this protocol that it speaks, as major numbers. Both then speak the highest in common.',
      },
      {
        name: 'capabilities',
        repeated: true,
        kind: 'string',
        rule: { maxLength: 40, maxItems: 64, pattern: '^[a-z_]+$' },
        description:
          'Kinds of messages that it hears beside hello: "advertise", "quote", "reserve", "commit", "cancel", "usage", "statement", "netting" and so on, as the fields of a message are named; lines of a statement beside items that it knows: "adjustment", "compensation"; and "supply_by_slot", if it reads units of supply by slot.',
      },
      {
        name: 'keys',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.PlatformKey',
        rule: { maxItems: 8 },
        description: "The keys that it signs with. Shown to the other's operator, who registers them; not trusted because they are told.",
      },
      {
        name: 'time',
        kind: 'int64',
        rule: { min: 1, required: true, format: 'time' },
        description: 'Its time when it wrote this: in a hello that is said again it is old, and its clock is what the signature is over.',
      },
      {
        name: 'saidSerial',
        kind: 'int64',
        rule: { min: 0, max: 1000000000000 },
        description: 'Serial of the last advertisement that it has said to the other; 0: none.',
      },
      {
        name: 'heardSerial',
        kind: 'int64',
        rule: { min: 0, max: 1000000000000 },
        description:
          "Serial of the other's last advertisement that it has taken; 0: none. Where it is not what the other said last, the other advertises all anew.",
      },
    ],
  },
  'exchange.interconnect.v1.PlatformKey': {
    fields: [
      { name: 'keyId', kind: 'string', rule: { maxLength: 16 } },
      { name: 'suite', kind: 'string', rule: { maxLength: 20 } },
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000 }, description: 'PEM of the SubjectPublicKeyInfo.' },
    ],
  },
  'exchange.interconnect.v1.Advertisement': {
    description: 'Supply that a platform offers to one partner: all of it, or what changed since the serial before.',
    fields: [
      {
        name: 'serial',
        kind: 'int64',
        rule: { min: 1, max: 1000000000000, required: true },
        description:
          'Counted from 1 by the sender for this partner, each advertisement one more than the last. One that was refused has not taken its serial.',
      },
      {
        name: 'full',
        kind: 'bool',
        description: 'True: this is all there is, what is not named here is withdrawn. Taken at any serial beyond the last heard.',
      },
      {
        name: 'supply',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.RemoteSupply',
        rule: { maxItems: 1000 },
        description: 'New, or in place of what has the same advert id. Of two with one id the last counts.',
      },
      {
        name: 'withdrawn',
        repeated: true,
        kind: 'string',
        rule: { maxItems: 1000, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' },
        description: 'Advert ids that are no more; one that is in supply as well is there.',
      },
    ],
  },
  'exchange.interconnect.v1.RemoteSupply': {
    description: 'Like capacity of a region, added up: no pool, site or provider is named.',
    fields: [
      {
        name: 'advertId',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' },
        description: "The sender's name for it.",
      },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      {
        name: 'model',
        kind: 'string',
        rule: { maxLength: 40, required: true, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
        description: "The chip's model, or general compute's processor family.",
      },
      { name: 'domestic', kind: 'bool', description: 'A domestic chip 国产.' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', rule: { required: true } },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone', rule: { required: true } },
      {
        name: 'region',
        kind: 'int32',
        rule: { min: 110000, max: 829999, required: true },
        description: 'Administrative code of six digits (GB/T 2260).',
      },
      {
        name: 'units',
        kind: 'int32',
        rule: { min: 1, max: 100000000, required: true },
        description:
          'In each slot of the window, or the most in any slot where they are told by slot; what the hearing platform has reserved or bought of this advert is among them.',
      },
      {
        name: 'price',
        kind: 'int64',
        rule: { min: 0, format: 'price' },
        description: 'Of a unit-hour. At 0 it is shown, and nothing is sold of it.',
      },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
      {
        name: 'roundTripUs',
        kind: 'int32',
        rule: { min: 0, max: 1000000000 },
        description: "Of the link from the hearing platform's region, as the sender knows it; 0: not known.",
      },
      { name: 'gigabitsPerSecond', kind: 'int32', rule: { min: 0, max: 1000000 } },
      { name: 'greenShareBp', kind: 'int32', rule: { min: 0, max: 10000 }, description: 'Basis points of green energy.' },
      { name: 'pueMilli', kind: 'int32', rule: { min: 0, max: 10000 }, description: 'PUE in thousandths; 0: not told.' },
      {
        name: 'expiresAt',
        kind: 'int64',
        rule: { min: 1, required: true, format: 'time' },
        description: 'From then on it is no candidate, whatever was heard since.',
      },
      {
        name: 'unitsPerNode',
        kind: 'int32',
        rule: { min: 0, max: 100000 },
        description: 'Units that a node has; 0: 8 cards, 64 cores, 1 node.',
      },
      { name: 'securityGrade', kind: 'int32', rule: { min: 0, max: 5 }, description: 'Level of protection 等级保护; 0: 3.' },
      {
        name: 'nodeShape',
        kind: 'message',
        type: 'exchange.interconnect.v1.NodeShape',
        description:
          'What a node of it is, where the sender tells. Nothing is matched by it; partners that speak E/WBI are offered only supply that has it.',
      },
      {
        name: 'unitsBySlot',
        kind: 'message',
        type: 'exchange.common.v1.UnitsBySlot',
        description:
          'In slots of the window, where not all have as many; told only to platforms that name it among their capabilities. Not set: `units`.',
      },
    ],
  },
  'exchange.interconnect.v1.NodeShape': {
    fields: [
      { name: 'architecture', kind: 'enum', type: 'exchange.interconnect.v1.CpuArchitecture', rule: { required: true } },
      { name: 'cores', kind: 'int32', rule: { min: 1, max: 100000, required: true } },
      { name: 'memoryGib', kind: 'int32', rule: { min: 1, max: 1000000, required: true } },
      { name: 'storageGb', kind: 'int32', rule: { min: 0, max: 10000000 }, description: 'Of local storage, in units of 10^9 bytes.' },
      { name: 'cardMemoryGib', kind: 'int32', rule: { min: 0, max: 100000 }, description: 'Of one card.' },
      { name: 'cardVendor', kind: 'string', rule: { maxLength: 40 }, description: '"NVIDIA", "AMD", or who else makes the cards.' },
    ],
  },
  'exchange.interconnect.v1.AdvertisementHeard': {
    fields: [
      {
        name: 'heardSerial',
        kind: 'int64',
        rule: { min: 0, max: 1000000000000 },
        description: "Serial up to which the sender's advertisements are taken.",
      },
      { name: 'wantsFull', kind: 'bool', description: 'A serial is missing: nothing of this one was taken, and all is wanted anew.' },
      {
        name: 'refused',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.SupplyRefusal',
        rule: { maxItems: 1000 },
        description: 'Those of this advertisement that were left out.',
      },
    ],
  },
  'exchange.interconnect.v1.SupplyRefusal': {
    fields: [
      { name: 'advertId', kind: 'string', rule: { maxLength: 64 } },
      { name: 'rule', kind: 'string', rule: { maxLength: 100 } },
    ],
  },
  'exchange.interconnect.v1.GetOwnPlatformRequest': { fields: [] },
  'exchange.interconnect.v1.OwnPlatform': {
    fields: [
      { name: 'platform', kind: 'string' },
      { name: 'versions', repeated: true, kind: 'int32' },
      { name: 'capabilities', repeated: true, kind: 'string' },
      {
        name: 'keys',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.PlatformKey',
        description: 'None where this platform has no key: it then neither says nor hears anything.',
      },
      {
        name: 'certificate',
        kind: 'string',
        description: "SHA-256 of the certificate that it shows to partners' servers, for them to register; empty: it shows none.",
      },
    ],
  },
  'exchange.interconnect.v1.PartnerDetails': {
    description: 'How a partner is reached, and how far it is trusted.',
    fields: [
      {
        name: 'participantId',
        kind: 'int32',
        rule: { min: 1, required: true },
        description: 'A verified participant with the role PARTNER.',
      },
      {
        name: 'address',
        kind: 'string',
        rule: { maxLength: 300, pattern: '^([A-Za-z0-9.-]+:[0-9]{1,5})?$' },
        description: 'host:port of its gRPC. Empty: it speaks other protocols, by an API key of its participant, and is told nothing.',
      },
      { name: 'tls', kind: 'bool', description: 'False only where the way to it is protected otherwise.' },
      {
        name: 'ca',
        kind: 'string',
        rule: { maxLength: 20000 },
        description: 'PEM of the authority that vouches for its certificate; empty: those that are publicly known.',
      },
      {
        name: 'creditLimit',
        kind: 'bigint',
        rule: { min: 0, max: 1000000000000000000, format: 'money' },
        description: 'What it may owe this platform at most.',
      },
      {
        name: 'ratePerSecond',
        kind: 'int32',
        rule: { min: 1, max: 10000, required: true },
        description: 'Messages a second that are heard of it.',
      },
      {
        name: 'classes',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.ComputeClass',
        rule: { minItems: 1, maxItems: 8 },
        description: 'Classes of compute that it may offer here and is offered.',
      },
      {
        name: 'zones',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.ResidencyZone',
        rule: { minItems: 1, maxItems: 8 },
        description: "Zones from which it may offer here and is offered (R-37): others than DOMESTIC are the operator's grant.",
      },
    ],
  },
  'exchange.interconnect.v1.NewPartnerKey': {
    fields: [
      {
        name: 'suite',
        kind: 'string',
        rule: { required: true, pattern: '^(international|national)$' },
        description: '"international" (Ed25519) or "national" (SM2 with SM3).',
      },
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000, required: true }, description: 'PEM of the SubjectPublicKeyInfo.' },
      {
        name: 'validFrom',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description: 'Nothing signed earlier is taken; not set: five minutes ago, since clocks may differ by so much.',
      },
    ],
  },
  'exchange.interconnect.v1.RegisterPartnerRequest': {
    fields: [
      {
        name: 'platform',
        kind: 'string',
        rule: { maxLength: 80, required: true, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
        description: 'Its own name for itself, as in its messages.',
      },
      { name: 'details', kind: 'message', type: 'exchange.interconnect.v1.PartnerDetails', rule: { required: true } },
      {
        name: 'keys',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.NewPartnerKey',
        rule: { maxItems: 8 },
        description: 'One at least where it has an address.',
      },
      {
        name: 'certificates',
        repeated: true,
        kind: 'string',
        rule: { maxItems: 2, pattern: '^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$' },
        description:
          'SHA-256 of the certificates that it shows where it calls, 64 hexadecimal digits, with or without colons: one, or two while it goes from one to the other. Without one it is not heard where this platform listens for partners by TLS.',
      },
    ],
  },
  'exchange.interconnect.v1.AmendPartnerRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'details', kind: 'message', type: 'exchange.interconnect.v1.PartnerDetails', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.AddPartnerKeyRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'key', kind: 'message', type: 'exchange.interconnect.v1.NewPartnerKey', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.EndPartnerKeyRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'keyId', kind: 'string', rule: { required: true, pattern: '^[0-9a-f]{16}$' } },
      {
        name: 'validUntil',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description: 'From when on nothing signed by it is taken; may lie in the past where the key was lost. Not set: now.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.AddPartnerCertificateRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      {
        name: 'sha256',
        kind: 'string',
        rule: { required: true, pattern: '^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$' },
        description: 'Of its DER, 64 hexadecimal digits, with or without colons.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.EndPartnerCertificateRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'sha256', kind: 'string', rule: { required: true, pattern: '^[0-9a-f]{64}$' } },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.MovePartnerRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.GetPartnerRequest': { fields: [{ name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } }] },
  'exchange.interconnect.v1.PartnerKey': {
    fields: [
      { name: 'keyId', kind: 'string' },
      { name: 'suite', kind: 'string' },
      { name: 'publicKey', kind: 'string' },
      { name: 'validFrom', kind: 'int64', rule: { format: 'time' } },
      { name: 'validUntil', kind: 'int64', rule: { format: 'time' }, description: 'Not set: until it is ended.' },
    ],
  },
  'exchange.interconnect.v1.PartnerCertificate': {
    fields: [
      { name: 'sha256', kind: 'string', description: 'Of its DER, 64 hexadecimal digits in lower case.' },
      { name: 'registeredAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.interconnect.v1.Partner': {
    fields: [
      { name: 'platform', kind: 'string' },
      { name: 'details', kind: 'message', type: 'exchange.interconnect.v1.PartnerDetails' },
      { name: 'state', kind: 'enum', type: 'exchange.interconnect.v1.PartnerState' },
      { name: 'keys', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.PartnerKey' },
      { name: 'version', kind: 'int32', description: 'Agreed in the last hello; 0: none yet.' },
      { name: 'capabilities', repeated: true, kind: 'string' },
      { name: 'clockAheadMs', kind: 'int64', description: 'Of its clock over ours in the last hello, in milliseconds.' },
      { name: 'lastHeardAt', kind: 'int64', rule: { format: 'time' }, description: 'Not set: never.' },
      { name: 'saidSerial', kind: 'int64' },
      { name: 'heardSerial', kind: 'int64' },
      {
        name: 'toldKeys',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.PlatformKey',
        description:
          'Keys that it told in its last hello and that are not registered: the operator asks the partner by another way and adds them.',
      },
      { name: 'registeredAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'certificates',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.PartnerCertificate',
        description: 'Those that it shows where it calls.',
      },
    ],
  },
  'exchange.interconnect.v1.ListPartnersRequest': {
    fields: [
      { name: 'state', kind: 'enum', type: 'exchange.interconnect.v1.PartnerState', description: 'Any where not given.' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.interconnect.v1.ListPartnersResponse': {
    fields: [
      { name: 'partners', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.Partner' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.ListPartnerAuditRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.interconnect.v1.PartnerStep': {
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'platform', kind: 'string' },
      { name: 'step', kind: 'string' },
      { name: 'participantId', kind: 'int32' },
      { name: 'key', kind: 'string' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'reason', kind: 'string' },
      { name: 'detail', kind: 'string' },
    ],
  },
  'exchange.interconnect.v1.ListPartnerAuditResponse': {
    fields: [
      { name: 'steps', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.PartnerStep' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.ListPartnerMessagesRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80 } },
      { name: 'direction', kind: 'enum', type: 'exchange.interconnect.v1.MessageDirection' },
      { name: 'kind', kind: 'enum', type: 'exchange.interconnect.v1.MessageKind' },
      { name: 'outcome', kind: 'enum', type: 'exchange.interconnect.v1.MessageOutcome' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.interconnect.v1.ListPartnerMessagesResponse': {
    fields: [
      { name: 'messages', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.MessageLine' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.MessageLine': {
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'platform', kind: 'string' },
      { name: 'direction', kind: 'enum', type: 'exchange.interconnect.v1.MessageDirection' },
      { name: 'id', kind: 'string' },
      { name: 'kind', kind: 'enum', type: 'exchange.interconnect.v1.MessageKind' },
      { name: 'outcome', kind: 'enum', type: 'exchange.interconnect.v1.MessageOutcome' },
      { name: 'rule', kind: 'string', description: 'Where it was refused: by which rule.' },
      { name: 'at', kind: 'int64', rule: { format: 'time' }, description: 'Written here, or heard here.' },
      { name: 'answeredAt', kind: 'int64', rule: { format: 'time' }, description: 'Not set: not yet.' },
      {
        name: 'attempts',
        kind: 'int32',
        description: 'Of what has no answer yet: how often it was asked, and why the last time gave none.',
      },
      { name: 'lastFailure', kind: 'string' },
    ],
  },
  'exchange.interconnect.v1.GetPartnerMessageRequest': { fields: [{ name: 'number', kind: 'int64', rule: { min: 1 } }] },
  'exchange.interconnect.v1.JournalledMessage': {
    fields: [
      { name: 'line', kind: 'message', type: 'exchange.interconnect.v1.MessageLine' },
      { name: 'message', kind: 'message', type: 'exchange.interconnect.v1.PartnerMessage' },
      { name: 'answer', kind: 'message', type: 'exchange.interconnect.v1.PartnerMessage' },
      {
        name: 'signedMessage',
        kind: 'message',
        type: 'exchange.interconnect.v1.SignedMessage',
        description: 'As heard; of a message that this platform said, its bytes alone.',
      },
      { name: 'signedAnswer', kind: 'message', type: 'exchange.interconnect.v1.SignedMessage' },
    ],
  },
  'exchange.interconnect.v1.RemoteTerms': {
    description: 'Like capacity of one region, FIRM, in every slot of a window.',
    fields: [
      {
        name: 'advertId',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' },
        description: "Of the seller's advertisement from which the buyer knows of it.",
      },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      { name: 'model', kind: 'string', rule: { maxLength: 40, required: true, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' } },
      { name: 'domestic', kind: 'bool', description: 'True: only a domestic chip 国产 will do.' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', rule: { required: true } },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone', rule: { required: true } },
      {
        name: 'region',
        kind: 'int32',
        rule: { min: 110000, max: 829999, required: true },
        description: 'Administrative code of six digits (GB/T 2260).',
      },
      { name: 'units', kind: 'int32', rule: { min: 1, max: 1000000, required: true } },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
      {
        name: 'price',
        kind: 'int64',
        rule: { min: 100, max: 9000000000, multipleOf: 100, required: true, format: 'price' },
        description:
          "What a unit-hour costs: the advertised price. What a commit makes costs just this, whatever the seller's market asks.",
      },
      { name: 'perNode', kind: 'int32', rule: { min: 0, max: 100000 }, description: 'Units on one node, each node of as many; 0: one.' },
    ],
  },
  'exchange.interconnect.v1.QuoteRequested': {
    description: 'What the terms would get now. Binds nobody. Refused as a reserve where the advert does not allow them.',
    fields: [{ name: 'terms', kind: 'message', type: 'exchange.interconnect.v1.RemoteTerms', rule: { required: true } }],
  },
  'exchange.interconnect.v1.QuoteGiven': {
    fields: [
      {
        name: 'units',
        kind: 'int32',
        rule: { min: 0, max: 1000000 },
        description: 'That the terms would get in each slot of the window; all that are asked for, or fewer.',
      },
    ],
  },
  'exchange.interconnect.v1.ReservationRequested': {
    description: "Asks to hold all that the terms say for the buyer's platform, or nothing.",
    fields: [
      {
        name: 'reservationId',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' },
        description: "The buyer's choice, never used for another reservation.",
      },
      { name: 'terms', kind: 'message', type: 'exchange.interconnect.v1.RemoteTerms', rule: { required: true } },
      {
        name: 'holdMs',
        kind: 'int32',
        rule: { min: 1000, max: 600000, required: true },
        description: "For how many milliseconds from the seller's answer on. The seller may hold it for less.",
      },
      {
        name: 'image',
        kind: 'string',
        rule: { maxLength: 255 },
        description: 'What the provider is to run, and the public key to which the access secret is sealed.',
      },
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000 } },
    ],
  },
  'exchange.interconnect.v1.ReservationMade': {
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      {
        name: 'until',
        kind: 'int64',
        rule: { min: 1, required: true, format: 'time' },
        description: "By the seller's clock: a commit that is heard then or later finds nothing.",
      },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: 'Price × units × slots / 4, exact. The buyer owes what its terms make, whatever stands here.',
      },
    ],
  },
  'exchange.interconnect.v1.CommitRequested': {
    description: 'Makes a lease of a reservation.',
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      {
        name: 'terms',
        kind: 'message',
        type: 'exchange.interconnect.v1.RemoteTerms',
        rule: { required: true },
        description: 'As it was asked for.',
      },
    ],
  },
  'exchange.interconnect.v1.CommitDone': {
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      {
        name: 'leases',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.RemoteLease',
        rule: { minItems: 1, maxItems: 1000 },
        description: 'The leases that were made of it, together all units of the terms.',
      },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: "As in ReservationMade; the buyer's platform owes it, less what the leases did not deliver.",
      },
    ],
  },
  'exchange.interconnect.v1.RemoteLease': {
    description: 'A lease as the seller numbers it.',
    fields: [
      { name: 'leaseId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true } },
      { name: 'units', kind: 'int32', rule: { min: 1, max: 1000000, required: true } },
    ],
  },
  'exchange.interconnect.v1.CancelRequested': {
    description: 'The buyer does not want it any more. A reservation that is not known is then never made.',
    fields: [{ name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } }],
  },
  'exchange.interconnect.v1.CancelDone': {
    fields: [{ name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } }],
  },
  'exchange.interconnect.v1.LeaseStateTold': {
    description: 'The seller tells what became of a lease.',
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      { name: 'leaseId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true } },
      {
        name: 'serial',
        kind: 'int64',
        rule: { min: 1, max: 9007199254740991, required: true },
        description: 'Counted from 1 for each lease, with gaps. What comes after a higher one is old, and changes nothing.',
      },
      { name: 'state', kind: 'enum', type: 'exchange.interconnect.v1.RemoteLeaseState', rule: { required: true } },
      {
        name: 'delivered',
        kind: 'message',
        type: 'exchange.common.v1.Window',
        rule: { required: true },
        description: "That stands after the change: shorter than the terms' where the lease was or will be cut short.",
      },
      {
        name: 'unitSlots',
        kind: 'int64',
        rule: { min: 0, max: 9007199254740991 },
        description: 'Units × slots of the whole lease that stand, those to come among them.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 200 } },
      { name: 'at', kind: 'int64', rule: { min: 1, required: true, format: 'time' }, description: 'When it changed.' },
      {
        name: 'units',
        kind: 'int32',
        optional: true,
        rule: { min: 0, max: 1000000 },
        description: 'Units that stand in each slot to come. Not told: as many as before, until the lease is over.',
      },
    ],
  },
  'exchange.interconnect.v1.LeaseStateHeard': {
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      {
        name: 'heardSerial',
        kind: 'int64',
        rule: { min: 0, max: 9007199254740991 },
        description: 'The highest that was taken of the lease.',
      },
    ],
  },
  'exchange.interconnect.v1.UsageTold': {
    description: 'The seller tells what was measured of leases that have ended.',
    fields: [
      {
        name: 'records',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.RemoteUsage',
        rule: { minItems: 1, maxItems: 1000 },
      },
    ],
  },
  'exchange.interconnect.v1.RemoteUsage': {
    description: 'R-28: duplicates do nothing, a higher version stands in place of a lower.',
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      { name: 'leaseId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true } },
      { name: 'version', kind: 'int32', rule: { min: 1, max: 1000000, required: true } },
      {
        name: 'window',
        kind: 'message',
        type: 'exchange.common.v1.Window',
        rule: { required: true },
        description: "Within the terms' window.",
      },
      {
        name: 'unitSlotsDue',
        kind: 'int64',
        rule: { min: 0, max: 9007199254740991 },
        description: 'Units × slots that the lease should have had in it, and had.',
      },
      { name: 'unitSlotsUp', kind: 'int64', rule: { min: 0, max: 9007199254740991 } },
      { name: 'energyWh', kind: 'int64', rule: { min: 0, max: 9007199254740991 }, description: 'Watt-hours, PUE not counted.' },
      { name: 'energyMeasured', kind: 'bool' },
    ],
  },
  'exchange.interconnect.v1.UsageHeard': {
    fields: [
      { name: 'recorded', kind: 'int32', rule: { min: 0 }, description: 'Of the records, how many are new, and how many were known.' },
      { name: 'duplicates', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.interconnect.v1.ForeignDocument': {
    description: 'A document of another protocol, as it is written there.',
    fields: [{ name: 'body', kind: 'bytes', rule: { maxLength: 1048576 } }],
  },
  'exchange.interconnect.v1.ListFlavorsRequest': { fields: [] },
  'exchange.interconnect.v1.ListFlavorsOfTypeRequest': {
    fields: [{ name: 'flavorType', kind: 'string', rule: { maxLength: 40, required: true } }],
  },
  'exchange.interconnect.v1.ReserveFlavorRequest': {
    fields: [
      { name: 'flavorId', kind: 'string', rule: { maxLength: 100, required: true } },
      { name: 'body', kind: 'bytes', rule: { maxLength: 1048576 } },
    ],
  },
  'exchange.interconnect.v1.PurchaseFlavorRequest': {
    fields: [
      { name: 'transactionId', kind: 'string', rule: { maxLength: 64, required: true } },
      { name: 'body', kind: 'bytes', rule: { maxLength: 1048576 } },
    ],
  },
  'exchange.interconnect.v1.FlavorConfiguration': {
    description: "What is asked of a flavor: the configuration's data. Its schema is the flavor's ConfigurationTemplate.",
    fields: [
      {
        name: 'units',
        kind: 'int32',
        rule: { min: 1, max: 1000000, required: true },
        description: 'Cards, cores or nodes, as the flavor says, in every slot.',
      },
      { name: 'from', kind: 'int32', rule: { min: 1, required: true, format: 'slot' } },
      { name: 'to', kind: 'int32', rule: { min: 1, required: true, format: 'slot' } },
      { name: 'perNode', kind: 'int32', rule: { min: 0, max: 100000 }, description: 'Units on one node, each node of as many; 0: one.' },
      {
        name: 'image',
        kind: 'string',
        rule: { maxLength: 255 },
        description: 'What the provider is to run, and the public key to which the access secret is sealed.',
      },
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000 } },
    ],
  },
  'exchange.interconnect.v1.DayStated': {
    description: 'What the sender thinks of one day, Asia/Shanghai: the reservations that became leases whose window ends on it.',
    fields: [
      { name: 'day', kind: 'int32', rule: { min: 1, required: true, format: 'day' }, description: 'Days since the Unix epoch.' },
      {
        name: 'revision',
        kind: 'int32',
        rule: { min: 1, max: 1000000, required: true },
        description: 'Counted from 1 for each day; a higher one stands in place of a lower.',
      },
      {
        name: 'sold',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedItem',
        rule: { maxItems: 5000 },
        description: 'By reservation id: what the sender sold the hearer, and what it bought of it. Each id once in each list.',
      },
      { name: 'bought', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.StatedItem', rule: { maxItems: 5000 } },
      {
        name: 'fromId',
        kind: 'string',
        rule: { maxLength: 72 },
        description:
          'A day with more items is stated in parts of one revision, each of the ids (by their bytes) beyond the first of these up to the second, inclusive. Empty: from the first id there is, to the last.',
      },
      { name: 'toId', kind: 'string', rule: { maxLength: 72 } },
      {
        name: 'soldAdjustments',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedAdjustment',
        rule: { maxItems: 5000 },
        description: 'What became of items of the day after they were netted: items of their own, by their ids as above.',
      },
      {
        name: 'boughtAdjustments',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedAdjustment',
        rule: { maxItems: 5000 },
      },
      {
        name: 'soldCompensations',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedAdjustment',
        rule: { maxItems: 5000 },
        description:
          'What who sold it owes for a promise of green energy that was broken with the lease: items of their own too, below 0 as all that goes back.',
      },
      {
        name: 'boughtCompensations',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedAdjustment',
        rule: { maxItems: 5000 },
      },
    ],
  },
  'exchange.interconnect.v1.StatedAdjustment': {
    description:
      "The difference between what a netted item is now and what was netted of it. Its id is the reservation's, a tilde, and the number; of a compensation with a g before the number.",
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      {
        name: 'number',
        kind: 'int32',
        rule: { min: 1, max: 1000, required: true },
        description: 'Counted from 1 for each reservation; one more once the one before is netted.',
      },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: -9000000000000000, max: 9000000000000000, format: 'money' },
        description: 'Below 0: it costs less than was netted.',
      },
    ],
  },
  'exchange.interconnect.v1.StatedItem': {
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: 'What the lease costs by its reservation.',
      },
    ],
  },
  'exchange.interconnect.v1.DayHeard': {
    fields: [
      { name: 'day', kind: 'int32', rule: { min: 1, required: true, format: 'day' } },
      { name: 'revision', kind: 'int32', rule: { min: 1, max: 1000000, required: true } },
      {
        name: 'differences',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedDifference',
        rule: { maxItems: 10000 },
        description: 'Item by item; none: both think the same of the day.',
      },
      {
        name: 'adjustmentDifferences',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedAdjustmentDifference',
        rule: { maxItems: 10000 },
      },
      {
        name: 'compensationDifferences',
        repeated: true,
        kind: 'message',
        type: 'exchange.interconnect.v1.StatedAdjustmentDifference',
        rule: { maxItems: 10000 },
      },
    ],
  },
  'exchange.interconnect.v1.StatedDifference': {
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      { name: 'sold', kind: 'bool', description: 'Sold by the sender of the statement; else bought by it.' },
      {
        name: 'stated',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: 'What it costs by the statement, and by who heard it; nothing where it is not there.',
      },
      { name: 'known', kind: 'bigint', rule: { min: 0, max: 9000000000000000, format: 'money' } },
    ],
  },
  'exchange.interconnect.v1.StatedAdjustmentDifference': {
    fields: [
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      { name: 'number', kind: 'int32', rule: { min: 1, max: 1000, required: true } },
      { name: 'sold', kind: 'bool', description: 'As in StatedDifference.' },
      { name: 'stated', kind: 'bigint', rule: { min: -9000000000000000, max: 9000000000000000, format: 'money' } },
      { name: 'known', kind: 'bigint', rule: { min: -9000000000000000, max: 9000000000000000, format: 'money' } },
    ],
  },
  'exchange.interconnect.v1.NettingProposed': {
    description: 'Proposes to net all items up to a day that were not netted before and in which the statements agree.',
    fields: [
      {
        name: 'through',
        kind: 'int32',
        rule: { min: 1, required: true, format: 'day' },
        description: 'Inclusive. No two nettings are through the same day.',
      },
      { name: 'currency', kind: 'string', rule: { required: true, pattern: '^[A-Z]{3}$' }, description: 'ISO 4217: CNY.' },
      {
        name: 'sold',
        kind: 'bigint',
        rule: { min: 0, max: 1000000000000000000, format: 'money' },
        description:
          'What the sender is owed, and what it owes: an adjustment below 0 of what it sold it owes, one of what it bought it is owed.',
      },
      { name: 'bought', kind: 'bigint', rule: { min: 0, max: 1000000000000000000, format: 'money' } },
      { name: 'items', kind: 'int32', rule: { min: 0 }, description: 'Items in it.' },
      {
        name: 'digest',
        kind: 'bytes',
        rule: { maxLength: 32, required: true },
        description: 'SHA-256 of the ids of the items in it, in the order of their bytes, each followed by a line feed.',
      },
    ],
  },
  'exchange.interconnect.v1.NettingAgreed': {
    description: 'It is netted by both.',
    fields: [{ name: 'through', kind: 'int32', rule: { min: 1, required: true, format: 'day' } }],
  },
  'exchange.interconnect.v1.StatementItem': {
    fields: [
      { name: 'platform', kind: 'string' },
      { name: 'reservationId', kind: 'string' },
      { name: 'day', kind: 'int32', rule: { format: 'day' } },
      { name: 'sold', kind: 'bool', description: 'Sold to the partner; else bought of it.' },
      {
        name: 'ours',
        kind: 'bigint',
        rule: { format: 'money' },
        description: '0: not there. Of an adjustment below 0 where it costs less than was netted, of a compensation always.',
      },
      { name: 'theirs', kind: 'bigint', rule: { format: 'money' } },
      { name: 'stated', kind: 'bool', description: 'The partner has stated the day; before, theirs is not known.' },
      { name: 'differs', kind: 'bool' },
      { name: 'nettedThrough', kind: 'int32', rule: { format: 'day' }, description: 'Of the netting; not set: not netted.' },
      { name: 'adjustment', kind: 'int32', description: 'Of an adjustment of the item its number; 0: the item itself, or a compensation.' },
      { name: 'compensation', kind: 'int32', description: 'Of a compensation (R-30) its number; 0: none.' },
      {
        name: 'saidAs',
        kind: 'string',
        description:
          'Of an adjustment or compensation, to a partner that knows none: the plain item as which it is stated, which the partner finds among its own.',
      },
    ],
  },
  'exchange.interconnect.v1.ListStatementItemsRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'differing', kind: 'bool', description: 'Only those in which the statements differ.' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.interconnect.v1.ListStatementItemsResponse': {
    fields: [
      { name: 'items', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.StatementItem' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.AcceptStatementItemRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' } },
      { name: 'sold', kind: 'bool', description: 'Sold to the partner; else bought of it.' },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
      { name: 'adjustment', kind: 'int32', rule: { min: 0, max: 1000 }, description: 'Of an adjustment its number; 0: the item itself.' },
      { name: 'compensation', kind: 'int32', rule: { min: 0, max: 1000 }, description: 'Of a compensation its number; 0: none.' },
    ],
  },
  'exchange.interconnect.v1.ProposeNettingRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'through', kind: 'int32', rule: { min: 1, required: true, format: 'day' }, description: 'Inclusive, over by now.' },
    ],
  },
  'exchange.interconnect.v1.ListNettingsRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.interconnect.v1.ListNettingsResponse': {
    fields: [
      { name: 'nettings', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.Netting' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.Netting': {
    fields: [
      { name: 'platform', kind: 'string' },
      { name: 'through', kind: 'int32', rule: { format: 'day' } },
      { name: 'currency', kind: 'string' },
      { name: 'sold', kind: 'bigint', rule: { format: 'money' }, description: 'Receivable and payable.' },
      { name: 'bought', kind: 'bigint', rule: { format: 'money' } },
      { name: 'items', kind: 'int32' },
      { name: 'agreedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'soldBack',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of `bought`, what goes back of what was sold; and of `sold`, what comes back of what was bought.',
      },
      { name: 'boughtBack', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.interconnect.v1.UnplacedCompensation': {
    fields: [
      { name: 'leaseId', kind: 'int64' },
      { name: 'partnerId', kind: 'int32', description: 'Who stands for the partner.' },
      { name: 'sold', kind: 'bool', description: 'Sold to the partner, which is owed it; else bought of it.' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'heardAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.interconnect.v1.ListUnplacedCompensationsRequest': {
    fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }],
  },
  'exchange.interconnect.v1.ListUnplacedCompensationsResponse': {
    fields: [
      { name: 'compensations', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.UnplacedCompensation' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.PlaceLeaseRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'leaseId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true } },
      { name: 'sold', kind: 'bool', description: 'Sold to the partner; else bought of it.' },
      {
        name: 'reservationId',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z-]{7,63}$' },
        description: "Of one that has an item among the partner's statement items.",
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.interconnect.v1.PlacedLease': {
    fields: [
      { name: 'platform', kind: 'string' },
      { name: 'leaseId', kind: 'int64' },
      { name: 'sold', kind: 'bool' },
      { name: 'reservationId', kind: 'string' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' }, description: 'What waited of it.' },
    ],
  },
  'exchange.interconnect.v1.OfferSupplyRequest': {
    fields: [
      {
        name: 'supply',
        kind: 'message',
        type: 'exchange.interconnect.v1.RemoteSupply',
        rule: { required: true },
        description:
          'Its units are for all partners together, with what they have reserved or bought of it; each is told of what the others have not.',
      },
    ],
  },
  'exchange.interconnect.v1.WithdrawSupplyRequest': {
    fields: [{ name: 'advertId', kind: 'string', rule: { maxLength: 64, required: true } }],
  },
  'exchange.interconnect.v1.ListSupplyRequest': { fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }] },
  'exchange.interconnect.v1.ListSupplyResponse': {
    fields: [
      { name: 'supply', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.RemoteSupply' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.ListAdvertisementsRequest': {
    fields: [
      { name: 'platform', kind: 'string', rule: { maxLength: 80 } },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string', rule: { maxLength: 40 } },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone' },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.interconnect.v1.ListAdvertisementsResponse': {
    fields: [
      { name: 'advertisements', repeated: true, kind: 'message', type: 'exchange.interconnect.v1.RemoteAdvertisement' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.interconnect.v1.RemoteAdvertisement': {
    fields: [
      { name: 'platform', kind: 'string' },
      { name: 'remote', kind: 'bool', description: 'Always: it is bought from another platform.' },
      { name: 'supply', kind: 'message', type: 'exchange.interconnect.v1.RemoteSupply' },
      { name: 'heardAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.monitoring.v1.PoolHealthChanged': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'health', kind: 'enum', type: 'exchange.common.v1.Health' },
      { name: 'reason', kind: 'string' },
    ],
  },
  'exchange.monitoring.v1.NodeHealthChanged': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'nodes', repeated: true, kind: 'int32' },
      { name: 'health', kind: 'enum', type: 'exchange.common.v1.Health' },
      { name: 'reason', kind: 'string' },
    ],
  },
  'exchange.monitoring.v1.LeaseMeasured': {
    description: "What a lease got in its window, measured. Told once, when its last slot's telemetry can no longer change.",
    fields: [
      { name: 'leaseId', kind: 'int64' },
      { name: 'unitSlotsDue', kind: 'int64', description: 'Unit-slots the lease should have had, and had.' },
      { name: 'unitSlotsUp', kind: 'int64' },
      {
        name: 'energyWh',
        kind: 'int64',
        description: "Watt-hours of its units, telemetry's measure or the registration's where none came, PUE not yet counted.",
      },
      { name: 'energyMeasured', kind: 'bool' },
      { name: 'buyerId', kind: 'int32' },
    ],
  },
  'exchange.monitoring.v1.LinkMeasured': {
    description: "What a link's round trip is, by probes; told when it has changed by more than jitter.",
    fields: [
      { name: 'linkId', kind: 'int32' },
      { name: 'roundTripUs', kind: 'int32', description: '0: no probe of it is young any more, the promise counts.' },
      {
        name: 'byOperator',
        kind: 'bool',
        description: "Else by the link's owner, whose word counts only where it is worse than the promise.",
      },
    ],
  },
  'exchange.monitoring.v1.IndicatorAim': {
    fields: [
      { name: 'plan', kind: 'enum', type: 'exchange.monitoring.v1.Plan' },
      { name: 'clause', kind: 'string', description: 'In the plan: chapter, table and row.' },
      { name: 'year', kind: 'int32', description: 'To be met by its end.' },
      { name: 'amount', kind: 'int64', description: "In 10^-decimals of the indicator's unit." },
      { name: 'text', kind: 'string', description: 'The same in its unit: "1.35".' },
      { name: 'strict', kind: 'bool', description: 'To be passed, not only reached.' },
    ],
  },
  'exchange.monitoring.v1.IndicatorDefinition': {
    fields: [
      { name: 'indicatorId', kind: 'string' },
      { name: 'name', kind: 'string' },
      { name: 'nameZh', kind: 'string' },
      { name: 'formula', kind: 'string' },
      { name: 'source', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorSource' },
      { name: 'form', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorForm' },
      { name: 'span', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorSpan' },
      { name: 'unit', kind: 'string' },
      { name: 'decimals', kind: 'int32', description: 'An amount is a whole number in 10^-decimals of the unit.' },
      {
        name: 'numeratorUnit',
        kind: 'string',
        description: 'What one of a numerator, and of a denominator, is; the latter empty for a sum.',
      },
      { name: 'denominatorUnit', kind: 'string' },
      { name: 'lessIsBetter', kind: 'bool', description: 'An aim is met by less, not by more.' },
      { name: 'aims', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.IndicatorAim' },
      { name: 'unitZh', kind: 'string', description: 'The unit in Chinese; empty in reports of before it was told, as all that follows.' },
      { name: 'formulaZh', kind: 'string' },
      { name: 'numeratorUnitZh', kind: 'string' },
      { name: 'denominatorUnitZh', kind: 'string' },
    ],
  },
  'exchange.monitoring.v1.IndicatorFigure': {
    fields: [
      { name: 'known', kind: 'bool', description: 'False where nothing is known: a ratio of nothing, or nothing declared.' },
      {
        name: 'amount',
        kind: 'int64',
        description: 'In 10^-decimals of the unit. A ratio is rounded away from its aims, so that rounding never meets one.',
      },
      { name: 'text', kind: 'string', description: 'The same in its unit: "30000.000000".' },
      { name: 'numerator', kind: 'bigint', description: 'Sums over the records.' },
      { name: 'denominator', kind: 'bigint' },
      { name: 'records', kind: 'int32' },
    ],
  },
  'exchange.monitoring.v1.Indicator': {
    fields: [
      { name: 'definition', kind: 'message', type: 'exchange.monitoring.v1.IndicatorDefinition' },
      { name: 'figure', kind: 'message', type: 'exchange.monitoring.v1.IndicatorFigure' },
      {
        name: 'declared',
        kind: 'message',
        type: 'exchange.monitoring.v1.IndicatorFigure',
        description: 'What was declared of an indicator that is measured; absent where nothing was.',
      },
      { name: 'asOf', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'plan', kind: 'enum', type: 'exchange.monitoring.v1.Plan', description: 'Those with aims in this plan.' },
      { name: 'source', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorSource' },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorsResponse': {
    fields: [
      { name: 'indicators', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.Indicator' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.GetIndicatorRequest': {
    fields: [{ name: 'indicatorId', kind: 'string', rule: { maxLength: 60, required: true } }],
  },
  'exchange.monitoring.v1.IndicatorRecord': {
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorRecordKind' },
      { name: 'id', kind: 'int64', description: 'Of the site, pool, link, participant, lease or declaration.' },
      { name: 'name', kind: 'string' },
      { name: 'numerator', kind: 'bigint' },
      { name: 'denominator', kind: 'bigint', description: '0 for a sum.' },
      { name: 'note', kind: 'string', description: 'Why it counts as it does, where its numbers do not say so: energy_is_not_registered.' },
      {
        name: 'noteZh',
        kind: 'string',
        description:
          "The same in Chinese. Empty of a declaration, whose note is in its author's words, and in reports of before it was told.",
      },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorRecordsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'indicatorId', kind: 'string', rule: { maxLength: 60, required: true } },
      { name: 'declared', kind: 'bool', description: 'Those of what was declared of a measured indicator.' },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorRecordsResponse': {
    fields: [
      { name: 'records', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.IndicatorRecord' },
      { name: 'figure', kind: 'message', type: 'exchange.monitoring.v1.IndicatorFigure' },
      { name: 'asOf', kind: 'int64', rule: { format: 'time' } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.DeclareIndicatorRequest': {
    fields: [
      { name: 'indicatorId', kind: 'string', rule: { maxLength: 60, required: true } },
      {
        name: 'subject',
        kind: 'string',
        rule: { maxLength: 80, printable: true },
        description: 'Of what, where several parts make up the figure: a district, a carrier. Empty: all of it.',
      },
      {
        name: 'numerator',
        kind: 'int64',
        rule: { min: 0, max: 9007199254740991 },
        description: 'In what the definition counts numerators in.',
      },
      {
        name: 'denominator',
        kind: 'int64',
        rule: { min: 0, max: 9007199254740991 },
        description: 'In what the definition counts denominators in; 0 for a sum.',
      },
      {
        name: 'day',
        kind: 'int32',
        rule: { min: 1, required: true, format: 'day' },
        description: 'The day from which it holds, today at the latest.',
      },
      {
        name: 'evidenceHash',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9a-f]{64}$' },
        description: 'Of the document that shows it, SHA-256 or SM3, hex. The document stays with the operator.',
      },
      {
        name: 'note',
        kind: 'string',
        rule: { maxLength: 400, required: true, printable: true },
        description: 'What the document is, and where.',
      },
    ],
  },
  'exchange.monitoring.v1.IndicatorDeclaration': {
    fields: [
      { name: 'declarationId', kind: 'int64' },
      { name: 'indicatorId', kind: 'string' },
      { name: 'subject', kind: 'string' },
      { name: 'numerator', kind: 'int64' },
      { name: 'denominator', kind: 'int64' },
      { name: 'day', kind: 'int32', rule: { format: 'day' } },
      { name: 'evidenceHash', kind: 'string' },
      { name: 'note', kind: 'string' },
      { name: 'byParticipantId', kind: 'int32' },
      { name: 'by', kind: 'string', description: 'Name of the key.' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'supersededBy', kind: 'int64', description: 'The declaration that came in its place; 0 while it stands.' },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorDeclarationsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'indicatorId', kind: 'string', rule: { maxLength: 60 } },
      { name: 'standing', kind: 'bool', description: 'Only those that nothing superseded.' },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorDeclarationsResponse': {
    fields: [
      { name: 'declarations', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.IndicatorDeclaration' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.PublishIndicatorReportRequest': {
    fields: [
      {
        name: 'period',
        kind: 'string',
        rule: { required: true, pattern: '^20[0-9]{2}(-(0[1-9]|1[0-2])|Q[1-4])?$' },
        description: '"2026-10", "2026Q3" or "2026", in Asia/Shanghai.',
      },
    ],
  },
  'exchange.monitoring.v1.GetIndicatorReportRequest': {
    fields: [
      { name: 'period', kind: 'string', rule: { maxLength: 7, required: true } },
      {
        name: 'bom',
        kind: 'bool',
        description:
          'Of report.csv and records.csv alone: begin with the mark of UTF-8 (a byte order mark), by which spreadsheets know it. The hashes are over the files without it.',
      },
    ],
  },
  'exchange.monitoring.v1.IndicatorReport': {
    fields: [
      { name: 'period', kind: 'string' },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorPeriodKind' },
      { name: 'from', kind: 'int64', rule: { format: 'time' }, description: 'The period is [from, to).' },
      { name: 'to', kind: 'int64', rule: { format: 'time' } },
      { name: 'asOf', kind: 'int64', rule: { format: 'time' }, description: 'The instant whose facts it holds.' },
      { name: 'by', kind: 'string', description: 'Name of the key; "exchange" where nobody published it in time.' },
      {
        name: 'figuresHash',
        kind: 'string',
        description: 'Hashes of report.csv and records.csv: "sha256:" or "sm3:" and 64 hexadecimal digits.',
      },
      { name: 'recordsHash', kind: 'string' },
      { name: 'records', kind: 'int32' },
      {
        name: 'indicators',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.Indicator',
        description: 'With the definitions as they were then. Left out in lists.',
      },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorReportsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorPeriodKind' },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorReportsResponse': {
    fields: [
      { name: 'reports', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.IndicatorReport' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorReportRecordsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'period', kind: 'string', rule: { maxLength: 7, required: true } },
      { name: 'indicatorId', kind: 'string', rule: { maxLength: 60, required: true } },
    ],
  },
  'exchange.monitoring.v1.ListIndicatorReportRecordsResponse': {
    fields: [
      { name: 'records', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.IndicatorRecord' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.AssessYearRequest': {
    fields: [
      { name: 'year', kind: 'int32', rule: { min: 2023, max: 2099, required: true } },
      { name: 'plan', kind: 'enum', type: 'exchange.monitoring.v1.Plan', description: 'Left out: every plan with aims for the year.' },
    ],
  },
  'exchange.monitoring.v1.AssessmentLine': {
    fields: [
      { name: 'plan', kind: 'enum', type: 'exchange.monitoring.v1.Plan' },
      { name: 'clause', kind: 'string' },
      { name: 'indicatorId', kind: 'string' },
      { name: 'name', kind: 'string' },
      { name: 'nameZh', kind: 'string' },
      { name: 'source', kind: 'enum', type: 'exchange.monitoring.v1.IndicatorSource' },
      { name: 'unit', kind: 'string' },
      { name: 'figure', kind: 'string', description: 'In the unit; empty where it is not known.' },
      { name: 'aim', kind: 'string' },
      { name: 'strict', kind: 'bool', description: 'To be passed, not only reached.' },
      { name: 'lessIsBetter', kind: 'bool' },
      { name: 'state', kind: 'enum', type: 'exchange.monitoring.v1.AimState' },
      {
        name: 'reachedBp',
        kind: 'int64',
        description: 'Figure over aim, or aim over figure where less is better, in basis points, rounded down.',
      },
      { name: 'unitZh', kind: 'string' },
      { name: 'decimals', kind: 'int32', description: 'Of figure and aim.' },
    ],
  },
  'exchange.monitoring.v1.IndicatorAssessment': {
    fields: [
      { name: 'year', kind: 'int32' },
      { name: 'asOf', kind: 'int64', rule: { format: 'time' } },
      { name: 'report', kind: 'string', description: 'The published report that it is by; empty while the year runs.' },
      { name: 'lines', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.AssessmentLine' },
      { name: 'met', kind: 'int32' },
      { name: 'missed', kind: 'int32' },
      { name: 'unknown', kind: 'int32' },
    ],
  },
  'exchange.monitoring.v1.SitePromise': {
    description: 'What a plan asks of a site of this class, age and energy use.',
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.SitePromiseKind' },
      { name: 'plan', kind: 'enum', type: 'exchange.monitoring.v1.Plan' },
      { name: 'clause', kind: 'string' },
      { name: 'limit', kind: 'int32' },
      { name: 'value', kind: 'int32' },
      {
        name: 'graceUntilDay',
        kind: 'int32',
        rule: { format: 'day' },
        description: 'The last day on which it need not be kept; left out where it is due.',
      },
      { name: 'state', kind: 'enum', type: 'exchange.monitoring.v1.SitePromiseState' },
    ],
  },
  'exchange.monitoring.v1.SiteMeasure': {
    description: "What telemetry of the site's pools measured in the last 30 days.",
    fields: [
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'machinesWh', kind: 'int64', description: 'Wh at the inlets of the nodes that are registered here.' },
      { name: 'coveredBp', kind: 'int32', description: 'Node-slots with telemetry over those that were due, basis points, rounded down.' },
      {
        name: 'registeredMachinesWh',
        kind: 'int64',
        description:
          'Wh of the machines of the whole site in as long a time, by its registered energy and PUE; 0 where it is not registered.',
      },
    ],
  },
  'exchange.monitoring.v1.SiteIndicator': {
    fields: [
      { name: 'siteId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'name', kind: 'string' },
      { name: 'region', kind: 'int32' },
      { name: 'district', kind: 'int32' },
      { name: 'siteClass', kind: 'enum', type: 'exchange.registry.v1.SiteClass' },
      { name: 'standardRacks', kind: 'int32' },
      { name: 'occupancyBp', kind: 'int32' },
      { name: 'pueMilli', kind: 'int32' },
      { name: 'greenShareBp', kind: 'int32' },
      {
        name: 'commissionedDay',
        kind: 'int32',
        rule: { format: 'day' },
        description: 'Left out where it is not registered; the site then counts as an old one.',
      },
      { name: 'energyMwhPerYear', kind: 'int64', description: 'Registered; 0 where they are not, as all that follows from them.' },
      { name: 'wueMilli', kind: 'int32' },
      { name: 'cueMilli', kind: 'int32' },
      { name: 'storageTb', kind: 'int64' },
      { name: 'flashStorageTb', kind: 'int64' },
      { name: 'coalTonnesPerYear', kind: 'int64', description: 'Tonnes of coal equivalent a year, 0.1229 kg a kWh.' },
      { name: 'carbonTonnesPerYear', kind: 'int64', description: 'Tonnes of CO2 a year: CUE × energy of the machines.' },
      { name: 'waterTonnesPerYear', kind: 'int64', description: 'Tonnes of water a year: WUE × energy of the machines.' },
      { name: 'pools', kind: 'int32', description: 'Verified pools, their nodes, and those of them that are LOST.' },
      { name: 'nodes', kind: 'int32' },
      { name: 'nodesLost', kind: 'int32' },
      { name: 'promises', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.SitePromise' },
      { name: 'measured', kind: 'message', type: 'exchange.monitoring.v1.SiteMeasure', description: 'Of GetSiteIndicators alone.' },
    ],
  },
  'exchange.monitoring.v1.ListSiteIndicatorsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'siteClass', kind: 'enum', type: 'exchange.registry.v1.SiteClass' },
      {
        name: 'promiseState',
        kind: 'enum',
        type: 'exchange.monitoring.v1.SitePromiseState',
        description: 'Those with a promise in this state.',
      },
    ],
  },
  'exchange.monitoring.v1.ListSiteIndicatorsResponse': {
    fields: [
      { name: 'sites', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.SiteIndicator' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.GetSiteIndicatorsRequest': { fields: [{ name: 'siteId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.monitoring.v1.SiteAlarm': {
    fields: [
      { name: 'alarmId', kind: 'int64' },
      { name: 'siteId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'promise', kind: 'message', type: 'exchange.monitoring.v1.SitePromise', description: 'As it was when it was raised.' },
      { name: 'raisedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'clearedAt', kind: 'int64', rule: { format: 'time' }, description: 'Left out while it stands.' },
      { name: 'siteName', kind: 'string', description: 'As it is now.' },
    ],
  },
  'exchange.monitoring.v1.ListSiteAlarmsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'siteId', kind: 'int32', rule: { min: 0 } },
      { name: 'standing', kind: 'bool', description: 'Only those that stand.' },
    ],
  },
  'exchange.monitoring.v1.ListSiteAlarmsResponse': {
    fields: [
      { name: 'alarms', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.SiteAlarm' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.HeartbeatRequest': { fields: [{ name: 'poolId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.monitoring.v1.TelemetrySample': {
    description: 'What one node did in every slot of [from, to): a long time without a change is one sample.',
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'node', kind: 'int32', rule: { min: 0, max: 9999999 }, description: 'From 0; less than the nodes registered.' },
      { name: 'from', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      {
        name: 'to',
        kind: 'int32',
        rule: { min: 1, max: 2147483647, required: true, format: 'slot' },
        description: 'Not after the slot that runs now.',
      },
      {
        name: 'unitsUp',
        kind: 'int32',
        rule: { min: 0, max: 30000 },
        description: 'Units that worked through the slot. More than a node has contradicts the registration.',
      },
      { name: 'utilisationBp', kind: 'int32', rule: { min: 0, max: 10000 }, description: "Mean load of the node's units." },
      { name: 'powerWatts', kind: 'int32', rule: { min: 0, max: 10000000 }, description: 'Mean power of the node at its inlet.' },
    ],
  },
  'exchange.monitoring.v1.ReportTelemetryRequest': {
    fields: [
      {
        name: 'sequence',
        kind: 'int64',
        rule: { min: 1, max: 9007199254740991, required: true },
        description:
          "The reporter's own counter. Of two reports for a node and slot the greater sequence stands; the same again changes nothing.",
      },
      {
        name: 'samples',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.TelemetrySample',
        rule: { minItems: 1, maxItems: 50000 },
        description: 'Of pools of one provider; at most 250,000 node-slots in all; those of a node do not overlap.',
      },
    ],
  },
  'exchange.monitoring.v1.ReportTelemetryResponse': {
    fields: [
      {
        name: 'nodeSlots',
        kind: 'int64',
        description: 'Node-slots reported, and those of them that were news (not older than what is kept).',
      },
      { name: 'nodeSlotsKept', kind: 'int64' },
    ],
  },
  'exchange.monitoring.v1.GetPoolHealthRequest': { fields: [{ name: 'poolId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.monitoring.v1.PoolHealth': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'health', kind: 'enum', type: 'exchange.common.v1.Health' },
      { name: 'reason', kind: 'string', description: 'Empty where it is well.' },
      { name: 'since', kind: 'int64', rule: { format: 'time' }, description: 'When it came to be judged so.' },
      {
        name: 'lastSeenAt',
        kind: 'int64',
        rule: { format: 'time' },
        description: 'Last heartbeat or telemetry; before the first, when the pool was verified.',
      },
      { name: 'deadlineAt', kind: 'int64', rule: { format: 'time' }, description: 'When its silence makes it SUSPECT.' },
      { name: 'nodesSuspect', kind: 'int32' },
      { name: 'nodesLost', kind: 'int32' },
    ],
  },
  'exchange.monitoring.v1.ListPoolHealthRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'health', kind: 'enum', type: 'exchange.common.v1.Health' },
      { name: 'providerId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.monitoring.v1.ListPoolHealthResponse': {
    fields: [
      { name: 'pools', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.PoolHealth' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ListHealthChangesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
    ],
  },
  'exchange.monitoring.v1.HealthChange': {
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'poolId', kind: 'int32' },
      { name: 'nodes', repeated: true, kind: 'int32', description: 'Empty: the whole pool.' },
      { name: 'health', kind: 'enum', type: 'exchange.common.v1.Health' },
      { name: 'reason', kind: 'string' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'by', kind: 'string', description: "The operator's key where a person judged." },
    ],
  },
  'exchange.monitoring.v1.ListHealthChangesResponse': {
    fields: [
      { name: 'changes', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.HealthChange' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.OverridePoolHealthRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'health', kind: 'enum', type: 'exchange.common.v1.Health', rule: { required: true }, description: 'OK, SUSPECT or LOST.' },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.monitoring.v1.GetPoolAvailabilityRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'from', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      {
        name: 'to',
        kind: 'int32',
        rule: { min: 1, max: 2147483647, required: true, format: 'slot' },
        description: 'At most 400 days after from.',
      },
    ],
  },
  'exchange.monitoring.v1.PoolAvailability': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      {
        name: 'window',
        kind: 'message',
        type: 'exchange.common.v1.Window',
        description: 'The part of the asked window that has passed since the pool was first verified: what is judged.',
      },
      { name: 'unitSlotsDue', kind: 'int64' },
      { name: 'unitSlotsUp', kind: 'int64', description: 'A slot without telemetry counts as down.' },
      { name: 'availabilityBp', kind: 'int32', description: 'up over due, rounded down; 10,000 where nothing was due.' },
      { name: 'nodeSlotsReported', kind: 'int64', description: 'Node-slots of the window with telemetry.' },
      { name: 'utilisationBp', kind: 'int32', description: 'Mean load over them.' },
      { name: 'energyWh', kind: 'int64', description: "Watt-hours at the nodes' inlets, PUE not counted." },
    ],
  },
  'exchange.monitoring.v1.GetLeaseAvailabilityRequest': { fields: [{ name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.monitoring.v1.LeaseAvailability': {
    fields: [
      { name: 'leaseId', kind: 'int64' },
      {
        name: 'window',
        kind: 'message',
        type: 'exchange.common.v1.Window',
        description: "The part of the lease's window that has passed.",
      },
      { name: 'unitSlotsDue', kind: 'int64' },
      { name: 'unitSlotsUp', kind: 'int64' },
      { name: 'availabilityBp', kind: 'int32' },
      { name: 'energyWh', kind: 'int64', description: 'Of its units, PUE not counted.' },
      {
        name: 'energyMeasured',
        kind: 'bool',
        description: "Telemetry covers every slot; else the registration's power stands in where none came.",
      },
      { name: 'measured', kind: 'bool', description: 'Final: it is what the bill is rated by, later telemetry changes nothing.' },
    ],
  },
  'exchange.monitoring.v1.GetNationalConnectionRequest': { fields: [] },
  'exchange.monitoring.v1.NationalConnection': {
    fields: [
      { name: 'configured', kind: 'bool', description: 'False: no national node is configured, nothing is gathered and nothing is sent.' },
      { name: 'url', kind: 'string' },
      { name: 'platform', kind: 'string', description: 'Name under which this region reports.' },
      {
        name: 'keyId',
        kind: 'string',
        description: 'Of the key that signs what is said; empty where this platform has none: nothing is said then.',
      },
      { name: 'openedAt', kind: 'int64', rule: { format: 'time' }, description: 'When reporting began.' },
      {
        name: 'heardAt',
        kind: 'int64',
        rule: { format: 'time' },
        description: 'When the national node answered last; absent where it never did.',
      },
      {
        name: 'serial',
        kind: 'int64',
        description: 'Serial of the last item written, and how many items the national node said that it had taken.',
      },
      { name: 'receipts', kind: 'int64' },
      { name: 'fullReport', kind: 'bool', description: 'Every resource is being reported anew.' },
      {
        name: 'closedTo',
        kind: 'int64',
        rule: { format: 'time' },
        description: 'Monitoring of all hours before this, since reporting began, has been written.',
      },
      { name: 'lanes', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NationalLane' },
    ],
  },
  'exchange.monitoring.v1.NationalLane': {
    description:
      'Items of one kind that can still come in time, or that are past it, go one message after the other; lanes go side by side.',
    fields: [
      {
        name: 'kind',
        kind: 'enum',
        type: 'exchange.monitoring.v1.NationalKind',
        description: 'Absent: the lane that asks for what is sent back.',
      },
      { name: 'current', kind: 'bool', description: 'False: back-fill of what is past its due time.' },
      { name: 'waiting', kind: 'int32' },
      { name: 'held', kind: 'int32', description: 'Of those waiting: not sent before what they belong to has its national identifier.' },
      { name: 'oldest', kind: 'int64', rule: { format: 'time' }, description: 'Period, or change, of the oldest that waits.' },
      { name: 'attempts', kind: 'int32', description: 'Times in a row that there was no answer, why, and when it is asked again.' },
      { name: 'lastFailure', kind: 'string' },
      { name: 'nextAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.monitoring.v1.ListNationalItemsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalKind' },
      { name: 'state', kind: 'enum', type: 'exchange.monitoring.v1.NationalItemState' },
      { name: 'identifier', kind: 'string', rule: { maxLength: 40 }, description: 'Of one provider, site or pool.' },
    ],
  },
  'exchange.monitoring.v1.ListNationalItemsResponse': {
    fields: [
      { name: 'items', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NationalItemLine' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.NationalItemLine': {
    fields: [
      { name: 'serial', kind: 'int64' },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalKind' },
      { name: 'itemId', kind: 'string' },
      { name: 'identifier', kind: 'string' },
      { name: 'state', kind: 'enum', type: 'exchange.monitoring.v1.NationalItemState' },
      { name: 'causedAt', kind: 'int64', rule: { format: 'time' }, description: 'End of the period, or when the change was made.' },
      { name: 'dueAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'acknowledgedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'attempts', kind: 'int32', description: 'How often it was sent.' },
      { name: 'receipt', kind: 'int64', description: "The national node's number for having taken it." },
      { name: 'rule', kind: 'string', description: 'By which it was refused.' },
      { name: 'detail', kind: 'string' },
      { name: 'by', kind: 'string', description: 'Of an item sent again by the operator: by which key, and why.' },
      { name: 'reason', kind: 'string' },
    ],
  },
  'exchange.monitoring.v1.GetNationalItemRequest': { fields: [{ name: 'serial', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.monitoring.v1.NationalItemDetail': {
    fields: [
      { name: 'line', kind: 'message', type: 'exchange.monitoring.v1.NationalItemLine' },
      { name: 'item', kind: 'message', type: 'exchange.monitoring.v1.NationalItem' },
    ],
  },
  'exchange.monitoring.v1.ResendNationalItemRequest': {
    fields: [
      { name: 'serial', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true, printable: true } },
    ],
  },
  'exchange.monitoring.v1.ReportNationalResourcesRequest': { fields: [] },
  'exchange.monitoring.v1.ListNationalDaysRequest': {
    fields: [
      {
        name: 'from',
        kind: 'int32',
        rule: { min: 0, format: 'day' },
        description: 'Days in Asia/Shanghai by which reports were due, the last included; left out: the last thirty.',
      },
      { name: 'to', kind: 'int32', rule: { min: 0, format: 'day' } },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalKind' },
    ],
  },
  'exchange.monitoring.v1.ListNationalDaysResponse': {
    fields: [{ name: 'days', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NationalDay', description: 'Newest first.' }],
  },
  'exchange.monitoring.v1.NationalDay': {
    fields: [
      { name: 'day', kind: 'int32', rule: { format: 'day' } },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalKind' },
      { name: 'due', kind: 'int32', description: 'Items whose due time on this day has passed, or that were answered before it.' },
      { name: 'acknowledged', kind: 'int32' },
      { name: 'refused', kind: 'int32' },
      { name: 'onTime', kind: 'int32', description: 'Acknowledged until the due time.' },
      {
        name: 'completenessBp',
        kind: 'int32',
        description: 'Acknowledged over due, and on time over due, basis points rounded down; 10,000 where nothing was due.',
      },
      { name: 'timelinessBp', kind: 'int32' },
      {
        name: 'delayP50Seconds',
        kind: 'int32',
        description:
          "From the period's end, or the change, to the acknowledgement: half, nine tenths and 99 of 100 took at most so many seconds.",
      },
      { name: 'delayP90Seconds', kind: 'int32' },
      { name: 'delayP99Seconds', kind: 'int32' },
    ],
  },
  'exchange.monitoring.v1.ListNationalReturnsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalReturnKind' },
    ],
  },
  'exchange.monitoring.v1.ListNationalReturnsResponse': {
    fields: [
      { name: 'returns', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NationalReturn' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.NationalReturn': {
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'receivedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'entry', kind: 'message', type: 'exchange.monitoring.v1.NationalReturnEntry' },
      {
        name: 'rule',
        kind: 'string',
        description: 'Field and rule of the contract that the entry broke: then no other part was told of it.',
      },
    ],
  },
  'exchange.monitoring.v1.NationalMessage': {
    description: 'What a region says to the national node: items, a question for what it sends back, or both.',
    fields: [
      { name: 'id', kind: 'string', rule: { maxLength: 64, required: true }, description: "The sender's choice, never used again." },
      { name: 'from', kind: 'string', rule: { maxLength: 80, required: true } },
      { name: 'madeAt', kind: 'int64', rule: { required: true, format: 'time' } },
      { name: 'receipts', kind: 'int64', description: 'How many items the national node has said that it took of this sender.' },
      { name: 'items', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NationalItem', rule: { maxItems: 200 } },
      { name: 'ask', kind: 'message', type: 'exchange.monitoring.v1.NationalAsk' },
    ],
  },
  'exchange.monitoring.v1.NationalAsk': {
    description: 'For what is sent back, after a place; the empty place is the beginning.',
    fields: [
      { name: 'cursor', kind: 'string', rule: { maxLength: 400 } },
      { name: 'limit', kind: 'int32', rule: { min: 1, max: 1000 } },
    ],
  },
  'exchange.monitoring.v1.NationalItem': {
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalKind', rule: { required: true } },
      {
        name: 'itemId',
        kind: 'string',
        rule: { maxLength: 100, required: true },
        description: "Of its kind; a newer serial under the same id takes the older's place.",
      },
      { name: 'serial', kind: 'int64', description: "The sender's count over all items; rises." },
      {
        name: 'identifier',
        kind: 'string',
        rule: { maxLength: 40 },
        description: 'The provider, site or pool that it is about; empty where it is about the region.',
      },
      { name: 'registration', number: 16, kind: 'message', type: 'exchange.monitoring.v1.NationalRegistration', oneof: 'content' },
      { name: 'resource', number: 17, kind: 'message', type: 'exchange.monitoring.v1.NationalResource', oneof: 'content' },
      { name: 'monitoring', number: 18, kind: 'message', type: 'exchange.monitoring.v1.NationalMonitoring', oneof: 'content' },
      { name: 'indicator', number: 19, kind: 'message', type: 'exchange.monitoring.v1.NationalIndicator', oneof: 'content' },
      { name: 'fullReport', number: 20, kind: 'message', type: 'exchange.monitoring.v1.NationalFullReport', oneof: 'content' },
    ],
  },
  'exchange.monitoring.v1.NationalRegistration': {
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.registry.v1.RegisteredKind' },
      { name: 'name', kind: 'string' },
      { name: 'region', kind: 'int32', description: 'Administrative code of six digits (GB/T 2260).' },
      { name: 'owner', kind: 'string', description: "Identifier of a pool's site, of a site's provider; empty for a provider." },
      { name: 'creditCode', kind: 'string', description: 'Unified social credit code of a provider; empty where there is none.' },
      {
        name: 'assigned',
        kind: 'string',
        description: 'The national identifier that was assigned before, where the national node may have forgotten it.',
      },
    ],
  },
  'exchange.monitoring.v1.NationalResource': {
    description: 'The whole of it, as it is now.',
    fields: [
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'provider', kind: 'message', type: 'exchange.monitoring.v1.NationalProvider', oneof: 'details' },
      { name: 'site', kind: 'message', type: 'exchange.monitoring.v1.NationalSite', oneof: 'details' },
      { name: 'pool', kind: 'message', type: 'exchange.monitoring.v1.NationalPool', oneof: 'details' },
    ],
  },
  'exchange.monitoring.v1.NationalProvider': {
    fields: [
      { name: 'name', kind: 'string' },
      { name: 'region', kind: 'int32' },
      { name: 'industry', kind: 'string' },
      { name: 'size', kind: 'enum', type: 'exchange.registry.v1.OrganisationSize' },
      { name: 'creditCode', kind: 'string' },
    ],
  },
  'exchange.monitoring.v1.NationalSite': {
    fields: [
      { name: 'name', kind: 'string' },
      { name: 'provider', kind: 'string', description: 'Identifier of its provider.' },
      { name: 'region', kind: 'int32' },
      { name: 'district', kind: 'int32' },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone' },
      { name: 'securityGrade', kind: 'int32' },
      { name: 'siteClass', kind: 'enum', type: 'exchange.registry.v1.SiteClass' },
      { name: 'standardRacks', kind: 'int32' },
      { name: 'occupancyBp', kind: 'int32' },
      { name: 'pueMilli', kind: 'int32' },
      { name: 'greenShareBp', kind: 'int32' },
      { name: 'energyMwhPerYear', kind: 'int64' },
    ],
  },
  'exchange.monitoring.v1.NationalPool': {
    fields: [
      { name: 'site', kind: 'string', description: 'Identifier of its site.' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit' },
      { name: 'unitsPerNode', kind: 'int32' },
      { name: 'nodes', kind: 'int32' },
      { name: 'memoryGibPerUnit', kind: 'int32' },
      { name: 'interconnect', kind: 'enum', type: 'exchange.common.v1.Interconnect' },
      { name: 'tflopsFp16Milli', kind: 'int64', description: 'Thousandths of a TFLOPS a unit, measured; 0 where not measured.' },
      { name: 'tflopsFp32Milli', kind: 'int64' },
      { name: 'domestic', kind: 'bool' },
    ],
  },
  'exchange.monitoring.v1.NationalMonitoring': {
    description: "A site's hour: what its verified pools should have had, and had.",
    fields: [
      { name: 'from', kind: 'int64', rule: { format: 'time' } },
      { name: 'to', kind: 'int64', rule: { format: 'time' } },
      { name: 'pools', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NationalPoolPeriod' },
    ],
  },
  'exchange.monitoring.v1.NationalPoolPeriod': {
    description: 'Counted in slots of 15 minutes since the pool was verified.',
    fields: [
      { name: 'identifier', kind: 'string' },
      { name: 'nodes', kind: 'int32' },
      { name: 'unitSlotsDue', kind: 'int64' },
      { name: 'unitSlotsUp', kind: 'int64' },
      { name: 'nodeSlotsDue', kind: 'int64' },
      { name: 'nodeSlotsReported', kind: 'int64', description: 'Of which there is telemetry.' },
      { name: 'utilisationBp', kind: 'int32', description: 'Mean over what was reported.' },
      { name: 'energyWh', kind: 'int64' },
    ],
  },
  'exchange.monitoring.v1.NationalIndicator': {
    fields: [
      { name: 'month', kind: 'string', description: '2026-01' },
      { name: 'code', kind: 'string' },
      { name: 'value', kind: 'string', description: 'Decimal.' },
      { name: 'unit', kind: 'string' },
      { name: 'declared', kind: 'bool', description: 'Entered by the operator, not measured.' },
    ],
  },
  'exchange.monitoring.v1.NationalFullReport': {
    description: 'The last of a full report: resources that were taken under a serial below this are no more.',
    fields: [{ name: 'fromSerial', kind: 'int64' }],
  },
  'exchange.monitoring.v1.NationalAnswer': {
    description: "The national node's answer to a message.",
    fields: [
      { name: 'answers', kind: 'string', rule: { maxLength: 64, required: true }, description: 'Id of the message.' },
      { name: 'time', kind: 'int64', rule: { required: true, format: 'time' } },
      {
        name: 'receipts',
        kind: 'int64',
        rule: { min: 0 },
        description: 'How many items it has taken of this sender, and the highest serial among them.',
      },
      { name: 'heardSerial', kind: 'int64', rule: { min: 0 } },
      { name: 'wantsFull', kind: 'bool', description: 'It wants every resource anew.' },
      {
        name: 'items',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.NationalAcknowledgement',
        rule: { maxItems: 200 },
        description: 'One for each item that it has decided on; of others nothing is known.',
      },
      { name: 'returns', kind: 'message', type: 'exchange.monitoring.v1.NationalReturns' },
      { name: 'refused', kind: 'message', type: 'exchange.monitoring.v1.NationalRefusal', description: 'Nothing of the message was done.' },
    ],
  },
  'exchange.monitoring.v1.NationalAcknowledgement': {
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalKind', rule: { required: true } },
      { name: 'itemId', kind: 'string', rule: { maxLength: 100, required: true } },
      { name: 'serial', kind: 'int64', rule: { min: 1 } },
      { name: 'receipt', kind: 'int64', rule: { min: 0 }, description: 'Its count when it took the item; 0: it did not.' },
      { name: 'rule', kind: 'string', rule: { maxLength: 100 }, description: 'By which it was refused, and words for the operator.' },
      { name: 'detail', kind: 'string', rule: { maxLength: 1000 } },
      {
        name: 'nationalIdentifier',
        kind: 'string',
        rule: { maxLength: 100 },
        description: 'Of an item of kind IDENTIFIER that was taken.',
      },
    ],
  },
  'exchange.monitoring.v1.NationalRefusal': {
    fields: [
      { name: 'rule', kind: 'string', rule: { maxLength: 100, required: true } },
      { name: 'detail', kind: 'string', rule: { maxLength: 1000 } },
    ],
  },
  'exchange.monitoring.v1.NationalReturns': {
    fields: [
      {
        name: 'entries',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.NationalReturnEntry',
        rule: { maxItems: 1000, apart: true },
      },
      { name: 'nextCursor', kind: 'string', rule: { maxLength: 400 }, description: 'Place behind the last of them.' },
      { name: 'more', kind: 'bool', description: 'There are more behind it now.' },
    ],
  },
  'exchange.monitoring.v1.NationalReturnEntry': {
    fields: [
      {
        name: 'entryId',
        kind: 'string',
        rule: { maxLength: 100, required: true },
        description: "The national node's name for it, never used for another.",
      },
      { name: 'kind', kind: 'enum', type: 'exchange.monitoring.v1.NationalReturnKind', rule: { required: true } },
      { name: 'issuedAt', kind: 'int64', rule: { required: true, format: 'time' } },
      { name: 'title', kind: 'string', rule: { maxLength: 200, required: true, printable: true } },
      { name: 'need', number: 16, kind: 'message', type: 'exchange.monitoring.v1.NationalCompute', oneof: 'content' },
      { name: 'resource', number: 17, kind: 'message', type: 'exchange.monitoring.v1.NationalCompute', oneof: 'content' },
      { name: 'notice', number: 18, kind: 'message', type: 'exchange.monitoring.v1.NationalNotice', oneof: 'content' },
    ],
  },
  'exchange.monitoring.v1.NationalCompute': {
    description: 'Compute that is needed elsewhere, or that another region has.',
    fields: [
      { name: 'region', kind: 'int32', rule: { min: 110000, max: 829999, required: true } },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      { name: 'model', kind: 'string', rule: { maxLength: 40 }, description: 'Empty: any.' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', rule: { required: true } },
      { name: 'units', kind: 'int32', rule: { min: 1, max: 100000000, required: true } },
      { name: 'from', kind: 'int64', rule: { min: 0, format: 'time' } },
      { name: 'to', kind: 'int64', rule: { min: 0, format: 'time' } },
      { name: 'domesticOnly', kind: 'bool' },
      { name: 'greenShareBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'contact', kind: 'string', rule: { maxLength: 200, printable: true }, description: 'How its owner is reached.' },
    ],
  },
  'exchange.monitoring.v1.NationalNotice': {
    description: 'An instruction, or something to know.',
    fields: [
      { name: 'text', kind: 'string', rule: { maxLength: 4000, required: true } },
      {
        name: 'replyBy',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description: 'By when something is asked for; absent: nothing is.',
      },
    ],
  },
  'exchange.monitoring.v1.NationalIdentifierAssigned': {
    description: 'An event: the national node has assigned an identifier.',
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.registry.v1.RegisteredKind' },
      { name: 'id', kind: 'int32' },
      { name: 'identifier', kind: 'string' },
      { name: 'nationalIdentifier', kind: 'string' },
    ],
  },
  'exchange.monitoring.v1.NationalReturned': {
    description: 'An event: something came back from the national node, once each.',
    fields: [{ name: 'entry', kind: 'message', type: 'exchange.monitoring.v1.NationalReturnEntry' }],
  },
  'exchange.monitoring.v1.LinkProbe': {
    fields: [
      { name: 'linkId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'at', kind: 'int64', rule: { min: 1, required: true, format: 'time' }, description: 'When it was measured.' },
      {
        name: 'roundTripUs',
        kind: 'int32',
        rule: { min: 1, max: 60000000, required: true },
        description: 'There and back, microseconds: at least 1 and at most a minute.',
      },
      {
        name: 'oneWayUs',
        kind: 'int32',
        rule: { min: 0, max: 60000000 },
        description: 'From the region of demand to the other end, where both clocks allow it; 0: not measured.',
      },
      { name: 'megabitsPerSecond', kind: 'int32', rule: { min: 0, max: 1000000000 }, description: '0: not measured.' },
    ],
  },
  'exchange.monitoring.v1.ReportLinkProbesRequest': {
    fields: [
      {
        name: 'probes',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.LinkProbe',
        rule: { minItems: 1, maxItems: 1000 },
        description: 'Of at most 100 links.',
      },
    ],
  },
  'exchange.monitoring.v1.ReportLinkProbesResponse': {
    fields: [
      { name: 'kept', kind: 'int32' },
      { name: 'repeated', kind: 'int32', description: 'The same link was told of at the same time before.' },
      { name: 'late', kind: 'int32', description: 'Older than fifteen minutes.' },
      { name: 'future', kind: 'int32', description: "More than a minute after the exchange's clock." },
    ],
  },
  'exchange.monitoring.v1.GetLinkQualityRequest': { fields: [{ name: 'linkId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.monitoring.v1.LinkTarget': {
    fields: [
      { name: 'promise', kind: 'enum', type: 'exchange.monitoring.v1.LinkPromise' },
      { name: 'promised', kind: 'int64' },
      { name: 'measured', kind: 'int64', description: 'The median; 0 where it was not measured.' },
      { name: 'compliance', kind: 'enum', type: 'exchange.monitoring.v1.Compliance' },
    ],
  },
  'exchange.monitoring.v1.LinkQuality': {
    fields: [
      { name: 'linkId', kind: 'int32' },
      { name: 'fromRegion', kind: 'int32' },
      { name: 'toRegion', kind: 'int32' },
      { name: 'toSiteId', kind: 'int32', description: '0 where it ends at the region.' },
      { name: 'targets', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.LinkTarget' },
      {
        name: 'countedRoundTripUs',
        kind: 'int32',
        description:
          'What the market counts: measured while that is young, else promised. It follows what is measured with a lag of minutes.',
      },
      { name: 'countsMeasured', kind: 'bool' },
      { name: 'measuredAt', kind: 'int64', rule: { format: 'time' }, description: 'Of the newest probe; not there where none came.' },
      { name: 'ageSeconds', kind: 'int64' },
      {
        name: 'source',
        kind: 'enum',
        type: 'exchange.monitoring.v1.ProbeSource',
        description: 'Whose probes the medians are of, and how many.',
      },
      { name: 'probes', kind: 'int32' },
    ],
  },
  'exchange.monitoring.v1.RegisterAgentKeyRequest': {
    fields: [
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000, required: true }, description: 'PEM of the SubjectPublicKeyInfo.' },
      {
        name: 'suite',
        kind: 'string',
        rule: { required: true, pattern: '^(international|national)$' },
        description: '"international" (Ed25519, SHA-256) or "national" (SM2, SM3).',
      },
      { name: 'poolIds', repeated: true, kind: 'int32', rule: { min: 1, minItems: 1, maxItems: 10000 }, description: "The caller's own." },
    ],
  },
  'exchange.monitoring.v1.EndAgentKeyRequest': {
    fields: [{ name: 'keyId', kind: 'string', rule: { required: true, pattern: '^[0-9a-f]{16}$' } }],
  },
  'exchange.monitoring.v1.AgentKey': {
    fields: [
      { name: 'providerId', kind: 'int32' },
      {
        name: 'keyId',
        kind: 'string',
        description: "First 16 hexadecimal digits of the SHA-256 of the public key's SubjectPublicKeyInfo.",
      },
      { name: 'suite', kind: 'string' },
      { name: 'publicKey', kind: 'string' },
      { name: 'validFrom', kind: 'int64', rule: { format: 'time' } },
      { name: 'validUntil', kind: 'int64', rule: { format: 'time' }, description: 'Not there where it has not ended.' },
      { name: 'poolIds', repeated: true, kind: 'int32', description: 'At most the first thousand of them.' },
    ],
  },
  'exchange.monitoring.v1.ListAgentKeysRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'providerId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.monitoring.v1.ListAgentKeysResponse': {
    fields: [
      { name: 'keys', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.AgentKey' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.SignDayRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'day', kind: 'int32', rule: { min: 1, max: 100000, required: true, format: 'day' } },
      { name: 'keyId', kind: 'string', rule: { required: true, pattern: '^[0-9a-f]{16}$' } },
      {
        name: 'slots',
        kind: 'bytes',
        rule: { minLength: 3168, maxLength: 3168, required: true },
        description: "Digests of the day's 96 slots, one after the other, 33 bytes each.",
      },
      { name: 'signature', kind: 'bytes', rule: { maxLength: 512, required: true }, description: 'Over the statement of the day.' },
      {
        name: 'rollups',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.SlotRollups',
        rule: { maxItems: 96 },
        description: 'What the agent has in slots that differ, so that values can be compared; not needed to be counter-signed.',
      },
    ],
  },
  'exchange.monitoring.v1.SlotRollups': {
    description: 'All nodes of a pool in a slot.',
    fields: [
      { name: 'slot', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      {
        name: 'nodes',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.NodeMetrics',
        rule: { maxItems: 65536 },
        description: 'In the order of their numbers; none without a point.',
      },
    ],
  },
  'exchange.monitoring.v1.NodeMetrics': {
    fields: [
      { name: 'node', kind: 'int32', rule: { min: 0, max: 9999999 } },
      {
        name: 'metrics',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.MetricRollup',
        rule: { minItems: 1, maxItems: 8 },
        description: 'In the order of their numbers; none without a point.',
      },
    ],
  },
  'exchange.monitoring.v1.SignedDay': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'day', kind: 'int32', rule: { format: 'day' } },
      { name: 'state', kind: 'enum', type: 'exchange.monitoring.v1.SignedDayState' },
      { name: 'late', kind: 'bool', description: 'It came more than seven days after the day.' },
      {
        name: 'keyId',
        kind: 'string',
        description: 'Of the agent: its key, the digests of its slots, and its signature over the statement.',
      },
      { name: 'slots', kind: 'bytes' },
      { name: 'signature', kind: 'bytes' },
      { name: 'signedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'exchangeKeyId', kind: 'string', description: 'Of the exchange, where it counter-signed: its key, suite and signature.' },
      { name: 'exchangeSuite', kind: 'string' },
      { name: 'countersignature', kind: 'bytes' },
      {
        name: 'differentSlots',
        repeated: true,
        kind: 'int32',
        rule: { format: 'slot' },
        description: 'Slots in which the exchange has other roll-ups.',
      },
      {
        name: 'differences',
        kind: 'int32',
        description: 'Values known to differ; those of slots whose roll-ups the agent did not send are not among them.',
      },
      {
        name: 'rowsAside',
        kind: 'int32',
        description:
          "Rows of the exchange's log of points, of any pool, that may hold points of the day and were put aside unread: its roll-ups may lack them.",
      },
    ],
  },
  'exchange.monitoring.v1.ListSignedDaysRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'poolId', kind: 'int32', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.monitoring.v1.SignedDayState' },
      { name: 'providerId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.monitoring.v1.ListSignedDaysResponse': {
    fields: [
      { name: 'days', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.SignedDay' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ListRollupDifferencesRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'day', kind: 'int32', rule: { min: 1, max: 100000, required: true, format: 'day' } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.monitoring.v1.RollupDifference': {
    description: 'One number of one metric that is not the same. A side that has no point of the metric is 0 in all.',
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'slot', kind: 'int32', rule: { format: 'slot' } },
      { name: 'node', kind: 'int32' },
      { name: 'metric', kind: 'enum', type: 'exchange.monitoring.v1.Metric' },
      { name: 'what', kind: 'string', description: 'points, minutes, least, most or sum.' },
      { name: 'agent', kind: 'int64' },
      { name: 'exchange', kind: 'int64' },
    ],
  },
  'exchange.monitoring.v1.ListRollupDifferencesResponse': {
    fields: [
      { name: 'differences', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.RollupDifference' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ExportTelemetryProofRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'from',
        kind: 'int32',
        rule: { min: 1, max: 100000, required: true, format: 'day' },
        description: 'From this day on, up to the day before `to`; at most 31 days.',
      },
      { name: 'to', kind: 'int32', rule: { min: 1, max: 100000, required: true, format: 'day' } },
    ],
  },
  'exchange.monitoring.v1.ProofLine': {
    description: "A day, or after it one of its roll-ups. The first line of a file has the proof's head, too.",
    fields: [
      { name: 'head', kind: 'message', type: 'exchange.monitoring.v1.ProofHead' },
      { name: 'day', kind: 'message', type: 'exchange.monitoring.v1.SignedDay' },
      { name: 'rollup', kind: 'message', type: 'exchange.monitoring.v1.ProvenRollup' },
    ],
  },
  'exchange.monitoring.v1.ProofHead': {
    fields: [
      { name: 'platform', kind: 'string', description: "The exchange's name, which is in what is signed." },
      { name: 'poolId', kind: 'int32' },
      { name: 'from', kind: 'int32', rule: { format: 'day' } },
      { name: 'to', kind: 'int32', rule: { format: 'day' } },
      {
        name: 'keys',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.AgentKey',
        description: 'Those of the agents, as they were registered.',
      },
    ],
  },
  'exchange.monitoring.v1.ProvenRollup': {
    fields: [
      { name: 'slot', kind: 'int32', rule: { format: 'slot' } },
      { name: 'node', kind: 'int32' },
      { name: 'metrics', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.MetricRollup' },
      { name: 'digest', kind: 'bytes', description: 'Of these numbers, 33 bytes.' },
    ],
  },
  'exchange.monitoring.v1.StreamPointsRequest': {
    fields: [
      {
        name: 'sender',
        kind: 'string',
        rule: { maxLength: 64, pattern: '^[A-Za-z0-9._:-]*$' },
        description:
          "Who counts the frames: a name of the agent's choice, new at each start of it. Needed in a stream's first frame; those after it leave it out.",
      },
      {
        name: 'sequence',
        kind: 'int64',
        rule: { min: 1, max: 9007199254740991, required: true },
        description: '1, 2, 3, … of this sender. The same again changes nothing; one that is left out must come within the next 32.',
      },
      {
        name: 'blocks',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.PointBlock',
        rule: { maxItems: 1000 },
        description: 'None: the points of this sequence were lost before they were sent.',
      },
    ],
  },
  'exchange.monitoring.v1.PointBlock': {
    description:
      'Nodes side by side, at times one step apart, with every value of each column: what is missing is left out by making two blocks.',
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'firstNode', kind: 'int32', rule: { min: 0, max: 9999999 } },
      { name: 'nodes', kind: 'int32', rule: { min: 1, max: 65536, required: true }, description: 'How many nodes from the first on.' },
      { name: 'at', kind: 'int64', rule: { min: 1, required: true, format: 'time' }, description: 'Of the first tick.' },
      { name: 'ticks', kind: 'int32', rule: { min: 0, max: 900 }, description: 'Times of the block; 0 counts as 1.' },
      { name: 'stepMs', kind: 'int32', rule: { min: 0, max: 900000 } },
      {
        name: 'columns',
        repeated: true,
        kind: 'message',
        type: 'exchange.monitoring.v1.PointColumn',
        rule: { minItems: 1, maxItems: 8, required: true },
        description: 'At most 65,536 values each.',
      },
    ],
  },
  'exchange.monitoring.v1.PointColumn': {
    fields: [
      { name: 'metric', kind: 'enum', type: 'exchange.monitoring.v1.Metric', rule: { required: true } },
      {
        name: 'values',
        kind: 'bytes',
        rule: { maxLength: 327680, required: true },
        description: 'Tick by tick, node by node: each value less the one before (of the first, the value itself), as a zigzag varint.',
      },
    ],
  },
  'exchange.monitoring.v1.StreamPointsResponse': {
    fields: [
      { name: 'sequence', kind: 'int64', description: 'Up to this frame all frames of the stream are durable.' },
      { name: 'points', kind: 'int64', description: 'Of the frames that this answers for: points that count now.' },
      { name: 'pointsRepeated', kind: 'int64', description: 'In frames that had come before.' },
      { name: 'pointsLate', kind: 'int64', description: 'Older than is waited for; they do not count.' },
      { name: 'pointsFuture', kind: 'int64', description: 'Of a time that has not come; they do not count.' },
      { name: 'pointsImpossible', kind: 'int64', description: 'In columns with a value that cannot be; they do not count.' },
    ],
  },
  'exchange.monitoring.v1.PushPointsRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'body', kind: 'bytes', rule: { maxLength: 67108864 } },
    ],
  },
  'exchange.monitoring.v1.PushPointsResponse': {
    fields: [
      {
        name: 'body',
        kind: 'bytes',
        description: 'OTLP: ExportMetricsServiceResponse, which tells how many points did not count, and why; else empty.',
      },
    ],
  },
  'exchange.monitoring.v1.ListPoolRollupsRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'from', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      { name: 'to', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.monitoring.v1.PoolRollup': {
    fields: [
      { name: 'slot', kind: 'int32', rule: { format: 'slot' } },
      { name: 'nodes', kind: 'int32', description: 'Nodes of the pool, or of all pools of the site, of which there are points.' },
      { name: 'unitsUp', kind: 'int32', description: "Their units that worked, each node's rounded down." },
      { name: 'utilisationBp', kind: 'int32', description: 'Mean load of those nodes.' },
      { name: 'energyWh', kind: 'int64', description: 'Watt-hours at their inlets, PUE not counted.' },
    ],
  },
  'exchange.monitoring.v1.ListPoolRollupsResponse': {
    fields: [
      { name: 'rollups', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.PoolRollup' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ListSiteRollupsRequest': {
    fields: [
      { name: 'siteId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'from', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      { name: 'to', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.monitoring.v1.ListSiteRollupsResponse': {
    fields: [
      { name: 'rollups', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.PoolRollup' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ListNodeRollupsRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'node', kind: 'int32', rule: { min: 0, max: 9999999 } },
      { name: 'from', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      { name: 'to', kind: 'int32', rule: { min: 1, max: 2147483647, required: true, format: 'slot' } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.monitoring.v1.MetricRollup': {
    fields: [
      { name: 'metric', kind: 'enum', type: 'exchange.monitoring.v1.Metric' },
      { name: 'points', kind: 'int32' },
      { name: 'sum', kind: 'int64' },
      { name: 'least', kind: 'int32' },
      { name: 'most', kind: 'int32' },
      { name: 'minutes', kind: 'int32', description: 'Minutes of the slot, one bit each from the first on, of which there are points.' },
    ],
  },
  'exchange.monitoring.v1.NodeRollup': {
    fields: [
      { name: 'slot', kind: 'int32', rule: { format: 'slot' } },
      { name: 'metrics', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.MetricRollup' },
    ],
  },
  'exchange.monitoring.v1.ListNodeRollupsResponse': {
    fields: [
      { name: 'rollups', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.NodeRollup' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ListTelemetryFindingsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'poolId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.monitoring.v1.TelemetryFinding': {
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'poolId', kind: 'int32' },
      { name: 'node', kind: 'int32' },
      { name: 'rule', kind: 'string', description: 'The rule that is broken, one finding a day for each.' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      {
        name: 'evidence',
        kind: 'string',
        description: "What it was compared with and the numbers that are alike, of the window's first hour.",
      },
      { name: 'foundAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.monitoring.v1.ListTelemetryFindingsResponse': {
    fields: [
      { name: 'findings', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.TelemetryFinding' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.LoggedFrames': {
    description: 'A row of the log: frames that became durable together, as they came.',
    fields: [{ name: 'frames', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.LoggedFrame' }],
  },
  'exchange.monitoring.v1.LoggedFrame': {
    fields: [{ name: 'blocks', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.PointBlock' }],
  },
  'exchange.monitoring.v1.ListPointDeadLettersRequest': {
    fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }],
  },
  'exchange.monitoring.v1.ListPointDeadLettersResponse': {
    fields: [
      { name: 'deadLetters', repeated: true, kind: 'message', type: 'exchange.monitoring.v1.PointDeadLetter' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.monitoring.v1.ReplayPointDeadLetterRequest': {
    fields: [{ name: 'letterId', kind: 'int64', rule: { min: 1, required: true } }],
  },
  'exchange.monitoring.v1.PointDeadLetter': {
    description: 'A row holds points of whichever pools sent within some milliseconds.',
    fields: [
      { name: 'letterId', kind: 'int64' },
      { name: 'receivedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'bytes', kind: 'int32', description: '0 where the disk does not give them back.' },
      { name: 'cause', kind: 'string' },
      { name: 'attempts', kind: 'int32' },
      { name: 'failedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'replayed', kind: 'bool' },
    ],
  },
  'exchange.registry.v1.ParticipantChanged': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'name', kind: 'string' },
      { name: 'roles', repeated: true, kind: 'enum', type: 'exchange.common.v1.Role' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      {
        name: 'ownerGroup',
        kind: 'int32',
        description: 'Beneficial-owner group (R-16); participants without a shared owner have one each.',
      },
      { name: 'region', kind: 'int32', description: 'Administrative code of six digits (GB/T 2260), as a number.' },
      { name: 'industry', kind: 'string', description: 'Section of GB/T 4754, one letter.' },
      { name: 'size', kind: 'enum', type: 'exchange.registry.v1.OrganisationSize' },
      { name: 'orderRatePerSecond', kind: 'int32', description: 'Orders in a second of command time (R-22).' },
      { name: 'orderValueCap', kind: 'bigint', description: 'Micro-yuan an order may be worth at most (R-22).' },
      {
        name: 'tradableClasses',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.ComputeClass',
        description: 'Classes it may trade; empty: all.',
      },
      { name: 'creditCode', kind: 'string', description: 'Unified social credit code 统一社会信用代码; empty where it has none.' },
    ],
  },
  'exchange.registry.v1.SiteChanged': {
    fields: [
      { name: 'siteId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'name', kind: 'string' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'region', kind: 'int32' },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone' },
      { name: 'securityGrade', kind: 'int32', description: 'Grade of information security protection 等级保护, 1 to 5.' },
      { name: 'greenShareBp', kind: 'int32' },
      { name: 'pueMilli', kind: 'int32', description: 'PUE in thousandths (1250 is 1.25).' },
      { name: 'standardRacks', kind: 'int32' },
      { name: 'occupancyBp', kind: 'int32' },
      { name: 'district', kind: 'int32' },
      { name: 'energyMwhPerYear', kind: 'int64' },
      { name: 'commissionedDay', kind: 'int32', description: 'As in SiteDetails; 0 where they are not told.' },
      { name: 'wueMilli', kind: 'int32' },
      { name: 'cueMilli', kind: 'int32' },
      { name: 'storageTb', kind: 'int64' },
      { name: 'flashStorageTb', kind: 'int64' },
    ],
  },
  'exchange.registry.v1.PoolChanged': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'siteId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit' },
      { name: 'unitsPerNode', kind: 'int32' },
      { name: 'nodeCount', kind: 'int32', description: 'Nodes are numbered from 0; the count only grows.' },
      { name: 'memoryGibPerUnit', kind: 'int32' },
      { name: 'interconnect', kind: 'enum', type: 'exchange.common.v1.Interconnect' },
      { name: 'tflopsFp16Milli', kind: 'int64', description: 'Thousandths of a TFLOPS a unit, measured; 0 where not measured.' },
      { name: 'tflopsFp32Milli', kind: 'int64' },
      { name: 'domestic', kind: 'bool' },
      { name: 'reliabilityBp', kind: 'int32' },
      { name: 'confirmsAtOnce', kind: 'bool', description: 'Leases need no confirmation by the provider (R-27a).' },
      {
        name: 'heartbeatDeadlineSeconds',
        kind: 'int32',
        description: 'Seconds after the last heartbeat when the pool counts as silent (R-24).',
      },
      { name: 'powerWattsPerUnit', kind: 'int32', description: 'Declared power of one unit at full load, in watts.' },
    ],
  },
  'exchange.registry.v1.LinkChanged': {
    description: "A link's way is from the demand region. It ends at a region or at a site; the site's comes first (R-11a).",
    fields: [
      { name: 'linkId', kind: 'int32' },
      { name: 'ownerId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'fromRegion', kind: 'int32' },
      { name: 'toRegion', kind: 'int32' },
      { name: 'toSiteId', kind: 'int32', description: '0 where the link ends at the region.' },
      { name: 'oneWayUs', kind: 'int32' },
      { name: 'roundTripUs', kind: 'int32', description: 'What counts: measured while that is young, else promised.' },
      { name: 'gigabitsPerSecond', kind: 'int32' },
      { name: 'pricePerGb', kind: 'int64', description: 'Micro-yuan a GB.' },
    ],
  },
  'exchange.registry.v1.DrainChanged': {
    description: 'Planned maintenance begins or ends now on these nodes (R-24).',
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'nodes', repeated: true, kind: 'int32', description: 'Empty: every node of the pool.' },
      { name: 'draining', kind: 'bool' },
      { name: 'drainId', kind: 'int64' },
    ],
  },
  'exchange.registry.v1.GetRegistrationRequest': { fields: [{ name: 'id', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.registry.v1.MoveRegistrationRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.DecideAmendmentRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'accepted', kind: 'bool', description: 'Refused where false: the amendment is dropped, nodes that wait with it too.' },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ParticipantDetails': {
    fields: [
      { name: 'name', kind: 'string', rule: { maxLength: 120, required: true, printable: true } },
      {
        name: 'roles',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.Role',
        rule: { minItems: 1, maxItems: 6 },
        description: 'PROVIDER, BUYER, AUTHORITY, OPERATOR, REGULATOR or PARTNER.',
      },
      {
        name: 'ownerGroup',
        kind: 'int32',
        rule: { min: 0 },
        description: 'Beneficial-owner group: the number of the participant that it was first formed by. 0: a group of its own.',
      },
      {
        name: 'region',
        kind: 'int32',
        rule: { min: 110000, max: 829999, required: true },
        description: 'Administrative code of six digits (GB/T 2260).',
      },
      {
        name: 'industry',
        kind: 'string',
        rule: { maxLength: 1, pattern: '^[A-T]?$' },
        description: 'Section of GB/T 4754, one letter; empty for a person without one.',
      },
      { name: 'size', kind: 'enum', type: 'exchange.registry.v1.OrganisationSize', rule: { required: true } },
      {
        name: 'creditCode',
        kind: 'string',
        rule: { maxLength: 18 },
        description:
          'Unified social credit code 统一社会信用代码 (GB 32100), check character included. Empty for a person, or where there is none.',
      },
      {
        name: 'contact',
        kind: 'string',
        rule: { maxLength: 200 },
        description: 'How to reach it: a name, a telephone number, an address.',
      },
      { name: 'orderRatePerSecond', kind: 'int32', rule: { min: 0, max: 1000000 }, description: 'Orders in a second (R-22). 0: 100.' },
      {
        name: 'orderValueCap',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: 'The most that an order may be worth (R-22). 0: the most that any order may, 9 × 10⁹ yuan.',
      },
      {
        name: 'tradableClasses',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.ComputeClass',
        rule: { maxItems: 3 },
        description: 'Classes it may trade; empty: all.',
      },
    ],
  },
  'exchange.registry.v1.Participant': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'identifier', kind: 'string', description: 'Issued when it is first verified, then never changed.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.ParticipantDetails' },
      {
        name: 'amendment',
        kind: 'message',
        type: 'exchange.registry.v1.ParticipantDetails',
        description: 'What waits for the operator; absent where nothing does.',
      },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'nationalIdentifier', kind: 'string', description: 'Assigned by the national node; empty where it has not.' },
    ],
  },
  'exchange.registry.v1.RegisterParticipantRequest': {
    fields: [{ name: 'details', kind: 'message', type: 'exchange.registry.v1.ParticipantDetails', rule: { required: true } }],
  },
  'exchange.registry.v1.AmendParticipantRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.ParticipantDetails', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ListParticipantsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'role', kind: 'enum', type: 'exchange.common.v1.Role' },
      { name: 'size', kind: 'enum', type: 'exchange.registry.v1.OrganisationSize' },
      { name: 'ownerGroup', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.registry.v1.ListParticipantsResponse': {
    fields: [
      { name: 'participants', repeated: true, kind: 'message', type: 'exchange.registry.v1.Participant' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.SiteDetails': {
    fields: [
      { name: 'name', kind: 'string', rule: { maxLength: 120, required: true } },
      {
        name: 'region',
        kind: 'int32',
        rule: { min: 110000, max: 829999, required: true },
        description: 'Administrative code of six digits (GB/T 2260).',
      },
      {
        name: 'district',
        kind: 'int32',
        rule: { min: 0, max: 829999 },
        description: 'Code of the district, inside the region; 0 where the region is not divided.',
      },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone', rule: { required: true } },
      {
        name: 'securityGrade',
        kind: 'int32',
        rule: { min: 1, max: 5, required: true },
        description: 'Grade of information security protection 等级保护.',
      },
      {
        name: 'standardRacks',
        kind: 'int32',
        rule: { min: 1, max: 1000000, required: true },
        description: 'Standard racks 标准机架 of 2.5 kW.',
      },
      {
        name: 'occupancyBp',
        kind: 'int32',
        rule: { min: 0, max: 10000 },
        description: 'Design power of racked cabinets over total design power 上架率, basis points.',
      },
      {
        name: 'pueMilli',
        kind: 'int32',
        rule: { min: 1000, max: 5000, required: true },
        description: 'PUE in thousandths (1250 is 1.25).',
      },
      {
        name: 'greenShareBp',
        kind: 'int32',
        rule: { min: 0, max: 10000 },
        description: 'Share of green electricity 绿电占比, basis points.',
      },
      { name: 'energyMwhPerYear', kind: 'int64', rule: { min: 0, max: 1000000000 }, description: 'Electricity used in a year, MWh.' },
      {
        name: 'commissionedDay',
        kind: 'int32',
        rule: { min: 0, format: 'day' },
        description:
          'The day on which it was built, or rebuilt or extended last; left out where it is not told, and the site then counts as an old one.',
      },
      {
        name: 'wueMilli',
        kind: 'int32',
        rule: { min: 0, max: 100000 },
        description:
          'Litres of water a kWh of the machines 水资源利用效率 (WUE), thousandths; 0 where it is not told, as all that follows.',
      },
      {
        name: 'cueMilli',
        kind: 'int32',
        rule: { min: 0, max: 10000 },
        description: 'Kilograms of CO2 a kWh of the machines 碳利用效率 (CUE), thousandths.',
      },
      { name: 'storageTb', kind: 'int64', rule: { min: 0, max: 1000000000 }, description: 'Storage, TB.' },
      { name: 'flashStorageTb', kind: 'int64', rule: { min: 0, max: 1000000000 }, description: 'Of it semiconductor flash 先进存储, TB.' },
    ],
  },
  'exchange.registry.v1.Site': {
    fields: [
      { name: 'siteId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'identifier', kind: 'string', description: 'Issued when it is first verified, then never changed.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.SiteDetails' },
      {
        name: 'amendment',
        kind: 'message',
        type: 'exchange.registry.v1.SiteDetails',
        description: 'What waits for the operator; absent where nothing does.',
      },
      { name: 'siteClass', kind: 'enum', type: 'exchange.registry.v1.SiteClass' },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'nationalIdentifier', kind: 'string', description: 'Assigned by the national node; empty where it has not.' },
    ],
  },
  'exchange.registry.v1.RegisterSiteRequest': {
    fields: [
      { name: 'providerId', kind: 'int32', rule: { min: 0 }, description: '0: the caller.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.SiteDetails', rule: { required: true } },
    ],
  },
  'exchange.registry.v1.AmendSiteRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.SiteDetails', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ListSitesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'district', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'providerId', kind: 'int32', rule: { min: 0 } },
      { name: 'siteClass', kind: 'enum', type: 'exchange.registry.v1.SiteClass' },
    ],
  },
  'exchange.registry.v1.ListSitesResponse': {
    fields: [
      { name: 'sites', repeated: true, kind: 'message', type: 'exchange.registry.v1.Site' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.PoolDetails': {
    fields: [
      { name: 'siteId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'name', kind: 'string', rule: { maxLength: 120 }, description: "The provider's own name for it." },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      {
        name: 'model',
        kind: 'string',
        rule: { maxLength: 40, required: true, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
        description: 'Accelerator model, or the processor family of general compute.',
      },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', rule: { required: true } },
      { name: 'unitsPerNode', kind: 'int32', rule: { min: 1, max: 4096, required: true } },
      { name: 'memoryGibPerUnit', kind: 'int32', rule: { min: 0, max: 1000000 } },
      { name: 'interconnect', kind: 'enum', type: 'exchange.common.v1.Interconnect', rule: { required: true } },
      {
        name: 'tflopsFp16Milli',
        kind: 'int64',
        rule: { min: 0, max: 1000000000 },
        description: 'Thousandths of a TFLOPS a unit, measured; 0 where not measured.',
      },
      { name: 'tflopsFp32Milli', kind: 'int64', rule: { min: 0, max: 1000000000 } },
      { name: 'domestic', kind: 'bool', description: '自主可控' },
      { name: 'reliabilityBp', kind: 'int32', rule: { min: 0, max: 10000 }, description: 'Reliability score, basis points.' },
      { name: 'confirmsAtOnce', kind: 'bool', description: 'Leases need no confirmation by the provider (R-27a).' },
      {
        name: 'heartbeatDeadlineSeconds',
        kind: 'int32',
        rule: { min: 0, max: 604800 },
        description: 'Seconds after the last heartbeat when the pool counts as silent (R-24). 0: 1,800.',
      },
      { name: 'powerWattsPerUnit', kind: 'int32', rule: { min: 0, max: 1000000 }, description: 'Declared power of one unit at full load.' },
    ],
  },
  'exchange.registry.v1.Pool': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'identifier', kind: 'string', description: 'Issued when it is first verified, then never changed.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.PoolDetails' },
      {
        name: 'amendment',
        kind: 'message',
        type: 'exchange.registry.v1.PoolDetails',
        description: 'What waits for the operator; absent where nothing does.',
      },
      { name: 'nodeCount', kind: 'int32', description: 'Verified nodes, numbered from 0.' },
      { name: 'pendingNodes', kind: 'int32', description: 'Nodes registered and not verified yet; their numbers follow.' },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'nationalIdentifier', kind: 'string', description: 'Assigned by the national node; empty where it has not.' },
    ],
  },
  'exchange.registry.v1.RegisterPoolRequest': {
    fields: [{ name: 'details', kind: 'message', type: 'exchange.registry.v1.PoolDetails', rule: { required: true } }],
  },
  'exchange.registry.v1.AmendPoolRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'details',
        kind: 'message',
        type: 'exchange.registry.v1.PoolDetails',
        rule: { required: true },
        description: 'Site, class, model, unit and units a node stay once verified.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ListPoolsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'providerId', kind: 'int32', rule: { min: 0 } },
      { name: 'siteId', kind: 'int32', rule: { min: 0 } },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string', rule: { maxLength: 40 } },
    ],
  },
  'exchange.registry.v1.ListPoolsResponse': {
    fields: [
      { name: 'pools', repeated: true, kind: 'message', type: 'exchange.registry.v1.Pool' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.LinkDetails': {
    fields: [
      {
        name: 'fromRegion',
        kind: 'int32',
        rule: { min: 110000, max: 829999, required: true },
        description: 'The link runs one way, from the region of demand.',
      },
      { name: 'toRegion', kind: 'int32', rule: { min: 110000, max: 829999, required: true } },
      { name: 'toSiteId', kind: 'int32', rule: { min: 0 }, description: '0 where the link ends at the region.' },
      { name: 'oneWayUs', kind: 'int32', rule: { min: 1, max: 1000000000, required: true } },
      { name: 'roundTripUs', kind: 'int32', rule: { min: 1, max: 1000000000, required: true } },
      { name: 'gigabitsPerSecond', kind: 'int32', rule: { min: 1, max: 1000000, required: true } },
      { name: 'pricePerGb', kind: 'int64', rule: { min: 0, max: 9000000000, format: 'money' }, description: 'Yuan a GB.' },
    ],
  },
  'exchange.registry.v1.Link': {
    fields: [
      { name: 'linkId', kind: 'int32' },
      { name: 'ownerId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'identifier', kind: 'string', description: 'Issued when it is first verified, then never changed.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.LinkDetails' },
      {
        name: 'amendment',
        kind: 'message',
        type: 'exchange.registry.v1.LinkDetails',
        description: 'What waits for the operator; absent where nothing does.',
      },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'countedRoundTripUs',
        kind: 'int32',
        description: "What the market counts: measured while that is young, else promised. What was measured is among the link's quality.",
      },
    ],
  },
  'exchange.registry.v1.RegisterLinkRequest': {
    fields: [
      { name: 'ownerId', kind: 'int32', rule: { min: 0 }, description: '0: the caller.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.LinkDetails', rule: { required: true } },
    ],
  },
  'exchange.registry.v1.AmendLinkRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'details',
        kind: 'message',
        type: 'exchange.registry.v1.LinkDetails',
        rule: { required: true },
        description: 'Its ends stay once verified.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ListLinksRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'fromRegion', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'toRegion', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'toSiteId', kind: 'int32', rule: { min: 0 } },
      { name: 'ownerId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.registry.v1.ListLinksResponse': {
    fields: [
      { name: 'links', repeated: true, kind: 'message', type: 'exchange.registry.v1.Link' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.NeedDetails': {
    fields: [
      { name: 'region', kind: 'int32', rule: { min: 110000, max: 829999, required: true }, description: 'Where the need is.' },
      { name: 'district', kind: 'int32', rule: { min: 0, max: 829999 }, description: '0 where the region is not divided.' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      { name: 'model', kind: 'string', rule: { maxLength: 40, pattern: '^([A-Za-z0-9][A-Za-z0-9._-]*)?$' }, description: 'Empty: any.' },
      { name: 'units', kind: 'int32', rule: { min: 0, max: 100000000 }, description: 'Either units of a kind' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit' },
      {
        name: 'petaflopsMilli',
        kind: 'int64',
        rule: { min: 0, max: 1000000000000 },
        description: 'or thousandths of a PFLOPS at a precision.',
      },
      { name: 'precision', kind: 'enum', type: 'exchange.common.v1.Precision' },
      { name: 'fromDay', kind: 'int32', rule: { min: 1, required: true, format: 'day' }, description: 'First day.' },
      { name: 'toDay', kind: 'int32', rule: { min: 1, required: true, format: 'day' }, description: 'The day after the last.' },
      { name: 'domesticOnly', kind: 'bool' },
      { name: 'purpose', kind: 'string', rule: { maxLength: 400, required: true } },
    ],
  },
  'exchange.registry.v1.Need': {
    fields: [
      { name: 'needId', kind: 'int32' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'identifier', kind: 'string', description: 'Issued when it is first verified, then never changed.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.NeedDetails' },
      {
        name: 'amendment',
        kind: 'message',
        type: 'exchange.registry.v1.NeedDetails',
        description: 'What waits for the operator; absent where nothing does.',
      },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.registry.v1.RegisterNeedRequest': {
    fields: [
      { name: 'buyerId', kind: 'int32', rule: { min: 0 }, description: '0: the caller.' },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.NeedDetails', rule: { required: true } },
    ],
  },
  'exchange.registry.v1.AmendNeedRequest': {
    fields: [
      { name: 'id', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'details', kind: 'message', type: 'exchange.registry.v1.NeedDetails', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ListNeedsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'district', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'buyerId', kind: 'int32', rule: { min: 0 } },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
    ],
  },
  'exchange.registry.v1.ListNeedsResponse': {
    fields: [
      { name: 'needs', repeated: true, kind: 'message', type: 'exchange.registry.v1.Need' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.RegisterNodesRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'serial',
        kind: 'string',
        rule: { maxLength: 120, required: true },
        description: "The maker's or owner's serial name, once among a provider's nodes.",
      },
    ],
  },
  'exchange.registry.v1.RegisterNodesResponse': {
    fields: [
      { name: 'poolId', kind: 'int32' },
      { name: 'registered', kind: 'int32' },
      { name: 'firstNumber', kind: 'int32', description: 'Number of the first; the others follow.' },
      { name: 'nodeCount', kind: 'int32', description: 'Verified nodes of the pool.' },
      { name: 'pendingNodes', kind: 'int32' },
    ],
  },
  'exchange.registry.v1.Node': {
    fields: [
      { name: 'number', kind: 'int32' },
      { name: 'serial', kind: 'string' },
      { name: 'verified', kind: 'bool' },
      { name: 'draining', kind: 'bool' },
      { name: 'identifier', kind: 'string', description: 'Empty until verified.' },
    ],
  },
  'exchange.registry.v1.ListNodesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'serial', kind: 'string', rule: { maxLength: 120 }, description: 'Begins with.' },
      { name: 'verified', kind: 'bool', optional: true },
      { name: 'draining', kind: 'bool', optional: true },
    ],
  },
  'exchange.registry.v1.ListNodesResponse': {
    fields: [
      { name: 'nodes', repeated: true, kind: 'message', type: 'exchange.registry.v1.Node' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.PlanDrainRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'nodes',
        repeated: true,
        kind: 'int32',
        rule: { min: 0, maxItems: 10000 },
        description: 'Numbers of nodes; empty: the whole pool.',
      },
      {
        name: 'window',
        kind: 'message',
        type: 'exchange.common.v1.Window',
        rule: { required: true },
        description: 'In slots; it may have begun.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.Drain': {
    fields: [
      { name: 'drainId', kind: 'int64' },
      { name: 'poolId', kind: 'int32' },
      { name: 'nodes', repeated: true, kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.DrainState' },
      { name: 'reason', kind: 'string' },
    ],
  },
  'exchange.registry.v1.ListDrainsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.DrainState' },
    ],
  },
  'exchange.registry.v1.ListDrainsResponse': {
    fields: [
      { name: 'drains', repeated: true, kind: 'message', type: 'exchange.registry.v1.Drain' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.CancelDrainRequest': {
    fields: [
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'drainId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 400, required: true }, description: 'Why; stands in the history.' },
    ],
  },
  'exchange.registry.v1.ResolveIdentifierRequest': {
    fields: [{ name: 'identifier', kind: 'string', rule: { maxLength: 40, required: true } }],
  },
  'exchange.registry.v1.ResolvedIdentifier': {
    fields: [
      { name: 'identifier', kind: 'string' },
      { name: 'kind', kind: 'enum', type: 'exchange.registry.v1.RegisteredKind' },
      { name: 'id', kind: 'int32', description: 'Of a node: that of its pool.' },
      { name: 'nodeNumber', kind: 'int32' },
      { name: 'name', kind: 'string' },
      { name: 'state', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      { name: 'region', kind: 'int32' },
      {
        name: 'nationalIdentifier',
        kind: 'string',
        description: 'Assigned by the national node to a provider, site or pool; empty where it has not.',
      },
    ],
  },
  'exchange.registry.v1.Change': {
    fields: [
      { name: 'changeId', kind: 'int64' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'kind', kind: 'enum', type: 'exchange.registry.v1.RegisteredKind' },
      { name: 'id', kind: 'int32' },
      {
        name: 'fromState',
        kind: 'enum',
        type: 'exchange.registry.v1.RegistrationState',
        description: 'UNSPECIFIED where it was registered by this change.',
      },
      { name: 'toState', kind: 'enum', type: 'exchange.registry.v1.RegistrationState' },
      {
        name: 'action',
        kind: 'string',
        description:
          'registered, edited, moved, amendment_proposed, amendment_accepted, amendment_refused, amended, nodes_registered, drain_planned, drain_cancelled, nationally_identified.',
      },
      { name: 'byParticipantId', kind: 'int32', description: '0: the exchange itself.' },
      { name: 'by', kind: 'string', description: 'Name of the key or service.' },
      { name: 'reason', kind: 'string' },
      { name: 'content', kind: 'string', description: 'What was written by the change, as JSON.' },
    ],
  },
  'exchange.registry.v1.ListHistoryRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'kind', kind: 'enum', type: 'exchange.registry.v1.RegisteredKind' },
      { name: 'id', kind: 'int32', rule: { min: 0 } },
      { name: 'fromTime', kind: 'int64', rule: { min: 0, format: 'time' } },
      { name: 'toTime', kind: 'int64', rule: { min: 0, format: 'time' } },
    ],
  },
  'exchange.registry.v1.ListHistoryResponse': {
    fields: [
      { name: 'changes', repeated: true, kind: 'message', type: 'exchange.registry.v1.Change' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.ListResourcesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      {
        name: 'quarter',
        kind: 'string',
        rule: { maxLength: 6, pattern: '^(20[0-9]{2}Q[1-4])?$' },
        description: 'A published quarter ("2026Q1"); empty: as it stands now.',
      },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'district', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string', rule: { maxLength: 40 } },
    ],
  },
  'exchange.registry.v1.ResourceLine': {
    description: 'One verified pool with its site.',
    fields: [
      { name: 'siteIdentifier', kind: 'string' },
      { name: 'siteName', kind: 'string' },
      { name: 'providerName', kind: 'string' },
      { name: 'region', kind: 'int32' },
      { name: 'district', kind: 'int32' },
      { name: 'siteClass', kind: 'enum', type: 'exchange.registry.v1.SiteClass' },
      { name: 'standardRacks', kind: 'int32' },
      { name: 'occupancyBp', kind: 'int32' },
      { name: 'pueMilli', kind: 'int32' },
      { name: 'greenShareBp', kind: 'int32' },
      { name: 'securityGrade', kind: 'int32' },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone' },
      { name: 'energyMwhPerYear', kind: 'int64' },
      { name: 'poolIdentifier', kind: 'string', description: 'Empty, as all that follows, for a site without a verified pool.' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit' },
      { name: 'nodes', kind: 'int32' },
      { name: 'units', kind: 'int64' },
      { name: 'memoryGibPerUnit', kind: 'int32' },
      { name: 'interconnect', kind: 'enum', type: 'exchange.common.v1.Interconnect' },
      { name: 'tflopsFp16Milli', kind: 'int64', description: 'Of all units, thousandths of a TFLOPS.' },
      { name: 'tflopsFp32Milli', kind: 'int64' },
      { name: 'domestic', kind: 'bool' },
    ],
  },
  'exchange.registry.v1.ListResourcesResponse': {
    fields: [
      { name: 'resources', repeated: true, kind: 'message', type: 'exchange.registry.v1.ResourceLine' },
      { name: 'publishedAt', kind: 'int64', rule: { format: 'time' }, description: 'Absent where the list stands as it is now.' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.ListWantedComputeRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      {
        name: 'quarter',
        kind: 'string',
        rule: { maxLength: 6, pattern: '^(20[0-9]{2}Q[1-4])?$' },
        description: 'A published quarter ("2026Q1"); empty: as it stands now.',
      },
      { name: 'region', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'district', kind: 'int32', rule: { min: 0, max: 829999 } },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
    ],
  },
  'exchange.registry.v1.WantedLine': {
    description: 'One verified need that is not over; who needs it is not told.',
    fields: [
      { name: 'needIdentifier', kind: 'string' },
      { name: 'region', kind: 'int32' },
      { name: 'district', kind: 'int32' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string' },
      { name: 'units', kind: 'int32' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit' },
      { name: 'petaflopsMilli', kind: 'int64' },
      { name: 'precision', kind: 'enum', type: 'exchange.common.v1.Precision' },
      { name: 'fromDay', kind: 'int32', rule: { format: 'day' } },
      { name: 'toDay', kind: 'int32', rule: { format: 'day' } },
      { name: 'domesticOnly', kind: 'bool' },
      { name: 'purpose', kind: 'string' },
    ],
  },
  'exchange.registry.v1.ListWantedComputeResponse': {
    fields: [
      { name: 'needs', repeated: true, kind: 'message', type: 'exchange.registry.v1.WantedLine' },
      { name: 'publishedAt', kind: 'int64', rule: { format: 'time' }, description: 'Absent where the list stands as it is now.' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.registry.v1.PublishListsRequest': {
    fields: [
      {
        name: 'quarter',
        kind: 'string',
        rule: { required: true, pattern: '^20[0-9]{2}Q[1-4]$' },
        description: 'This quarter or the last one.',
      },
    ],
  },
  'exchange.registry.v1.Publication': {
    fields: [
      { name: 'quarter', kind: 'string' },
      { name: 'publishedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'by', kind: 'string' },
      { name: 'resourceLines', kind: 'int32' },
      { name: 'needLines', kind: 'int32' },
    ],
  },
  'exchange.registry.v1.ListPublicationsRequest': { fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }] },
  'exchange.registry.v1.ListPublicationsResponse': {
    fields: [
      { name: 'publications', repeated: true, kind: 'message', type: 'exchange.registry.v1.Publication' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.HaltBookRequest': {
    fields: [
      { name: 'bookId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.scheduling.v1.ReopenBookRequest': {
    fields: [
      { name: 'bookId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
      {
        name: 'referencePrice',
        kind: 'int64',
        rule: { min: 0, max: 9000000000, multipleOf: 100, format: 'price' },
        description: 'A new one, around which collar and band then lie; absent: as it was.',
      },
    ],
  },
  'exchange.scheduling.v1.StopMarketRequest': {
    fields: [{ name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } }],
  },
  'exchange.scheduling.v1.StartMarketRequest': {
    fields: [{ name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } }],
  },
  'exchange.scheduling.v1.CurtailSiteRequest': {
    fields: [
      { name: 'siteId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.scheduling.v1.LiftCurtailmentRequest': {
    fields: [
      { name: 'siteId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.scheduling.v1.MarketAction': {
    description: 'One thing that was done to the market: by the operator, or by a band.',
    fields: [
      { name: 'actionId', kind: 'int64' },
      { name: 'kind', kind: 'enum', type: 'exchange.scheduling.v1.MarketActionKind' },
      { name: 'bookId', kind: 'int32', description: 'Of what; 0 where it is of none.' },
      { name: 'siteId', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', description: 'Of a curtailment.' },
      {
        name: 'referencePrice',
        kind: 'int64',
        rule: { format: 'price' },
        description: "Of a reopening that set one; of a band's halt what it lies around.",
      },
      {
        name: 'price',
        kind: 'int64',
        rule: { format: 'price' },
        description: "Of a band's halt: the price at which a trade was not made.",
      },
      { name: 'reclaimedLeases', kind: 'int32', description: 'Leases that it reclaimed (R-17).' },
      { name: 'by', kind: 'string', description: "The key that did it, and why; a band's halt has none." },
      { name: 'reason', kind: 'string' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
      { name: 'sequence', kind: 'int64', description: 'Sequence of the command in the market.' },
    ],
  },
  'exchange.scheduling.v1.ListMarketActionsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'kind', kind: 'enum', type: 'exchange.scheduling.v1.MarketActionKind' },
      { name: 'bookId', kind: 'int32', rule: { min: 0 } },
      { name: 'siteId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.scheduling.v1.ListMarketActionsResponse': {
    fields: [
      { name: 'actions', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.MarketAction' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.ListCurtailmentsRequest': { fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }] },
  'exchange.scheduling.v1.Curtailment': {
    description: 'In its window nothing RECLAIMABLE of the site is sold. An empty window: it is lifted.',
    fields: [
      { name: 'siteId', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'since', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.scheduling.v1.ListCurtailmentsResponse': {
    fields: [
      { name: 'curtailments', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Curtailment' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.GetMarketStatusRequest': { fields: [] },
  'exchange.scheduling.v1.MarketStatus': {
    fields: [
      { name: 'stopped', kind: 'bool', description: 'No book trades.' },
      { name: 'since', kind: 'int64', rule: { format: 'time' }, description: 'Since when it is so; absent: since it was opened.' },
    ],
  },
  'exchange.scheduling.v1.NodeUnits': {
    description: 'Units on one node of a pool.',
    fields: [
      { name: 'node', kind: 'int32' },
      { name: 'units', kind: 'int32' },
    ],
  },
  'exchange.scheduling.v1.TradeMade': {
    description: "One trade is one lease: the same number. Shard × 2^44 + the trade's number in its shard.",
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'offerId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'buyerId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'poolId', kind: 'int32' },
      { name: 'siteId', kind: 'int32' },
      { name: 'region', kind: 'int32' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'nodes', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.NodeUnits' },
      { name: 'units', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'price', kind: 'int64', rule: { format: 'price' }, description: 'Micro-yuan a unit-hour.' },
      {
        name: 'computeAmount',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Micro-yuan: price of all slots, and the charge of the link.',
      },
      { name: 'transferAmount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'linkOwnerId', kind: 'int32', description: 'Who is paid the transfer; 0 where none is.' },
      { name: 'programmeId', kind: 'int32', description: 'Programme whose subsidy the bid reserved; 0 where none.' },
      { name: 'project', kind: 'string' },
      { name: 'greenShareBp', kind: 'int32', description: "The site's promise when the trade was made." },
      { name: 'pueMilli', kind: 'int32' },
      { name: 'domestic', kind: 'bool' },
      {
        name: 'confirmsAtOnce',
        kind: 'bool',
        description: 'Lets the provider begin at once, else the lease is pending until it is confirmed.',
      },
      { name: 'madeAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'regionOfDemand', kind: 'int32' },
      { name: 'bidWasFirst', kind: 'bool', description: "Order of the trade's price: the bid came first." },
      {
        name: 'replacesTradeId',
        kind: 'int64',
        description:
          "R-24: the trade whose lost units this one places anew (0: a plain trade), and what that trade's provider owes beyond what the buyer pays.",
      },
      { name: 'owedAmount', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'subsidy',
        kind: 'bigint',
        rule: { format: 'money' },
        description: "R-31: what of compute and transfer the programme's reservation for the bid holds; the rest is the buyer's money.",
      },
      { name: 'standby', number: 40, kind: 'bool', description: "R-7a: of the bid's second fill." },
      {
        name: 'resoldLeaseId',
        number: 41,
        kind: 'int64',
        description:
          "R-18: the lease that it resells (0: none). provider_id is then the reseller, who is paid; the pool's provider delivers.",
      },
      { name: 'deliveredById', number: 42, kind: 'int32' },
      {
        name: 'extendedLeaseId',
        number: 43,
        kind: 'int64',
        description: 'R-18: the lease of which it is more, on the same nodes; 0: none.',
      },
      {
        name: 'proceeds',
        number: 44,
        repeated: true,
        kind: 'message',
        type: 'exchange.scheduling.v1.ProceedsShare',
        description: 'R-18: what of its price is due to buyers who gave up these nodes.',
      },
      {
        name: 'platformId',
        number: 45,
        kind: 'int32',
        description: 'R-35: the partner on whose platform it lies (0: here), and the reservation of which it was made (0: none).',
      },
      { name: 'reservationId', number: 46, kind: 'int64' },
    ],
  },
  'exchange.scheduling.v1.ProceedsShare': {
    description:
      "R-18: so much of a trade's price is due to the buyer of a FIRM lease that it ended early, since the trade sells that lease's nodes again.",
    fields: [
      { name: 'leaseId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.scheduling.v1.LeaseChanged': {
    description:
      "A lease's life (R-27a). delivered is the window that stands after the change: shorter than the trade's where the lease was cut short or will be. nodes and units are what still runs, or ran to the end; a lease of which only some units are lost goes on with the others.",
    fields: [
      { name: 'leaseId', kind: 'int64' },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.LeaseState' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'poolId', kind: 'int32' },
      { name: 'nodes', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.NodeUnits' },
      { name: 'units', kind: 'int32' },
      { name: 'delivered', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'tier', kind: 'enum', type: 'exchange.common.v1.Tier' },
      { name: 'reason', kind: 'string' },
      {
        name: 'held',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'Micro-yuan that the trade still holds in the engine: less than it began with once units are lost (R-24). What the ledger holds beyond it is released before the trade that places them anew is held.',
      },
      {
        name: 'unitSlots',
        kind: 'int64',
        description: 'Unit-slots that stand: those of the trade less those lost. 0 for a lease that its provider never confirmed.',
      },
    ],
  },
  'exchange.scheduling.v1.OrderClosed': {
    description: 'An order rests no more; what was reserved for it beyond its trades is free.',
    fields: [
      { name: 'orderId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'participantId', kind: 'int32' },
      { name: 'isBid', kind: 'bool' },
      { name: 'reason', kind: 'string', description: 'filled, cancelled, expired, ended (IOC, FOK).' },
      { name: 'filledUnits', kind: 'int32', description: 'Units bought by it in all.' },
      { name: 'programmeId', kind: 'int32' },
    ],
  },
  'exchange.scheduling.v1.BuyingPowerLowered': {
    description: "The engine's answer to a request to lower buying power (R-26). Refused where open bids and trades need it.",
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'requestId', kind: 'string' },
      { name: 'accepted', kind: 'bool' },
      { name: 'amount', kind: 'bigint' },
    ],
  },
  'exchange.scheduling.v1.TradeReleased': {
    description: 'A trade is finally settled in the engine: what it held beyond its cost is buying power again.',
    fields: [{ name: 'tradeId', kind: 'int64' }],
  },
  'exchange.scheduling.v1.ResellLeaseRequest': {
    fields: [
      { name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'units', kind: 'int32', rule: { min: 0, max: 1000000 }, description: "At any instant of the window; 0: all of the lease's." },
      {
        name: 'window',
        kind: 'message',
        type: 'exchange.common.v1.Window',
        description: "Within the lease's; absent: what is left of that.",
      },
      { name: 'minSlots', kind: 'int32', rule: { min: 0, max: 35040 }, description: 'Shortest lease; 0 is 1.' },
      {
        name: 'ask',
        kind: 'int64',
        rule: { min: 100, max: 9000000000, multipleOf: 100, required: true, format: 'price' },
        description: 'What a unit-hour costs.',
      },
      { name: 'timeInForce', kind: 'enum', type: 'exchange.scheduling.v1.TimeInForce', description: 'GTC or GTD.' },
      { name: 'goodTill', kind: 'int64', rule: { min: 0, format: 'time' } },
      { name: 'clientOrderId', kind: 'string', rule: { maxLength: 64, pattern: '^[\\x21-\\x7e]*$' } },
    ],
  },
  'exchange.scheduling.v1.ExtendLeaseRequest': {
    fields: [
      { name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'durationSlots', kind: 'int32', rule: { min: 1, max: 35040, required: true } },
      {
        name: 'limitPrice',
        kind: 'int64',
        rule: { min: 100, max: 9000000000, multipleOf: 100, required: true, format: 'price' },
        description: 'The most that a unit-hour may cost.',
      },
      { name: 'clientOrderId', kind: 'string', rule: { maxLength: 64, pattern: '^[\\x21-\\x7e]*$' } },
    ],
  },
  'exchange.scheduling.v1.EndLeaseRequest': { fields: [{ name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.scheduling.v1.ListReclaimNoticesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'Operator and regulator: 0 is everyone.' },
      { name: 'unacknowledged', kind: 'bool', description: 'Only those that wait to be acknowledged.' },
      { name: 'leaseId', kind: 'int64', rule: { min: 0 } },
    ],
  },
  'exchange.scheduling.v1.ListReclaimNoticesResponse': {
    fields: [
      { name: 'notices', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.ReclaimNotice' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.AcknowledgeReclaimNoticeRequest': {
    fields: [{ name: 'noticeId', kind: 'int64', rule: { min: 1, required: true } }],
  },
  'exchange.scheduling.v1.ListBooksRequest': { fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }] },
  'exchange.scheduling.v1.BookEntry': {
    fields: [
      { name: 'bookId', kind: 'int32' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'referencePrice', kind: 'int64', rule: { format: 'price' }, description: '0: none, so the book has no collar.' },
      { name: 'collarBp', kind: 'int32', description: 'How far a price may lie from the reference, in basis points.' },
      {
        name: 'lastPrice',
        kind: 'int64',
        rule: { format: 'price' },
        description: 'Price of the last trade; 0: none. Live events tell it with the trade alone.',
      },
      { name: 'bandBp', kind: 'int32', description: "R-23: how far a trade's price may lie from the same, in basis points; 0: anywhere." },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.BookState' },
      {
        name: 'haltedBy',
        kind: 'string',
        description: 'Of a halt: operator, or band where a fill would have been outside of it. When it began.',
      },
      { name: 'haltedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'shard', kind: 'int32', description: "A bid's books lie in one shard." },
    ],
  },
  'exchange.scheduling.v1.ListShardsRequest': { fields: [] },
  'exchange.scheduling.v1.ListShardsResponse': {
    fields: [
      { name: 'count', kind: 'int32', description: 'They are numbered from 0.' },
      {
        name: 'rules',
        repeated: true,
        kind: 'message',
        type: 'exchange.scheduling.v1.ShardRule',
        description: 'Of those that name a product the one that says most; what none names lies in shard 0.',
      },
    ],
  },
  'exchange.scheduling.v1.ShardRule': {
    description: 'Products of a shard, both tiers of each.',
    fields: [
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'model', kind: 'string', description: 'Empty: any of the class.' },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', description: 'Absent: any of the model.' },
      { name: 'shard', kind: 'int32' },
    ],
  },
  'exchange.scheduling.v1.ListBooksResponse': {
    fields: [
      { name: 'books', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.BookEntry' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.SetBookRequest': {
    fields: [
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book', rule: { required: true } },
      { name: 'referencePrice', kind: 'int64', rule: { min: 0, max: 9000000000, multipleOf: 100, format: 'price' } },
      { name: 'collarBp', kind: 'int32', rule: { min: 0, max: 1000000 } },
      { name: 'bandBp', kind: 'int32', rule: { min: 0, max: 1000000 } },
    ],
  },
  'exchange.scheduling.v1.GetDepthRequest': {
    fields: [
      { name: 'bookId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'day', kind: 'int32', rule: { min: 0, format: 'day' }, description: 'Asia/Shanghai; absent: any day.' },
    ],
  },
  'exchange.scheduling.v1.DepthLevel': {
    description: 'Orders of one price.',
    fields: [
      { name: 'price', kind: 'int64', rule: { format: 'price' } },
      { name: 'units', kind: 'int64', description: 'Open units: of an offer what it sells at an instant, of a bid what it still lacks.' },
      { name: 'orders', kind: 'int32' },
    ],
  },
  'exchange.scheduling.v1.Depth': {
    description:
      'Bids from the highest limit, offers from the lowest ask; at most 100 levels a side. Bids by PFLOPS are left out: their limits compare by pool.',
    fields: [
      { name: 'bookId', kind: 'int32' },
      { name: 'day', kind: 'int32', rule: { format: 'day' } },
      { name: 'bids', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.DepthLevel' },
      { name: 'offers', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.DepthLevel' },
    ],
  },
  'exchange.scheduling.v1.ListMarketTradesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'bookId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.scheduling.v1.MarketTrade': {
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'bookId', kind: 'int32' },
      { name: 'region', kind: 'int32' },
      { name: 'units', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'price', kind: 'int64', rule: { format: 'price' } },
      { name: 'madeAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.scheduling.v1.ListMarketTradesResponse': {
    fields: [
      { name: 'trades', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.MarketTrade' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.WatchMarketRequest': {
    fields: [
      { name: 'after', kind: 'int64', rule: { min: 0 }, description: 'Sequence after which to begin; 0: the first that is kept.' },
      { name: 'bookId', kind: 'int32', rule: { min: 0 }, description: '0: every book.' },
    ],
  },
  'exchange.scheduling.v1.MarketEvent': {
    description: 'One of the four is set: as it stands after the change.',
    fields: [
      { name: 'sequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
      { name: 'trade', kind: 'message', type: 'exchange.scheduling.v1.MarketTrade' },
      { name: 'book', kind: 'message', type: 'exchange.scheduling.v1.BookEntry' },
      { name: 'status', kind: 'message', type: 'exchange.scheduling.v1.MarketStatus', description: 'Of no book: told to every reader.' },
      { name: 'curtailment', kind: 'message', type: 'exchange.scheduling.v1.Curtailment' },
    ],
  },
  'exchange.scheduling.v1.GetMarketStateRequest': { fields: [] },
  'exchange.scheduling.v1.MarketState': {
    description:
      "Of all shards: the sequences are sums, the time is the latest, a hash is that of the shards' hashes in order. Of one shard all are its own.",
    fields: [
      { name: 'shard', kind: 'int32', description: 'The first; the epoch is its too.' },
      { name: 'sequence', kind: 'int64', description: 'Of the last command applied, projected and put in a snapshot.' },
      { name: 'projectedSequence', kind: 'int64' },
      { name: 'snapshotSequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' }, description: "The engine's time." },
      { name: 'stateHash', kind: 'string', description: 'Hexadecimal hash of the state of the market.' },
      { name: 'epoch', kind: 'int64', description: 'Whose writing the journal accepts.' },
      { name: 'journalHash', kind: 'string', description: 'Hexadecimal hash of the last row of the journal, chained over all rows.' },
      { name: 'shards', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.ShardState' },
    ],
  },
  'exchange.scheduling.v1.ShardState': {
    description: 'One shard: its own engine, journal and writer.',
    fields: [
      { name: 'shard', kind: 'int32' },
      { name: 'sequence', kind: 'int64', description: 'Of the last command applied, projected and put in a snapshot.' },
      { name: 'projectedSequence', kind: 'int64' },
      { name: 'snapshotSequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' }, description: "The engine's time." },
      { name: 'stateHash', kind: 'string', description: 'Hexadecimal hash of the state of the shard.' },
      { name: 'epoch', kind: 'int64', description: 'Whose writing the journal accepts.' },
      { name: 'journalHash', kind: 'string', description: 'Hexadecimal hash of the last row of the journal, chained over all rows.' },
    ],
  },
  'exchange.scheduling.v1.VerifyMarketRequest': { fields: [] },
  'exchange.scheduling.v1.MarketVerification': {
    fields: [
      { name: 'sequence', kind: 'int64' },
      { name: 'commands', kind: 'int64' },
      { name: 'stateHash', kind: 'string' },
      { name: 'replayedHash', kind: 'string' },
      { name: 'same', kind: 'bool' },
      { name: 'milliseconds', kind: 'int64' },
    ],
  },
  'exchange.scheduling.v1.SupplyKind': {
    description: 'FIRM supply of pools that are alike.',
    fields: [
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      { name: 'model', kind: 'string', rule: { maxLength: 40, required: true } },
      { name: 'unit', kind: 'enum', type: 'exchange.common.v1.Unit', rule: { required: true } },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone', rule: { required: true } },
      { name: 'region', kind: 'int32', rule: { required: true } },
      { name: 'domestic', kind: 'bool', description: 'True: only domestic chips 国产. False: any.' },
      { name: 'price', kind: 'int64', rule: { format: 'price' }, description: 'Of a unit-hour: what asks for more is not among it.' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
    ],
  },
  'exchange.scheduling.v1.ListOnSaleRequest': {
    fields: [{ name: 'kinds', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.SupplyKind', rule: { maxItems: 1000 } }],
  },
  'exchange.scheduling.v1.ListOnSaleResponse': {
    fields: [
      { name: 'onSale', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.OnSale', description: 'In the order of the kinds.' },
    ],
  },
  'exchange.scheduling.v1.OnSale': {
    fields: [
      { name: 'known', kind: 'bool', description: 'False: the market knows no pool of this platform of the kind, and says nothing of it.' },
      {
        name: 'units',
        kind: 'message',
        type: 'exchange.common.v1.UnitsBySlot',
        description: 'Where there are more ranges than are told some slots have more than they say.',
      },
    ],
  },
  'exchange.scheduling.v1.ReserveRequest': {
    fields: [
      {
        name: 'participantId',
        kind: 'int32',
        rule: { min: 1, required: true },
        description: "The partner's own participant, who buys and pays.",
      },
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' } },
      {
        name: 'terms',
        kind: 'message',
        type: 'exchange.scheduling.v1.BidTerms',
        rule: { required: true },
        description: 'FOK: time_in_force is taken as that where it is unspecified.',
      },
      { name: 'until', kind: 'int64', rule: { min: 1, required: true, format: 'time' } },
      { name: 'project', kind: 'string', rule: { maxLength: 64, printable: true }, description: 'A label on bills.' },
      {
        name: 'image',
        kind: 'string',
        rule: { maxLength: 255 },
        description: 'What the provider is to run, and the key to which the access secret is sealed.',
      },
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000 } },
    ],
  },
  'exchange.scheduling.v1.DecideReservationRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' } },
      { name: 'commit', kind: 'bool', description: 'True: it becomes trades. False: it is given back.' },
    ],
  },
  'exchange.scheduling.v1.GetReservationRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reservationId', kind: 'string', rule: { required: true, pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$' } },
    ],
  },
  'exchange.scheduling.v1.Reservation': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'reservationId', kind: 'string' },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.ReservationState' },
      { name: 'refusal', kind: 'string' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'until', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'pieces',
        repeated: true,
        kind: 'message',
        type: 'exchange.scheduling.v1.Fill',
        description: 'None where nothing was reserved. A piece keeps its trade_id when it becomes a trade.',
      },
    ],
  },
  'exchange.scheduling.v1.PieceReserved': {
    description:
      'A piece of a fill is reserved (R-35): its units and money are held until it is decided, for as long as that takes. Pieces of one reservation are decided together, all or none, and lie on one platform. Who decides it says RemotePieceDecided of any piece of the reservation.',
    fields: [
      {
        name: 'piece',
        kind: 'message',
        type: 'exchange.scheduling.v1.TradeMade',
        description: 'As its trade will be, whose number it has; made_at is when it was reserved, subsidy is 0.',
      },
      {
        name: 'platformId',
        kind: 'int32',
        description:
          "The partner whose platform it lies on, which is its pool's provider too; 0: it lies here, for a partner that buys (Reservations).",
      },
      {
        name: 'reservationId',
        kind: 'int64',
        description: "The trade number of the reservation's first piece, and how many pieces it has. They are told one after the other.",
      },
      { name: 'pieces', kind: 'int32' },
      { name: 'until', kind: 'int64', rule: { format: 'time' }, description: 'When it lapses by itself; 0: never.' },
      { name: 'perNode', kind: 'int32', description: 'Units on one node (R-2a).' },
      { name: 'image', kind: 'string', description: 'What the buyer told its provider.' },
      { name: 'publicKey', kind: 'string' },
    ],
  },
  'exchange.scheduling.v1.ReservationEnded': {
    description: "A reservation ended without becoming trades: all its pieces are given back, and their money is free or the bid's again.",
    fields: [
      { name: 'reservationId', kind: 'int64' },
      { name: 'tradeIds', repeated: true, kind: 'int64' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'buyerId', kind: 'int32' },
      { name: 'platformId', kind: 'int32', description: 'As in PieceReserved.' },
      { name: 'reason', kind: 'string', description: 'returned, lapsed.' },
    ],
  },
  'exchange.scheduling.v1.ClassFloor': {
    description: 'R-1: instead of books, a class and what a pool must have at least.',
    fields: [
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { required: true } },
      { name: 'tier', kind: 'enum', type: 'exchange.common.v1.Tier', description: 'Unspecified: both tiers.' },
      { name: 'domesticOnly', kind: 'bool' },
      {
        name: 'precision',
        kind: 'enum',
        type: 'exchange.common.v1.Precision',
        description: 'At which precision the least TFLOPS count; needed with them.',
      },
      { name: 'tflopsMilliMin', kind: 'int64', rule: { min: 0, max: 1000000000000 }, description: 'Thousandths of a TFLOPS a unit.' },
      { name: 'memoryGibMin', kind: 'int32', rule: { min: 0, max: 1000000 } },
    ],
  },
  'exchange.scheduling.v1.Constraints': {
    description: 'R-7, in the order in which they are tested. Each is optional; those set must all hold.',
    fields: [
      {
        name: 'regionsIn',
        repeated: true,
        kind: 'int32',
        rule: { min: 100000, max: 999999, maxItems: 64 },
        description: 'Codes of six digits (GB/T 2260).',
      },
      { name: 'regionsOut', repeated: true, kind: 'int32', rule: { min: 100000, max: 999999, maxItems: 64 } },
      {
        name: 'roundTripUsMax',
        kind: 'int32',
        rule: { min: 0, max: 1000000000 },
        description: "Microseconds, from the bid's demand region.",
      },
      { name: 'zone', kind: 'enum', type: 'exchange.common.v1.ResidencyZone' },
      { name: 'securityGradeMin', kind: 'int32', rule: { min: 0, max: 5 } },
      { name: 'dataClass', kind: 'enum', type: 'exchange.common.v1.DataClass' },
      { name: 'domesticOnly', kind: 'bool' },
      { name: 'memoryGibMin', kind: 'int32', rule: { min: 0, max: 1000000 } },
      { name: 'interconnect', kind: 'enum', type: 'exchange.common.v1.Interconnect' },
      { name: 'greenShareBpMin', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'pueMilliMax', kind: 'int32', rule: { min: 0, max: 10000 }, description: 'Thousandths (1250 is 1.25).' },
      { name: 'providersIn', repeated: true, kind: 'int32', rule: { min: 1, maxItems: 64 } },
      { name: 'providersOut', repeated: true, kind: 'int32', rule: { min: 1, maxItems: 64 } },
      { name: 'reliabilityBpMin', kind: 'int32', rule: { min: 0, max: 10000 } },
    ],
  },
  'exchange.scheduling.v1.BidTerms': {
    description: 'What a bid asks (R-4). It names books or a floor, and units or pflops.',
    fields: [
      { name: 'books', repeated: true, kind: 'message', type: 'exchange.common.v1.Book', rule: { maxItems: 32 } },
      { name: 'floor', kind: 'message', type: 'exchange.scheduling.v1.ClassFloor' },
      { name: 'units', kind: 'int32', rule: { min: 0, max: 1000000 } },
      {
        name: 'pflops',
        kind: 'int32',
        rule: { min: 0, max: 1000000 },
        description: 'R-2: PFLOPS at a precision instead of units; the limit is then a PFLOPS-hour.',
      },
      { name: 'precision', kind: 'enum', type: 'exchange.common.v1.Precision' },
      { name: 'perNode', kind: 'int32', rule: { min: 0, max: 100000 }, description: 'R-2a: units on one node; 0 is 1.' },
      { name: 'durationSlots', kind: 'int32', rule: { min: 1, max: 35040, required: true } },
      {
        name: 'earliest',
        kind: 'int32',
        rule: { min: 0, max: 2147483647, format: 'slot' },
        description: 'First slot at which it may start; absent: the next one.',
      },
      {
        name: 'latest',
        kind: 'int32',
        rule: { min: 0, max: 2147483647, format: 'slot' },
        description: 'Slot before which it must end; absent: so that it can start at the earliest alone.',
      },
      {
        name: 'hours',
        repeated: true,
        kind: 'int32',
        rule: { min: 0, max: 23, maxItems: 24 },
        description: 'Hours of the day and days of the week (1 is Monday), Asia/Shanghai, in which the whole lease must lie; none: all.',
      },
      { name: 'weekdays', repeated: true, kind: 'int32', rule: { min: 1, max: 7, maxItems: 7 } },
      {
        name: 'limitPrice',
        kind: 'int64',
        rule: { min: 100, max: 9000000000, multipleOf: 100, required: true, format: 'price' },
        description: 'The most that a unit-hour, or a PFLOPS-hour, may cost.',
      },
      { name: 'timeInForce', kind: 'enum', type: 'exchange.scheduling.v1.TimeInForce' },
      { name: 'goodTill', kind: 'int64', rule: { min: 0, format: 'time' }, description: 'For GTD.' },
      { name: 'allOrNone', kind: 'bool' },
      { name: 'minUnits', kind: 'int32', rule: { min: 0, max: 1000000 } },
      { name: 'placement', kind: 'enum', type: 'exchange.scheduling.v1.Placement' },
      { name: 'together', kind: 'bool', description: 'R-5, R-6: pieces of an ANYWHERE bid start together.' },
      { name: 'constraints', kind: 'message', type: 'exchange.scheduling.v1.Constraints' },
      { name: 'preference', kind: 'enum', type: 'exchange.scheduling.v1.Preference' },
      {
        name: 'demandRegion',
        kind: 'int32',
        rule: { min: 0, max: 999999 },
        description: 'Where the data lies: the near end of links (R-11a). 0: nowhere in particular.',
      },
      { name: 'dataGb', kind: 'int32', rule: { min: 0, max: 1000000000 } },
      {
        name: 'standby',
        kind: 'enum',
        type: 'exchange.scheduling.v1.Standby',
        description:
          'R-7a: a second fill of the same shape and window elsewhere, both or none. For bids that are all or none: allOrNone, FOK or ONE_POOL.',
      },
      {
        name: 'noticeSlots',
        kind: 'int32',
        rule: { min: 0, max: 96 },
        description:
          'R-17: how many slots before the end a RECLAIMABLE lease that has begun must be told of being reclaimed; at most a day.',
      },
      { name: 'localOnly', kind: 'bool', description: "R-35: of this platform's own supply alone." },
    ],
  },
  'exchange.scheduling.v1.SubmitBidRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'For whom; 0: the caller. Others only by the operator.' },
      { name: 'terms', kind: 'message', type: 'exchange.scheduling.v1.BidTerms', rule: { required: true } },
      {
        name: 'clientOrderId',
        kind: 'string',
        rule: { maxLength: 64, pattern: '^[\\x21-\\x7e]*$' },
        description: "The buyer's own name for it.",
      },
      { name: 'project', kind: 'string', rule: { maxLength: 64, printable: true }, description: 'What it is paid for: a label on bills.' },
      { name: 'image', kind: 'string', rule: { maxLength: 255 }, description: 'What the provider is to run.' },
      { name: 'publicKey', kind: 'string', rule: { maxLength: 2000 }, description: 'To which the access secret is sealed.' },
      { name: 'programmeId', kind: 'int32', rule: { min: 0 }, description: 'A voucher programme that shall pay a part (R-31); 0: none.' },
    ],
  },
  'exchange.scheduling.v1.AmendBidRequest': {
    description: 'What is present is changed.',
    fields: [
      { name: 'bidId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true, format: 'orderId' } },
      { name: 'units', kind: 'int32', optional: true, rule: { min: 1, max: 1000000 }, description: 'A total, fills included.' },
      { name: 'pflops', kind: 'int32', optional: true, rule: { min: 1, max: 1000000 } },
      { name: 'limitPrice', kind: 'int64', optional: true, rule: { min: 100, max: 9000000000, multipleOf: 100, format: 'price' } },
      { name: 'durationSlots', kind: 'int32', optional: true, rule: { min: 1, max: 35040 } },
      { name: 'earliest', kind: 'int32', optional: true, rule: { min: 1, max: 2147483647, format: 'slot' } },
      { name: 'latest', kind: 'int32', optional: true, rule: { min: 1, max: 2147483647, format: 'slot' } },
      { name: 'minUnits', kind: 'int32', optional: true, rule: { min: 0, max: 1000000 } },
      { name: 'allOrNone', kind: 'bool', optional: true },
      { name: 'timeInForce', kind: 'enum', type: 'exchange.scheduling.v1.TimeInForce' },
      { name: 'goodTill', kind: 'int64', optional: true, rule: { min: 1, format: 'time' } },
      { name: 'placement', kind: 'enum', type: 'exchange.scheduling.v1.Placement' },
      { name: 'preference', kind: 'enum', type: 'exchange.scheduling.v1.Preference' },
      { name: 'constraints', kind: 'message', type: 'exchange.scheduling.v1.Constraints', description: 'Replaces all of them.' },
      { name: 'standby', kind: 'enum', type: 'exchange.scheduling.v1.Standby', description: 'As it is where it is absent.' },
      { name: 'noticeSlots', kind: 'int32', optional: true, rule: { min: 0, max: 96 } },
    ],
  },
  'exchange.scheduling.v1.CancelBidRequest': {
    fields: [{ name: 'bidId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true, format: 'orderId' } }],
  },
  'exchange.scheduling.v1.Fill': {
    description: 'A trade as its order is told of it.',
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'poolId', kind: 'int32' },
      { name: 'region', kind: 'int32' },
      { name: 'units', kind: 'int32' },
      { name: 'nodeCount', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'price', kind: 'int64', rule: { format: 'price' } },
      { name: 'computeAmount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'transferAmount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'standby', kind: 'bool', description: 'R-7a: of the second fill.' },
      {
        name: 'platformId',
        kind: 'int32',
        description: 'R-35: the partner on whose platform it lies (0: here); and it is reserved, and no trade yet.',
      },
      { name: 'reserved', kind: 'bool' },
    ],
  },
  'exchange.scheduling.v1.BidAnswer': {
    description: 'The bid after the command, and the trades that the command made for it.',
    fields: [
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      {
        name: 'filled',
        kind: 'int64',
        description: 'Counted: units, or millionths of a PFLOPS for a PFLOPS bid (R-2). open: what it lacks while it rests.',
      },
      { name: 'open', kind: 'int64' },
      { name: 'trades', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Fill' },
      { name: 'sequence', kind: 'int64', description: 'Sequence of the command in the market.' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'reserved',
        kind: 'int64',
        description: 'R-35: beyond filled and open, what is reserved on partner platforms and waits for them.',
      },
    ],
  },
  'exchange.scheduling.v1.OfferAnswer': {
    description: 'The offer after the command, and the trades that the command made for it.',
    fields: [
      { name: 'offerId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      { name: 'trades', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Fill' },
      { name: 'sequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.scheduling.v1.GetBidRequest': {
    fields: [{ name: 'bidId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true, format: 'orderId' } }],
  },
  'exchange.scheduling.v1.Bid': {
    fields: [
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'participantId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      { name: 'terms', kind: 'message', type: 'exchange.scheduling.v1.BidTerms' },
      { name: 'clientOrderId', kind: 'string' },
      { name: 'project', kind: 'string' },
      { name: 'image', kind: 'string' },
      { name: 'publicKey', kind: 'string' },
      { name: 'programmeId', kind: 'int32' },
      {
        name: 'filled',
        kind: 'int64',
        description: 'Counted: units, or millionths of a PFLOPS for a PFLOPS bid (R-2). open: what it lacks while it rests.',
      },
      { name: 'open', kind: 'int64' },
      { name: 'reason', kind: 'string', description: 'Why it closed.' },
      { name: 'sequence', kind: 'int64', description: 'Sequence of the command that placed it.' },
      { name: 'placedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'closedAt', kind: 'int64', rule: { format: 'time' }, description: '0 while open.' },
      { name: 'trades', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Fill' },
      {
        name: 'reserved',
        kind: 'int64',
        description: 'R-35: counted, beyond filled and open: what is reserved on partner platforms and waits for them.',
      },
    ],
  },
  'exchange.scheduling.v1.ListBidsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'Operator and regulator: 0 is everyone.' },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      { name: 'project', kind: 'string', rule: { maxLength: 64 } },
      { name: 'clientOrderId', kind: 'string', rule: { maxLength: 64 } },
      { name: 'bookId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.scheduling.v1.ListBidsResponse': {
    fields: [
      { name: 'bids', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Bid' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.ExplainBidRequest': {
    fields: [{ name: 'bidId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true, format: 'orderId' } }],
  },
  'exchange.scheduling.v1.ObstacleCount': {
    description: 'What an obstacle takes of what those before it left.',
    fields: [
      {
        name: 'obstacle',
        kind: 'string',
        description: 'per_node, then the constraints in the order of R-7, link, halted, self_trade, limit.',
      },
      { name: 'counted', kind: 'int64' },
    ],
  },
  'exchange.scheduling.v1.TradeChoice': {
    description: 'How a trade was chosen (R-12).',
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'start', kind: 'int32', rule: { format: 'slot' } },
      { name: 'deliveredPrice', kind: 'int64', rule: { format: 'price' }, description: 'Ask plus transfer, a unit-hour.' },
      {
        name: 'runnerUpStart',
        kind: 'int32',
        rule: { format: 'slot' },
        description: 'The best that was not taken; unset where there was none.',
      },
      { name: 'runnerUpDeliveredPrice', kind: 'int64', rule: { format: 'price' } },
      { name: 'decidedBy', kind: 'string', description: 'units, preference, price, start, time; none where there was no other.' },
    ],
  },
  'exchange.scheduling.v1.Explanation': {
    description: 'R-20. Counts are units, or millionths of a PFLOPS for a PFLOPS bid.',
    fields: [
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'time', kind: 'int64', rule: { format: 'time' }, description: 'When it was made: when the bid closed, or now.' },
      { name: 'rest', kind: 'int64', description: 'What the bid lacks.' },
      {
        name: 'start',
        kind: 'int32',
        rule: { format: 'slot' },
        description: 'The allowed start at which most is free, and how much that is; unset where no start is left.',
      },
      { name: 'free', kind: 'int64' },
      { name: 'removed', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.ObstacleCount' },
      { name: 'left', kind: 'int64', description: 'What all of them leave at that start.' },
      {
        name: 'fillingLimit',
        kind: 'int64',
        rule: { format: 'price' },
        description: 'The least limit that would fill the rest; 0: none, or it would already.',
      },
      { name: 'relaxations', repeated: true, kind: 'string', description: 'Each that, given up alone, would fill the rest.' },
      {
        name: 'predictedStart',
        kind: 'int32',
        rule: { format: 'slot' },
        description: 'First start at which the rest could be had on these terms; unset: none known.',
      },
      { name: 'choices', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.TradeChoice' },
      { name: 'summary', kind: 'string', description: 'The same in a sentence.' },
    ],
  },
  'exchange.scheduling.v1.CertifyExplanationRequest': {
    fields: [
      { name: 'bidId', kind: 'int64', rule: { min: 1, max: 9007199254740991, required: true, format: 'orderId' } },
      {
        name: 'at',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description: 'As the market stood at this instant; unset: right after the command that placed the bid.',
      },
    ],
  },
  'exchange.scheduling.v1.ExplanationCertificate': {
    description:
      "What the market's journal says of a bid as it stood after one command. Whoever replays the journal up to there finds the same.",
    fields: [
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'shard', kind: 'int32' },
      {
        name: 'sequence',
        kind: 'int64',
        description: 'Of the command after which the bid is explained: the one that placed it, or the last at the instant asked.',
      },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'batchHash',
        kind: 'string',
        description: "Of the journal's batch that holds the command: hexadecimal. It seals all that came before.",
      },
      { name: 'stateHashBefore', kind: 'string', description: 'Of the market right before the command.' },
      { name: 'explanation', kind: 'message', type: 'exchange.scheduling.v1.Explanation' },
    ],
  },
  'exchange.scheduling.v1.VerifyCertificateRequest': {
    fields: [{ name: 'certificate', kind: 'message', type: 'exchange.scheduling.v1.ExplanationCertificate', rule: { required: true } }],
  },
  'exchange.scheduling.v1.CertificateVerification': {
    fields: [
      { name: 'same', kind: 'bool' },
      {
        name: 'differs',
        repeated: true,
        kind: 'string',
        description: 'Fields of the certificate that the replay gives otherwise; journal: its chain is broken.',
      },
      { name: 'commands', kind: 'int64', description: 'Replayed.' },
      { name: 'milliseconds', kind: 'int64' },
    ],
  },
  'exchange.scheduling.v1.QuoteBidRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'terms', kind: 'message', type: 'exchange.scheduling.v1.BidTerms', rule: { required: true } },
    ],
  },
  'exchange.scheduling.v1.Quote': {
    description: 'Nothing of it is promised.',
    fields: [
      { name: 'rejection', kind: 'string', description: 'Why the bid would be refused; then there are no fills.' },
      { name: 'fills', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Fill', description: 'Their trade ids are 0.' },
      { name: 'filled', kind: 'int64', description: 'Counted: units, or millionths of a PFLOPS for a PFLOPS bid (R-2).' },
      { name: 'rest', kind: 'int64' },
      { name: 'cost', kind: 'bigint', rule: { format: 'money' }, description: 'Sum of the fills.' },
      { name: 'buyingPower', kind: 'bigint', rule: { format: 'money' }, description: 'What the bid would reserve (R-26).' },
      { name: 'explanation', kind: 'message', type: 'exchange.scheduling.v1.Explanation' },
    ],
  },
  'exchange.scheduling.v1.SubmitOfferRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'For whom; 0: the caller. Others only by the operator.' },
      { name: 'poolId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'tier', kind: 'enum', type: 'exchange.common.v1.Tier', rule: { required: true } },
      { name: 'units', kind: 'int32', rule: { min: 1, max: 1000000, required: true }, description: 'At any instant of its window.' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
      { name: 'minSlots', kind: 'int32', rule: { min: 0, max: 35040 }, description: 'Shortest lease; 0 is 1.' },
      {
        name: 'ask',
        kind: 'int64',
        rule: { min: 100, max: 9000000000, multipleOf: 100, required: true, format: 'price' },
        description: 'What a unit-hour costs.',
      },
      { name: 'timeInForce', kind: 'enum', type: 'exchange.scheduling.v1.TimeInForce', description: 'GTC or GTD.' },
      { name: 'goodTill', kind: 'int64', rule: { min: 0, format: 'time' } },
      { name: 'clientOrderId', kind: 'string', rule: { maxLength: 64, pattern: '^[\\x21-\\x7e]*$' } },
    ],
  },
  'exchange.scheduling.v1.AmendOfferRequest': {
    description: 'What is present is changed.',
    fields: [
      { name: 'offerId', kind: 'int64', rule: { min: 1, max: 4503599627370495, required: true, format: 'orderId' } },
      { name: 'units', kind: 'int32', optional: true, rule: { min: 1, max: 1000000 } },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'minSlots', kind: 'int32', optional: true, rule: { min: 1, max: 35040 } },
      { name: 'ask', kind: 'int64', optional: true, rule: { min: 100, max: 9000000000, multipleOf: 100, format: 'price' } },
      { name: 'timeInForce', kind: 'enum', type: 'exchange.scheduling.v1.TimeInForce' },
      { name: 'goodTill', kind: 'int64', optional: true, rule: { min: 1, format: 'time' } },
    ],
  },
  'exchange.scheduling.v1.CancelOfferRequest': {
    fields: [{ name: 'offerId', kind: 'int64', rule: { min: 1, max: 4503599627370495, required: true, format: 'orderId' } }],
  },
  'exchange.scheduling.v1.GetOfferRequest': {
    fields: [{ name: 'offerId', kind: 'int64', rule: { min: 1, max: 4503599627370495, required: true, format: 'orderId' } }],
  },
  'exchange.scheduling.v1.Offer': {
    fields: [
      { name: 'offerId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'participantId', kind: 'int32' },
      { name: 'poolId', kind: 'int32' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      { name: 'units', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'minSlots', kind: 'int32' },
      { name: 'ask', kind: 'int64', rule: { format: 'price' } },
      { name: 'timeInForce', kind: 'enum', type: 'exchange.scheduling.v1.TimeInForce' },
      { name: 'goodTill', kind: 'int64', rule: { format: 'time' } },
      { name: 'clientOrderId', kind: 'string' },
      { name: 'soldUnitSlots', kind: 'int64', description: 'Unit-slots sold by it.' },
      { name: 'reason', kind: 'string' },
      { name: 'sequence', kind: 'int64' },
      { name: 'placedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'closedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'leaseId', kind: 'int64', description: 'R-18: the lease that it resells; 0: what the pool has.' },
      { name: 'platformId', kind: 'int32', description: 'R-35: the partner whose advertisement it is; 0: none, it is of this platform.' },
    ],
  },
  'exchange.scheduling.v1.ListOffersRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      { name: 'poolId', kind: 'int32', rule: { min: 0 } },
      { name: 'clientOrderId', kind: 'string', rule: { maxLength: 64 } },
      { name: 'bookId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.scheduling.v1.ListOffersResponse': {
    fields: [
      { name: 'offers', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Offer' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.CancelAllRequest': {
    fields: [{ name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'Whose; 0: the caller.' }],
  },
  'exchange.scheduling.v1.CancelAllResponse': {
    fields: [
      { name: 'orderIds', repeated: true, kind: 'int64', rule: { format: 'orderId' } },
      { name: 'sequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.scheduling.v1.OpenSession': {
    description: 'What the first message of a stream says.',
    fields: [
      {
        name: 'cancelOnDisconnect',
        kind: 'bool',
        description: 'R-23: when the stream ends, however it does, what rests of the orders that it placed is taken back.',
      },
      {
        name: 'participantId',
        kind: 'int32',
        rule: { min: 0 },
        description: 'For whom its entries are that name nobody; 0: the caller. Others only by the operator.',
      },
    ],
  },
  'exchange.scheduling.v1.CancelOrderRequest': {
    description: 'Takes back an own order, bid or offer; its trades stand.',
    fields: [{ name: 'orderId', kind: 'int64', rule: { min: 1, max: 4503599627370495, required: true, format: 'orderId' } }],
  },
  'exchange.scheduling.v1.OrderEntry': {
    description: "One of the actions is set; each is the unary call's request.",
    fields: [
      { name: 'correlation', kind: 'int64', description: "The client's own, comes back with the answer." },
      { name: 'idempotencyKey', kind: 'string', description: 'As the metadata of the unary call: 1 to 128 visible ASCII characters.' },
      { name: 'submitBid', kind: 'message', type: 'exchange.scheduling.v1.SubmitBidRequest', oneof: 'action' },
      { name: 'submitOffer', kind: 'message', type: 'exchange.scheduling.v1.SubmitOfferRequest', oneof: 'action' },
      { name: 'amendBid', kind: 'message', type: 'exchange.scheduling.v1.AmendBidRequest', oneof: 'action' },
      { name: 'amendOffer', kind: 'message', type: 'exchange.scheduling.v1.AmendOfferRequest', oneof: 'action' },
      { name: 'cancel', kind: 'message', type: 'exchange.scheduling.v1.CancelOrderRequest', oneof: 'action' },
      { name: 'cancelAll', kind: 'message', type: 'exchange.scheduling.v1.CancelAllRequest', oneof: 'action' },
    ],
  },
  'exchange.scheduling.v1.EnterOrdersRequest': {
    fields: [
      {
        name: 'open',
        kind: 'message',
        type: 'exchange.scheduling.v1.OpenSession',
        description: 'In the first message of the stream, and in no other.',
      },
      {
        name: 'entries',
        repeated: true,
        kind: 'message',
        type: 'exchange.scheduling.v1.OrderEntry',
        rule: { maxItems: 1000, apart: true },
      },
    ],
  },
  'exchange.scheduling.v1.SessionOpened': {
    fields: [
      { name: 'sessionId', kind: 'int64', description: '0 for a session that takes nothing with it.' },
      { name: 'window', kind: 'int32', description: 'Entries that may be unanswered before no more are read.' },
    ],
  },
  'exchange.scheduling.v1.OrderChange': {
    description: 'An order after it was changed or taken back.',
    fields: [
      { name: 'orderId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.OrderState' },
      { name: 'trades', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Fill', description: 'Trades that an amend made.' },
      { name: 'sequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.scheduling.v1.EntryViolation': {
    fields: [
      { name: 'field', kind: 'string', description: "Path in the entry's request." },
      { name: 'rule', kind: 'string' },
      { name: 'detail', kind: 'string' },
    ],
  },
  'exchange.scheduling.v1.EntryRefusal': {
    fields: [
      {
        name: 'code',
        kind: 'int32',
        description:
          'google.rpc.Code, as the unary call would answer. 14: whether it was done may be unknown; send it again under the same key.',
      },
      { name: 'rule', kind: 'string', description: 'Name of the broken rule.' },
      { name: 'detail', kind: 'string' },
      { name: 'field', kind: 'string' },
      { name: 'violations', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.EntryViolation' },
    ],
  },
  'exchange.scheduling.v1.EntryAnswer': {
    description: 'Each entry is answered once.',
    fields: [
      { name: 'correlation', kind: 'int64' },
      { name: 'bid', kind: 'message', type: 'exchange.scheduling.v1.BidAnswer', oneof: 'answer' },
      { name: 'offer', kind: 'message', type: 'exchange.scheduling.v1.OfferAnswer', oneof: 'answer' },
      { name: 'changed', kind: 'message', type: 'exchange.scheduling.v1.OrderChange', oneof: 'answer' },
      { name: 'cancelled', kind: 'message', type: 'exchange.scheduling.v1.CancelAllResponse', oneof: 'answer' },
      { name: 'refused', kind: 'message', type: 'exchange.scheduling.v1.EntryRefusal', oneof: 'answer' },
    ],
  },
  'exchange.scheduling.v1.EnterOrdersResponse': {
    fields: [
      { name: 'opened', kind: 'message', type: 'exchange.scheduling.v1.SessionOpened', description: 'In the first message alone.' },
      { name: 'answers', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.EntryAnswer' },
    ],
  },
  'exchange.scheduling.v1.WatchOrdersRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'after', kind: 'int64', rule: { min: 0 }, description: 'Sequence after which to begin; 0: the first that is kept.' },
    ],
  },
  'exchange.scheduling.v1.ReclaimNotice': {
    description: "R-17: that a lease of the buyer's ends before its time.",
    fields: [
      { name: 'noticeId', kind: 'int64' },
      { name: 'leaseId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'reclaimedBy', kind: 'enum', type: 'exchange.scheduling.v1.Reclaimer' },
      { name: 'from', kind: 'int32', rule: { format: 'slot' }, description: 'The lease ends before this slot.' },
      {
        name: 'restBidId',
        kind: 'int64',
        rule: { format: 'orderId' },
        description: 'The bid that asks for what was not delivered; absent where there is none.',
      },
      { name: 'toldAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'acknowledgedAt', kind: 'int64', rule: { format: 'time' }, description: 'Absent until it is.' },
      { name: 'acknowledgedBy', kind: 'string', description: 'The key that did.' },
    ],
  },
  'exchange.scheduling.v1.OrderEvent': {
    description: 'One of the five is set: as it stands after the change.',
    fields: [
      { name: 'sequence', kind: 'int64' },
      { name: 'time', kind: 'int64', rule: { format: 'time' } },
      { name: 'participantId', kind: 'int32' },
      { name: 'bid', kind: 'message', type: 'exchange.scheduling.v1.Bid' },
      { name: 'offer', kind: 'message', type: 'exchange.scheduling.v1.Offer' },
      { name: 'trade', kind: 'message', type: 'exchange.scheduling.v1.Trade' },
      { name: 'lease', kind: 'message', type: 'exchange.scheduling.v1.Lease' },
      { name: 'notice', kind: 'message', type: 'exchange.scheduling.v1.ReclaimNotice' },
    ],
  },
  'exchange.scheduling.v1.GetTradeRequest': { fields: [{ name: 'tradeId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.scheduling.v1.Trade': {
    description: "A side sees its own order's id, not the other's.",
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'offerId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'buyerId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'poolId', kind: 'int32' },
      { name: 'siteId', kind: 'int32' },
      { name: 'region', kind: 'int32' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'nodes', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.NodeUnits' },
      { name: 'units', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'price', kind: 'int64', rule: { format: 'price' } },
      { name: 'computeAmount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'transferAmount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'project', kind: 'string' },
      { name: 'madeAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'sequence', kind: 'int64' },
      { name: 'released', kind: 'bool', description: 'Finally settled: what it did not cost is buying power again.' },
      { name: 'standby', kind: 'bool', description: 'R-7a: of the second fill.' },
      { name: 'resoldLeaseId', kind: 'int64', description: 'R-18: the lease that it resells, or is more of; 0 where none.' },
      { name: 'extendedLeaseId', kind: 'int64' },
      { name: 'platformId', kind: 'int32', description: 'R-35: the partner on whose platform it lies; 0: here.' },
    ],
  },
  'exchange.scheduling.v1.ListTradesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'bidId', kind: 'int64', rule: { min: 0, format: 'orderId' } },
      { name: 'offerId', kind: 'int64', rule: { min: 0, format: 'orderId' } },
      { name: 'bookId', kind: 'int32', rule: { min: 0 } },
      { name: 'poolId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.scheduling.v1.ListTradesResponse': {
    fields: [
      { name: 'trades', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Trade' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.GetLeaseRequest': { fields: [{ name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.scheduling.v1.Lease': {
    description: 'The same number as its trade.',
    fields: [
      { name: 'leaseId', kind: 'int64' },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.LeaseState' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'poolId', kind: 'int32' },
      { name: 'siteId', kind: 'int32' },
      { name: 'region', kind: 'int32' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'nodes', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.NodeUnits' },
      { name: 'units', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', description: 'As traded.' },
      { name: 'delivered', kind: 'message', type: 'exchange.common.v1.Window', description: 'As it stands: shorter where it was cut.' },
      { name: 'project', kind: 'string', description: 'For the buyer.' },
      { name: 'clientOrderId', kind: 'string' },
      { name: 'endpoint', kind: 'string' },
      { name: 'sealedSecret', kind: 'bytes' },
      { name: 'image', kind: 'string', description: 'For the provider.' },
      { name: 'publicKey', kind: 'string' },
      {
        name: 'confirmBy',
        kind: 'int64',
        rule: { format: 'time' },
        description: 'Until when the provider has to confirm; absent: it need not.',
      },
      { name: 'confirmedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'reason', kind: 'string' },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'standby', kind: 'bool', description: "R-7a: it stands by for the bid's other leases." },
      {
        name: 'reclaimedBy',
        kind: 'enum',
        type: 'exchange.scheduling.v1.Reclaimer',
        description: 'R-17: set where it was reclaimed; it then ends with its delivered window.',
      },
      { name: 'reclaimedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'resoldLeaseId',
        kind: 'int64',
        description:
          'R-18: the lease of which it was resold, or of which it is more on the same nodes; 0 where none. For its buyer and the provider that delivers.',
      },
      { name: 'extendedLeaseId', kind: 'int64' },
      { name: 'platformId', kind: 'int32', description: 'R-35: the partner on whose platform it lies; 0: here.' },
    ],
  },
  'exchange.scheduling.v1.ListLeasesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.scheduling.v1.LeaseState' },
      { name: 'poolId', kind: 'int32', rule: { min: 0 } },
      { name: 'project', kind: 'string', rule: { maxLength: 64 } },
      { name: 'bidId', kind: 'int64', rule: { min: 0, format: 'orderId' } },
      {
        name: 'changedFrom',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description: "Only leases that changed at or after this time: what a provider's software asks each time it looks.",
      },
    ],
  },
  'exchange.scheduling.v1.ListLeasesResponse': {
    fields: [
      { name: 'leases', repeated: true, kind: 'message', type: 'exchange.scheduling.v1.Lease' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.scheduling.v1.ConfirmLeaseRequest': {
    fields: [
      { name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'endpoint', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
      { name: 'sealedSecret', kind: 'bytes', rule: { maxLength: 4096 } },
    ],
  },
  'exchange.settlement.v1.ListBillPartsRequest': {
    fields: [
      { name: 'billId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.settlement.v1.ExportBillLinesRequest': { fields: [{ name: 'billId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.ListBillLinesResponse': {
    fields: [
      { name: 'lines', repeated: true, kind: 'message', type: 'exchange.settlement.v1.BillItem' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
      {
        name: 'carbonFactors',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.CarbonFactor',
        description: 'Those by which the carbon of these lines is reckoned.',
      },
    ],
  },
  'exchange.settlement.v1.ListBillCreditNotesResponse': {
    fields: [
      { name: 'creditNotes', repeated: true, kind: 'message', type: 'exchange.settlement.v1.CreditNote' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.ListBillSubsidiesResponse': {
    fields: [
      { name: 'subsidies', repeated: true, kind: 'message', type: 'exchange.settlement.v1.BillSubsidy' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.OpenDisputeRequest': {
    fields: [
      { name: 'billId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'line', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 10000, max: 9000000000000000, multipleOf: 10000, required: true, format: 'money' },
        description: 'Whole fen.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true, printable: true } },
    ],
  },
  'exchange.settlement.v1.AddEvidenceRequest': {
    fields: [
      { name: 'disputeId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.EvidenceKind', rule: { required: true } },
      {
        name: 'sha256',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9a-f]{64}$' },
        description: 'SHA-256 of the bytes, lower-case hexadecimal.',
      },
      { name: 'mediaType', kind: 'string', rule: { maxLength: 127, required: true, pattern: '^[a-z0-9.+-]+/[A-Za-z0-9.+_-]+$' } },
      {
        name: 'location',
        kind: 'string',
        rule: { maxLength: 500, required: true, printable: true },
        description: 'Where the bytes are kept: whoever decides asks for them there and compares the hash.',
      },
      { name: 'note', kind: 'string', rule: { maxLength: 500, printable: true } },
    ],
  },
  'exchange.settlement.v1.WithdrawDisputeRequest': {
    fields: [
      { name: 'disputeId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, printable: true } },
    ],
  },
  'exchange.settlement.v1.DecideDisputeRequest': {
    fields: [
      { name: 'disputeId', kind: 'int64', rule: { min: 1, required: true } },
      {
        name: 'granted',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, multipleOf: 10000, format: 'money' },
        description: 'Whole fen of the disputed amount; 0 refuses it.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true, printable: true } },
    ],
  },
  'exchange.settlement.v1.DisputeEvidence': {
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.EvidenceKind' },
      { name: 'sha256', kind: 'string' },
      { name: 'mediaType', kind: 'string' },
      { name: 'location', kind: 'string' },
      { name: 'note', kind: 'string' },
      { name: 'participantId', kind: 'int32', description: 'Who attached it.' },
      { name: 'addedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.DisputeStep': {
    fields: [
      {
        name: 'step',
        kind: 'string',
        description:
          'opened, frozen, evidence_added, eased (a correction left less to freeze), taken (the payee had to give it back), granted, refused, withdrawn, lapsed.',
      },
      { name: 'participantId', kind: 'int32', description: '0: the exchange itself.' },
      { name: 'key', kind: 'string', description: 'For the operator and the regulator.' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'detail', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.Dispute': {
    fields: [
      { name: 'disputeId', kind: 'int64' },
      { name: 'billId', kind: 'int64' },
      { name: 'line', kind: 'int32' },
      { name: 'tradeId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'payeeId', kind: 'int32', description: 'Who was paid for the line, and who delivered it.' },
      { name: 'deliveredById', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.DisputeState' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'frozen',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          "Of the payee's income, while open, else 0; at most what giving the amount back would take from it. What was paid out before is frozen of what comes.",
      },
      { name: 'granted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'refundId', kind: 'int64', description: 'The refund that posted what was granted.' },
      { name: 'reason', kind: 'string' },
      { name: 'decision', kind: 'string' },
      { name: 'openedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'decideBy',
        kind: 'int64',
        rule: { format: 'time' },
        description: "Lapses then, if nobody decided; where a programme's decision must come first, these days count from that.",
      },
      { name: 'endedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'evidence',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.DisputeEvidence',
        description: 'In GetDispute and the answers to changes.',
      },
      { name: 'steps', repeated: true, kind: 'message', type: 'exchange.settlement.v1.DisputeStep' },
    ],
  },
  'exchange.settlement.v1.ListDisputesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.DisputeState' },
      { name: 'billId', kind: 'int64', rule: { min: 0 } },
      { name: 'tradeId', kind: 'int64', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.ListDisputesResponse': {
    fields: [
      { name: 'disputes', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Dispute' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetDisputeRequest': { fields: [{ name: 'disputeId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.BuyingPowerRaised': {
    description:
      'Money came: the engine may let the participant spend so much more (R-26). Numbered from 1 for each participant, without gaps.',
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'number', kind: 'int64' },
      { name: 'amount', kind: 'bigint' },
      { name: 'cause', kind: 'string', description: 'deposit, subsidy (a paid bill reimbursed), refund.' },
    ],
  },
  'exchange.settlement.v1.BuyingPowerLowerRequested': {
    description: 'Money is to leave: asked of the engine first, posted after its yes (R-26).',
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'requestId', kind: 'string' },
      { name: 'amount', kind: 'bigint' },
      { name: 'cause', kind: 'string', description: 'withdrawal, receivable.' },
    ],
  },
  'exchange.settlement.v1.TradeSettled': {
    description: 'Final cost of a trade, compute and transfer, at most what it held.',
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'cost', kind: 'bigint' },
      {
        name: 'money',
        kind: 'bigint',
        description:
          "What of it the buyer's money paid: the engine takes that from buying power and frees the rest. The other part waits for the programme's decision.",
      },
      {
        name: 'subsidyKept',
        kind: 'bigint',
        description:
          "Of the programme's hold, beside its part of the cost: what usage that comes late may still need stays held until the bill is decided.",
      },
    ],
  },
  'exchange.settlement.v1.OverdueChanged': {
    description: 'A participant begins or ceases to owe what is overdue: it may place no orders meanwhile (R-28).',
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'overdue', kind: 'bool' },
    ],
  },
  'exchange.settlement.v1.PartnerCompensated': {
    description:
      'R-30, R-36: a promise of green energy was broken with a lease that partners have to settle: an item of their statements. So is what a partner owes for a lease that it lost and that was placed anew for more (R-24).',
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'partnerId', kind: 'int32', description: 'Who stands for the partner here.' },
      { name: 'sold', kind: 'bool', description: 'The partner has bought the lease here, and is owed it; else it owes it.' },
      { name: 'amount', kind: 'bigint', description: 'Micro-yuan; below 0: less than was told before.' },
    ],
  },
  'exchange.settlement.v1.BillIssued': {
    description:
      "A bill of many lines comes in parts, one after the other: a bid's lines are in one of them, and those that name a programme come first.",
    fields: [
      { name: 'billId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'month', kind: 'string', description: 'YYYY-MM, Asia/Shanghai.' },
      { name: 'lines', repeated: true, kind: 'message', type: 'exchange.settlement.v1.BillLine' },
      { name: 'total', kind: 'bigint', rule: { format: 'money' }, description: 'Of the whole bill. Micro-yuan, whole fen.' },
      { name: 'part', kind: 'int32', description: 'From 1 on; 0 of events that were told before there were parts: the whole.' },
      { name: 'parts', kind: 'int32' },
    ],
  },
  'exchange.settlement.v1.BillLine': {
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'kind', kind: 'string', description: 'compute, transfer, sla_credit, adjustment, rounding.' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'programmeId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'computeClass', kind: 'int32' },
      { name: 'domestic', kind: 'bool' },
      { name: 'greenShareBp', kind: 'int32' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' }, description: 'The bid whose reservation may pay a part.' },
      {
        name: 'subsidy',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          "Micro-yuan of this line that the bid's reservation paid so far. What a claim over the lines of a (bill, bid) is granted is at most their sum; it is 0 on lines without a programme, and negative where an adjustment gave back a part. Told once for a trade, on its first line.",
      },
      {
        name: 'deliveredById',
        number: 20,
        kind: 'int32',
        description: 'R-18: who delivers, where it is another than the provider of record; the buyer may be related to neither (R-33).',
      },
      {
        name: 'measuredUnitSlots',
        number: 21,
        kind: 'int64',
        description: 'Unit-slots of the trade for which telemetry stands, the same on each of its lines; 0 where nothing measured it.',
      },
    ],
  },
  'exchange.settlement.v1.BillRefunded': {
    description: "A bill was taken back in part or whole; its subsidy's share is clawed back (R-33).",
    fields: [
      { name: 'billId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'tradeId', kind: 'int64' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'reason', kind: 'string' },
      { name: 'refundId', kind: 'int64' },
      {
        name: 'subsidy',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          "Of the amount, what a programme paid: kept aside until SubsidyClawedBack names this refund (with what it takes, 0 too); the rest is the buyer's again. 0: no programme paid, nobody is waited for.",
      },
      { name: 'programmeId', kind: 'int32' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
    ],
  },
  'exchange.settlement.v1.ExportCostsRequest': {
    fields: [
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, Asia/Shanghai.',
      },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.RegisterCertificateRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true }, description: 'The provider whose energy it is.' },
      { name: 'issuer', kind: 'string', rule: { maxLength: 80, required: true, printable: true } },
      {
        name: 'serial',
        kind: 'string',
        rule: { maxLength: 80, required: true, printable: true },
        description: "The issuer's own number of it.",
      },
      { name: 'kwh', kind: 'int64', rule: { min: 1, max: 1000000000, required: true } },
      {
        name: 'firstDay',
        kind: 'int32',
        rule: { min: 1, required: true, format: 'day' },
        description: 'Days on which the energy was made, the last one too.',
      },
      { name: 'lastDay', kind: 'int32', rule: { min: 1, required: true, format: 'day' } },
    ],
  },
  'exchange.settlement.v1.GreenCertificate': {
    fields: [
      { name: 'certificateId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'issuer', kind: 'string' },
      { name: 'serial', kind: 'string' },
      { name: 'kwh', kind: 'int64' },
      { name: 'usedWh', kind: 'int64' },
      { name: 'firstDay', kind: 'int32', rule: { format: 'day' } },
      { name: 'lastDay', kind: 'int32', rule: { format: 'day' } },
      { name: 'registeredAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.ListCertificatesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.ListCertificatesResponse': {
    fields: [
      { name: 'certificates', repeated: true, kind: 'message', type: 'exchange.settlement.v1.GreenCertificate' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.CloseGreenPeriodRequest': {
    fields: [
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, Asia/Shanghai.',
      },
    ],
  },
  'exchange.settlement.v1.GreenPeriod': {
    fields: [
      { name: 'month', kind: 'string' },
      { name: 'leases', kind: 'int32', description: 'Leases with a promised green share and known energy.' },
      { name: 'promisedWh', kind: 'int64', description: 'Promised, and covered by certificates.' },
      { name: 'coveredWh', kind: 'int64' },
      { name: 'compensated', kind: 'bigint', rule: { format: 'money' }, description: 'Paid by who delivered to who bought.' },
      { name: 'closedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'closedBy', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.ListGreenPeriodsRequest': { fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }] },
  'exchange.settlement.v1.ListGreenPeriodsResponse': {
    fields: [
      { name: 'periods', repeated: true, kind: 'message', type: 'exchange.settlement.v1.GreenPeriod' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.InvoiceTitle': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'version', kind: 'int32', description: 'From 1; 0 where none was set by then: the title is the name that was registered.' },
      { name: 'title', kind: 'string', description: '发票抬头.' },
      { name: 'taxNumber', kind: 'string', description: '税号: the unified social credit code; empty for a person.' },
      { name: 'contact', kind: 'string', description: '地址、电话.' },
      { name: 'bank', kind: 'string', description: '开户行及账号.' },
      { name: 'setAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.SetInvoiceTitleRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'title', kind: 'string', rule: { maxLength: 100, required: true, printable: true } },
      {
        name: 'taxNumber',
        kind: 'string',
        rule: { maxLength: 18, printable: true },
        description: 'GB 32100-2015, 18 characters of which the last checks the others; empty for a person.',
      },
      { name: 'contact', kind: 'string', rule: { maxLength: 200, printable: true } },
      { name: 'bank', kind: 'string', rule: { maxLength: 200, printable: true } },
    ],
  },
  'exchange.settlement.v1.ListInvoiceTitlesRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.settlement.v1.ListInvoiceTitlesResponse': {
    fields: [
      { name: 'titles', repeated: true, kind: 'message', type: 'exchange.settlement.v1.InvoiceTitle' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.ExportBillRequest': { fields: [{ name: 'billId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.EarningStatementRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, Asia/Shanghai.',
      },
    ],
  },
  'exchange.settlement.v1.EarningSum': {
    fields: [
      { name: 'kind', kind: 'string', description: 'As in ListEarnings.' },
      { name: 'lines', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.settlement.v1.ProductSum': {
    description: 'What was earned with one product, of trades of its book.',
    fields: [
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'trades', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.settlement.v1.EarningStatement': {
    description: 'Opening + earned - paid out = closing, exactly.',
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'month', kind: 'string' },
      { name: 'supplier', kind: 'message', type: 'exchange.settlement.v1.InvoiceTitle' },
      { name: 'exchange', kind: 'message', type: 'exchange.settlement.v1.InvoiceTitle' },
      { name: 'opening', kind: 'bigint', rule: { format: 'money' } },
      { name: 'sums', repeated: true, kind: 'message', type: 'exchange.settlement.v1.EarningSum' },
      { name: 'earned', kind: 'bigint', rule: { format: 'money' } },
      { name: 'paidOut', kind: 'bigint', rule: { format: 'money' } },
      { name: 'closing', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'supplied',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'What was supplied (income, credits, transfers, compensation, proceeds, refunds, adjustments) and the fees on it, in whole fen, with the tax in each.',
      },
      { name: 'suppliedTax', kind: 'bigint', rule: { format: 'money' } },
      { name: 'fees', kind: 'bigint', rule: { format: 'money' } },
      { name: 'feesTax', kind: 'bigint', rule: { format: 'money' } },
      { name: 'taxBp', kind: 'int32' },
      { name: 'taxVersion', kind: 'int32' },
      { name: 'products', repeated: true, kind: 'message', type: 'exchange.settlement.v1.ProductSum' },
    ],
  },
  'exchange.settlement.v1.FundProgrammeRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'transferId',
        kind: 'string',
        rule: { maxLength: 80, required: true, pattern: '^[A-Za-z0-9._-]+$' },
        description: 'The caller\'s own name of this movement ("approved").',
      },
      { name: 'amount', kind: 'bigint', rule: { min: 1, max: 9000000000000000, required: true, format: 'money' } },
      {
        name: 'replaces',
        kind: 'bool',
        description: 'It stands instead of all that was issued before: of an approval that a crash kept from being completed.',
      },
      {
        name: 'round',
        kind: 'int32',
        rule: { min: 0 },
        description:
          "The programme's round of approval that a replacing call is of. One before the newest that was issued is late, and refused: round_must_be_the_newest.",
      },
    ],
  },
  'exchange.settlement.v1.ReserveSubsidyRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'orderId', kind: 'int64', rule: { min: 1, required: true, format: 'orderId' } },
      { name: 'buyerId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 1, max: 9000000000000000, required: true, format: 'money' },
        description: 'Micro-yuan wanted at most.',
      },
      {
        name: 'rateBp',
        kind: 'int32',
        rule: { min: 1, max: 10000, required: true },
        description: 'A trade of the bid takes that share of its amount from the reservation.',
      },
      {
        name: 'attempt',
        kind: 'int64',
        rule: { min: 0 },
        description:
          "Which try of the order's it is, by one count of whoever asks (later tries have larger numbers). 0: of a caller that counts none.",
      },
    ],
  },
  'exchange.settlement.v1.ReleaseSubsidyRequest': {
    fields: [
      { name: 'orderId', kind: 'int64', rule: { min: 1, required: true, format: 'orderId' } },
      {
        name: 'attempt',
        kind: 'int64',
        rule: { min: 0 },
        description: 'It and all tries before it are over; nothing where a later one came. 0: whatever is open.',
      },
    ],
  },
  'exchange.settlement.v1.SubsidyReservation': {
    fields: [
      { name: 'reservationId', kind: 'int64', description: '0 where the order has none.' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'orderId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'buyerId', kind: 'int32' },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Held in fact: less than wanted, or 0, where the programme had no more.',
      },
      { name: 'rateBp', kind: 'int32' },
      { name: 'open', number: 8, kind: 'bool' },
    ],
  },
  'exchange.settlement.v1.EndProgrammeRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'transferId', kind: 'string', rule: { maxLength: 80, required: true, pattern: '^[A-Za-z0-9._-]+$' } },
      { name: 'end', kind: 'enum', type: 'exchange.settlement.v1.ProgrammeEnd', rule: { required: true } },
    ],
  },
  'exchange.settlement.v1.GetProgrammeBalancesRequest': {
    fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }],
  },
  'exchange.settlement.v1.ListProgrammeBalancesRequest': {
    fields: [{ name: 'programmeIds', repeated: true, kind: 'int32', rule: { min: 1, minItems: 1, maxItems: 1000 } }],
  },
  'exchange.settlement.v1.ListProgrammeBalancesResponse': {
    fields: [{ name: 'programmes', repeated: true, kind: 'message', type: 'exchange.settlement.v1.ProgrammeBalances' }],
  },
  'exchange.settlement.v1.ProgrammeBalances': {
    description: 'R-32: issued = available + held + redeemed + expired + revoked, always.',
    fields: [
      { name: 'programmeId', kind: 'int32' },
      { name: 'issued', kind: 'bigint', rule: { format: 'money' } },
      { name: 'available', kind: 'bigint', rule: { format: 'money' } },
      { name: 'held', kind: 'bigint', rule: { format: 'money' } },
      { name: 'redeemed', kind: 'bigint', rule: { format: 'money' } },
      { name: 'expired', kind: 'bigint', rule: { format: 'money' } },
      { name: 'revoked', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.settlement.v1.ListPartnerNettingsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'Who stands for the partner here; 0: all.' },
      { name: 'open', kind: 'bool', description: 'Only those of which a fen or more is left.' },
    ],
  },
  'exchange.settlement.v1.ListPartnerNettingsResponse': {
    fields: [
      { name: 'nettings', repeated: true, kind: 'message', type: 'exchange.settlement.v1.PartnerNetting' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.PartnerNetting': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'platform', kind: 'string' },
      { name: 'currency', kind: 'string' },
      { name: 'through', kind: 'int32', rule: { format: 'day' }, description: 'Day up to which it nets, inclusive.' },
      { name: 'receivable', kind: 'bool', description: 'True where the partner pays it; else it is paid to the partner.' },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'What it left to be paid, what of that the bank has moved, and what is open.',
      },
      { name: 'paid', kind: 'bigint', rule: { format: 'money' } },
      { name: 'left', kind: 'bigint', rule: { format: 'money' } },
      { name: 'nettedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'ageDays', kind: 'int32', description: 'Days, Asia/Shanghai, since it was netted.' },
      {
        name: 'margin',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'What this platform has of it beside what is owed, below 0 where it lost: what the items say against what their leases cost here.',
      },
    ],
  },
  'exchange.settlement.v1.RecordPartnerPaymentRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'through', kind: 'int32', rule: { min: 1, required: true, format: 'day' }, description: 'Of the netting that it pays.' },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 1, max: 9000000000000000, multipleOf: 10000, required: true, format: 'money' },
        description: 'Whole fen, as a bank pays.',
      },
      {
        name: 'bankReference',
        kind: 'string',
        rule: { maxLength: 80, required: true, printable: true },
        description: "The bank's own number of it; used once.",
      },
      {
        name: 'valueDate',
        kind: 'int32',
        rule: { min: 1, required: true, format: 'day' },
        description: 'Day on which the bank counts it, not ahead.',
      },
    ],
  },
  'exchange.settlement.v1.ReturnPartnerPaymentRequest': {
    fields: [
      { name: 'paymentId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 1000, required: true } },
    ],
  },
  'exchange.settlement.v1.ListPartnerPaymentsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: 'Who stands for the partner here; 0: all.' },
    ],
  },
  'exchange.settlement.v1.ListPartnerPaymentsResponse': {
    fields: [
      { name: 'payments', repeated: true, kind: 'message', type: 'exchange.settlement.v1.PartnerPayment' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.PartnerPayment': {
    fields: [
      { name: 'paymentId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'currency', kind: 'string' },
      { name: 'through', kind: 'int32', rule: { format: 'day' } },
      { name: 'received', kind: 'bool', description: 'True where the partner paid; else it was paid.' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'rounded',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'What of the netting no fen can pay, of the last payment: less than one, and below 0 where a fen paid more. The account `rounding` has it.',
      },
      { name: 'bankReference', kind: 'string' },
      { name: 'valueDate', kind: 'int32', rule: { format: 'day' } },
      { name: 'recordedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'recordedBy', kind: 'string', description: 'Keys.' },
      { name: 'returnedAt', kind: 'int64', rule: { format: 'time' }, description: 'Not set: it stands.' },
      { name: 'returnedBy', kind: 'string' },
      { name: 'returnReason', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.BankAccount': {
    fields: [
      {
        name: 'holder',
        kind: 'string',
        rule: { maxLength: 70, required: true, printable: true },
        description: '户名, as the bank knows it.',
      },
      { name: 'number', kind: 'string', rule: { required: true, pattern: '^[0-9]{6,32}$' }, description: '账号.' },
      { name: 'bankName', kind: 'string', rule: { maxLength: 70, required: true, printable: true }, description: '开户行.' },
      {
        name: 'bankCode',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9]{12}$' },
        description: "联行号: the bank branch's number in the national payment system (CNAPS).",
      },
    ],
  },
  'exchange.settlement.v1.PayoutAccount': {
    fields: [
      { name: 'payoutAccountId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'version', kind: 'int32', description: 'From 1 for each participant.' },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.PayoutAccountState' },
      { name: 'account', kind: 'message', type: 'exchange.settlement.v1.BankAccount' },
      {
        name: 'proposedBy',
        kind: 'string',
        description: "Keys, also where they are the operator's: whose payouts these are sees who decided.",
      },
      { name: 'proposedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'decidedBy', kind: 'string' },
      { name: 'decidedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'reason', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.ProposePayoutAccountRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'account', kind: 'message', type: 'exchange.settlement.v1.BankAccount', rule: { required: true } },
    ],
  },
  'exchange.settlement.v1.ApprovePayoutAccountRequest': {
    fields: [{ name: 'payoutAccountId', kind: 'int64', rule: { min: 1, required: true } }],
  },
  'exchange.settlement.v1.RejectPayoutAccountRequest': {
    fields: [
      { name: 'payoutAccountId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 200, required: true, printable: true } },
    ],
  },
  'exchange.settlement.v1.ListPayoutAccountsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.PayoutAccountState' },
    ],
  },
  'exchange.settlement.v1.ListPayoutAccountsResponse': {
    fields: [
      { name: 'accounts', repeated: true, kind: 'message', type: 'exchange.settlement.v1.PayoutAccount' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.CreatePayoutBatchRequest': {
    fields: [
      {
        name: 'month',
        kind: 'string',
        rule: { pattern: '^([0-9]{4}-(0[1-9]|1[0-2]))?$' },
        description: 'Payouts of this month alone; empty: of all.',
      },
      {
        name: 'executionDay',
        kind: 'int32',
        rule: { min: 1, required: true, format: 'day' },
        description: 'When the bank is to pay, from today on.',
      },
    ],
  },
  'exchange.settlement.v1.BatchedPayout': {
    fields: [
      { name: 'payoutId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'payoutAccountId', kind: 'int64', description: 'The account that it goes to, of that version for good.' },
      { name: 'endToEndId', kind: 'string', description: 'By which the bank names the payment.' },
    ],
  },
  'exchange.settlement.v1.PayoutBatch': {
    fields: [
      { name: 'batchId', kind: 'int64' },
      { name: 'messageId', kind: 'string' },
      { name: 'format', kind: 'string', description: 'pain.001.001.09.' },
      { name: 'payoutsCount', kind: 'int32' },
      { name: 'total', kind: 'bigint', rule: { format: 'money' }, description: "The file's control sum." },
      { name: 'sha256', kind: 'string', description: "Of the file's bytes." },
      { name: 'payerAccountId', kind: 'int64' },
      { name: 'executionDay', kind: 'int32', rule: { format: 'day' } },
      { name: 'madeAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'madeBy', kind: 'string' },
      {
        name: 'payouts',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.BatchedPayout',
        description: 'In GetPayoutBatch and CreatePayoutBatch.',
      },
      {
        name: 'withoutAccount',
        repeated: true,
        kind: 'int32',
        description:
          'In CreatePayoutBatch: payees with instructed payouts and no account in force, at most a thousand; their payouts wait.',
      },
    ],
  },
  'exchange.settlement.v1.ListPayoutBatchesRequest': {
    fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }],
  },
  'exchange.settlement.v1.ListPayoutBatchesResponse': {
    fields: [
      { name: 'batches', repeated: true, kind: 'message', type: 'exchange.settlement.v1.PayoutBatch' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetPayoutBatchRequest': { fields: [{ name: 'batchId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.RecordDepositRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 10000, max: 9000000000000000, multipleOf: 10000, required: true, format: 'money' },
        description: 'Whole fen.',
      },
      {
        name: 'bankReference',
        kind: 'string',
        rule: { maxLength: 80, required: true, printable: true },
        description: "The bank's own number of the receipt; used once.",
      },
    ],
  },
  'exchange.settlement.v1.Deposit': {
    fields: [
      { name: 'depositId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'bankReference', kind: 'string' },
      { name: 'recordedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'recordedBy', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.ListDepositsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.ListDepositsResponse': {
    fields: [
      { name: 'deposits', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Deposit' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.RequestWithdrawalRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 10000, max: 9000000000000000, multipleOf: 10000, required: true, format: 'money' },
        description: 'Whole fen.',
      },
    ],
  },
  'exchange.settlement.v1.Withdrawal': {
    fields: [
      { name: 'withdrawalId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.WithdrawalState' },
      {
        name: 'refusedBy',
        kind: 'string',
        description: 'The rule that refused it: buying_power_must_cover_the_withdrawal, money_must_cover_the_withdrawal.',
      },
      { name: 'requestedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'endedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.GetWithdrawalRequest': { fields: [{ name: 'withdrawalId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.ListWithdrawalsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.WithdrawalState' },
    ],
  },
  'exchange.settlement.v1.ListWithdrawalsResponse': {
    fields: [
      { name: 'withdrawals', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Withdrawal' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetBalanceRequest': { fields: [{ name: 'participantId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.ParticipantBalance': {
    description:
      'Buying power in the engine is the money available, less what open bids keep reserved there; subsidy counts for the bid that it is reserved for.',
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'moneyAvailable', kind: 'bigint', rule: { format: 'money' }, description: 'Neither held by a trade nor asked back.' },
      { name: 'moneyHeld', kind: 'bigint', rule: { format: 'money' } },
      { name: 'subsidyReserved', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'subsidyHeld',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of the reservations, held by trades or used by them and not yet decided.',
      },
      {
        name: 'receivable',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Owed to the exchange beyond what holds covered (R-28).',
      },
      { name: 'income', kind: 'bigint', rule: { format: 'money' }, description: 'Earned and not yet paid out.' },
      { name: 'buyingPowerNumber', kind: 'int64', description: 'Number of the last BuyingPowerRaised.' },
      {
        name: 'receivableDueAt',
        kind: 'int64',
        rule: { format: 'time' },
        description: 'When the oldest part of the receivable falls or fell due; after that no new orders until it is paid.',
      },
      {
        name: 'disputed',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of what was earned, what waits for the decision of disputes (R-29); no part of the income.',
      },
    ],
  },
  'exchange.settlement.v1.Account': {
    fields: [
      { name: 'code', kind: 'string' },
      { name: 'debitsPending', kind: 'bigint', rule: { format: 'money' } },
      { name: 'debitsPosted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'creditsPending', kind: 'bigint', rule: { format: 'money' } },
      { name: 'creditsPosted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'balance', kind: 'bigint', rule: { format: 'money' }, description: 'Credits less debits, posted.' },
      { name: 'debitsLimited', kind: 'bool', description: 'True where posted and pending debits together may not pass posted credits.' },
      { name: 'creditsLimited', kind: 'bool' },
      { name: 'openedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.ListAccountsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'prefix', kind: 'string', rule: { maxLength: 80 }, description: 'Accounts whose code begins so ("clearing/").' },
    ],
  },
  'exchange.settlement.v1.ListAccountsResponse': {
    fields: [
      { name: 'accounts', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Account' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetAccountBalanceRequest': {
    fields: [
      {
        name: 'code',
        kind: 'string',
        rule: { maxLength: 80, required: true },
        description: 'Its slashes written as %2F where it stands in a path.',
      },
      { name: 'at', kind: 'int64', rule: { format: 'time' }, description: 'Now where it is left out.' },
    ],
  },
  'exchange.settlement.v1.BalanceAt': {
    description: "An account's sums once all that was posted up to a moment was.",
    fields: [
      { name: 'code', kind: 'string' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'debitsPending', kind: 'bigint', rule: { format: 'money' } },
      { name: 'debitsPosted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'creditsPending', kind: 'bigint', rule: { format: 'money' } },
      { name: 'creditsPosted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'balance', kind: 'bigint', rule: { format: 'money' }, description: 'Credits less debits, posted.' },
      {
        name: 'movedAt',
        kind: 'int64',
        rule: { format: 'time' },
        description: 'When the last posting up to then was made; 0 where there was none.',
      },
    ],
  },
  'exchange.settlement.v1.LedgerTransfer': {
    fields: [
      { name: 'transferId', kind: 'string' },
      { name: 'sequence', kind: 'int64' },
      { name: 'journal', kind: 'string', description: 'Transfers of one linked set share it: all of them or none.' },
      { name: 'debitAccount', kind: 'string' },
      { name: 'creditAccount', kind: 'string' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'phase', kind: 'enum', type: 'exchange.settlement.v1.TransferPhase' },
      { name: 'pendingId', kind: 'string', description: 'The pending transfer that it ends.' },
      { name: 'corrects', kind: 'string', description: 'The transfer that it corrects.' },
      { name: 'kind', kind: 'string' },
      { name: 'cause', kind: 'string', description: 'Who or what caused it: a caller, an event, a job.' },
      { name: 'madeAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.ListTransfersRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'account', kind: 'string', rule: { maxLength: 80 }, description: "Account's whole code." },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'kind', kind: 'string', rule: { maxLength: 40 } },
      { name: 'journal', kind: 'string', rule: { maxLength: 120 } },
    ],
  },
  'exchange.settlement.v1.ListTransfersResponse': {
    fields: [
      { name: 'transfers', repeated: true, kind: 'message', type: 'exchange.settlement.v1.LedgerTransfer' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetTrialBalanceRequest': { fields: [] },
  'exchange.settlement.v1.TrialBalanceRow': {
    description: 'Sums over accounts of one kind: their code with ids as stars ("participant/*/money").',
    fields: [
      { name: 'kind', kind: 'string' },
      { name: 'accounts', kind: 'int64' },
      { name: 'debitsPending', kind: 'bigint', rule: { format: 'money' } },
      { name: 'debitsPosted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'creditsPending', kind: 'bigint', rule: { format: 'money' } },
      { name: 'creditsPosted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'balance', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.settlement.v1.ClearingBalance': {
    fields: [
      { name: 'account', kind: 'string' },
      { name: 'balance', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.settlement.v1.TrialBalance': {
    fields: [
      { name: 'rows', repeated: true, kind: 'message', type: 'exchange.settlement.v1.TrialBalanceRow' },
      {
        name: 'imbalance',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'Debits less credits over every account, posted and pending, and every difference between a balance and the sum over its transfers: 0.',
      },
      { name: 'held', kind: 'bigint', rule: { format: 'money' }, description: 'Pending transfers that nothing ended yet.' },
      { name: 'clearing', repeated: true, kind: 'message', type: 'exchange.settlement.v1.ClearingBalance' },
    ],
  },
  'exchange.settlement.v1.GetLedgerSummaryRequest': { fields: [] },
  'exchange.settlement.v1.LedgerSummary': {
    fields: [
      { name: 'deposited', kind: 'bigint', rule: { format: 'money' } },
      { name: 'withdrawn', kind: 'bigint', rule: { format: 'money' } },
      { name: 'billed', kind: 'bigint', rule: { format: 'money' } },
      { name: 'subsidy', kind: 'bigint', rule: { format: 'money' }, description: 'Paid by programmes, less what was clawed back.' },
      { name: 'slaCredits', kind: 'bigint', rule: { format: 'money' } },
      { name: 'fees', kind: 'bigint', rule: { format: 'money' } },
      { name: 'paidOut', kind: 'bigint', rule: { format: 'money' } },
      { name: 'refunded', kind: 'bigint', rule: { format: 'money' } },
      { name: 'held', kind: 'bigint', rule: { format: 'money' } },
      { name: 'receivable', kind: 'bigint', rule: { format: 'money' } },
      { name: 'rounding', kind: 'bigint', rule: { format: 'money' } },
      { name: 'imbalance', kind: 'bigint', rule: { format: 'money' } },
      { name: 'clearing', repeated: true, kind: 'message', type: 'exchange.settlement.v1.ClearingBalance' },
      { name: 'transfers', kind: 'int64' },
      { name: 'trades', kind: 'int64' },
      { name: 'unrated', kind: 'int64', description: 'Trades whose lease is not rated yet.' },
    ],
  },
  'exchange.settlement.v1.UsageReport': {
    fields: [
      { name: 'recordId', kind: 'string', rule: { maxLength: 64, required: true }, description: "The provider's own id of the record." },
      {
        name: 'version',
        kind: 'int32',
        rule: { min: 1, max: 1000000, required: true },
        description: 'From 1; a later one supersedes (R-28).',
      },
      { name: 'leaseId', kind: 'int64', rule: { min: 1, required: true } },
      {
        name: 'meterSequence',
        kind: 'int64',
        rule: { min: 1, required: true },
        description: "Number of the meter's reading; each record of a lease has its own.",
      },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window', rule: { required: true } },
      { name: 'unitSlots', kind: 'int64', rule: { min: 0 }, description: 'Units × slots delivered in the window.' },
    ],
  },
  'exchange.settlement.v1.ReportUsageRequest': {
    fields: [
      {
        name: 'records',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.UsageReport',
        rule: { minItems: 1, maxItems: 10000 },
      },
    ],
  },
  'exchange.settlement.v1.ReportUsageResponse': {
    fields: [
      { name: 'recorded', kind: 'int32' },
      { name: 'duplicates', kind: 'int32', description: 'Said before, word for word.' },
    ],
  },
  'exchange.settlement.v1.UsageRecord': {
    fields: [
      { name: 'recordId', kind: 'string' },
      { name: 'version', kind: 'int32' },
      { name: 'leaseId', kind: 'int64' },
      { name: 'meterSequence', kind: 'int64' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'unitSlots', kind: 'int64' },
      { name: 'providerId', kind: 'int32' },
      { name: 'reportedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'superseded', kind: 'bool' },
    ],
  },
  'exchange.settlement.v1.ListUsageRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'leaseId', kind: 'int64', rule: { min: 0 } },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.ListUsageResponse': {
    fields: [
      { name: 'records', repeated: true, kind: 'message', type: 'exchange.settlement.v1.UsageRecord' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.CloseBillingPeriodRequest': {
    fields: [
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, Asia/Shanghai.',
      },
    ],
  },
  'exchange.settlement.v1.BillingPeriod': {
    fields: [
      { name: 'month', kind: 'string' },
      { name: 'bills', kind: 'int32' },
      { name: 'total', kind: 'bigint', rule: { format: 'money' } },
      { name: 'closedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'closedBy', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.ListBillingPeriodsRequest': {
    fields: [{ name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' }],
  },
  'exchange.settlement.v1.ListBillingPeriodsResponse': {
    fields: [
      { name: 'periods', repeated: true, kind: 'message', type: 'exchange.settlement.v1.BillingPeriod' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.UsageReference': {
    fields: [
      { name: 'recordId', kind: 'string' },
      { name: 'version', kind: 'int32' },
      { name: 'unitSlots', kind: 'int64' },
    ],
  },
  'exchange.settlement.v1.BillItem': {
    description: 'A line with everything that its amount was computed from. The exact amount and the rounding are the amount.',
    fields: [
      { name: 'line', kind: 'int32' },
      { name: 'kind', kind: 'string', description: 'compute, transfer, sla_credit, adjustment.' },
      { name: 'tradeId', kind: 'int64' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'project', kind: 'string' },
      { name: 'book', kind: 'message', type: 'exchange.common.v1.Book' },
      { name: 'poolId', kind: 'int32' },
      { name: 'providerId', kind: 'int32' },
      { name: 'window', kind: 'message', type: 'exchange.common.v1.Window' },
      { name: 'units', kind: 'int32' },
      {
        name: 'unitSlots',
        kind: 'int64',
        description:
          "Units × slots that are paid, and at what price a unit-hour: compute = price × their number / 4. Of an adjustment, by how many more or fewer than the rating before, so that a lease's lines add up.",
      },
      { name: 'price', kind: 'int64', rule: { format: 'price' } },
      { name: 'unitSlotsDue', kind: 'int64', description: 'Measured: unit-slots due and up, on which the credit rests.' },
      { name: 'unitSlotsUp', kind: 'int64' },
      { name: 'creditBp', kind: 'int32' },
      { name: 'slaVersion', kind: 'int32' },
      { name: 'exactAmount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'rounding', kind: 'bigint', rule: { format: 'money' } },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'subsidy', kind: 'bigint', rule: { format: 'money' }, description: "Of the exact amount, what the bid's reservation paid." },
      { name: 'refunded', kind: 'bigint', rule: { format: 'money' } },
      { name: 'usage', repeated: true, kind: 'message', type: 'exchange.settlement.v1.UsageReference' },
      { name: 'leaseState', kind: 'enum', type: 'exchange.scheduling.v1.LeaseState' },
      { name: 'rating', kind: 'int32', description: 'From 1; each later rating of the lease is an adjustment.' },
      {
        name: 'deliveredById',
        number: 30,
        kind: 'int32',
        description:
          'R-18: who delivered it; another than the provider where it was resold. The lease that was resold, or of which it is more; 0 where none.',
      },
      { name: 'resoldLeaseId', number: 31, kind: 'int64' },
      { name: 'extendedLeaseId', number: 32, kind: 'int64' },
      {
        name: 'tax',
        number: 33,
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of the amount, the value-added tax that it includes.',
      },
      {
        name: 'energy',
        number: 34,
        kind: 'message',
        type: 'exchange.settlement.v1.LeaseEnergy',
        description: "On a lease's first line, where its energy is known.",
      },
    ],
  },
  'exchange.settlement.v1.LeaseEnergy': {
    description:
      "R-30: what a lease used itself (what was resold of it is with the lease that it was sold as), with its site's PUE, of it what was promised green, and what the month's certificates covered of that, once they are used.",
    fields: [
      { name: 'wh', kind: 'int64' },
      { name: 'promisedGreenWh', kind: 'int64' },
      { name: 'settled', kind: 'bool' },
      { name: 'coveredGreenWh', kind: 'int64' },
      { name: 'compensation', kind: 'bigint', rule: { format: 'money' }, description: 'Paid to the buyer for the rest.' },
      {
        name: 'carbonMg',
        kind: 'int64',
        description: "Milligrams of CO2e of what is not green by the site's promise, by the bill's factor of that version.",
      },
      { name: 'carbonVersion', kind: 'int32' },
    ],
  },
  'exchange.settlement.v1.CarbonFactor': {
    description: 'What a kilowatt-hour of the grid emits: a version of schedule CARBON, and who published it.',
    fields: [
      { name: 'version', kind: 'int32' },
      { name: 'mgPerKwh', kind: 'int32' },
      { name: 'source', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.TaxPart': {
    description: "Of a bill's total, the tax of its lines, by the rate in force when it was issued; the rest is net.",
    fields: [
      { name: 'tax', kind: 'bigint', rule: { format: 'money' } },
      { name: 'net', kind: 'bigint', rule: { format: 'money' } },
      { name: 'taxBp', kind: 'int32' },
      { name: 'taxVersion', kind: 'int32' },
    ],
  },
  'exchange.settlement.v1.CreditNote': {
    description:
      '红字: what a refund took back of a line, tax included: the tax in what was left of the line less that in what is, so notes add up however they are parted. What a late correction gives back is a line of a later bill.',
    fields: [
      { name: 'refundId', kind: 'int64' },
      { name: 'line', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'tax', kind: 'bigint', rule: { format: 'money' } },
      { name: 'reason', kind: 'string' },
      { name: 'issuedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'toBuyer',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'The amount is what the buyer has again and what the programme that paid a part has again (R-33). Its share waits for its answer, and counts as its own until then.',
      },
      { name: 'toProgramme', kind: 'bigint', rule: { format: 'money' } },
      { name: 'programmeId', kind: 'int32', description: '0: none paid a part.' },
    ],
  },
  'exchange.settlement.v1.BillSubsidy': {
    description:
      'What a programme pays of a bill for one bid: taken off when the bill was made, and decided since, or paid back to the buyer afterwards.',
    fields: [
      { name: 'claimId', kind: 'int64', description: '0: the programme has not decided.' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'claimed', kind: 'bigint', rule: { format: 'money' } },
      { name: 'granted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'reimbursed', kind: 'bool', description: 'Paid back as money after the bill was paid; nothing of it was taken off before.' },
      {
        name: 'returned',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of the granted amount, what refunds and late corrections gave back to the programme.',
      },
      { name: 'decidedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.Bill': {
    fields: [
      { name: 'billId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'month', kind: 'string' },
      { name: 'issuedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'lineCount', kind: 'int32' },
      { name: 'total', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'subsidyClaimed',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'What reservations paid until programmes decided, and what they granted.',
      },
      { name: 'subsidyGranted', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'paidByBuyer',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'Total less the subsidy granted (claimed, while undecided); what a late correction on this bill gave back to a programme is not taken off.',
      },
      { name: 'refunded', kind: 'bigint', rule: { format: 'money' }, description: 'By credit notes, to the buyer and to programmes.' },
      {
        name: 'lines',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.BillItem',
        description: 'The first 1,000; where there are more, all are in ListBillLines and ExportBillLines.',
      },
      { name: 'tax', kind: 'message', type: 'exchange.settlement.v1.TaxPart', description: 'From here on in GetBill alone.' },
      { name: 'seller', kind: 'message', type: 'exchange.settlement.v1.InvoiceTitle' },
      { name: 'buyer', kind: 'message', type: 'exchange.settlement.v1.InvoiceTitle' },
      {
        name: 'creditNotes',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.CreditNote',
        description: 'The first 1,000; the rest is in ListBillCreditNotes.',
      },
      {
        name: 'carbonFactors',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.CarbonFactor',
        description: 'Those by which the carbon of the lines above is reckoned.',
      },
      {
        name: 'returnedByCreditNotes',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'In lists too. What programmes have again: of credit notes, and of what late corrections on this bill gave back.',
      },
      { name: 'returnedByCorrections', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'borneByBuyer',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'What the buyer bears in the end: what it paid less what credit notes gave back to it.',
      },
      {
        name: 'subsidies',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.BillSubsidy',
        description: 'In GetBill alone. The first 1,000 contracts; the rest is in ListBillSubsidies.',
      },
      { name: 'creditNoteCount', kind: 'int32' },
      {
        name: 'programmes',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.BillProgramme',
        description: 'What programmes pay of all of it.',
      },
    ],
  },
  'exchange.settlement.v1.BillProgramme': {
    description: 'What a programme pays of a bill, of all contracts of which it decided alike: deducted, reimbursed, or not decided yet.',
    fields: [
      { name: 'programmeId', kind: 'int32' },
      { name: 'decided', kind: 'bool' },
      { name: 'reimbursed', kind: 'bool' },
      { name: 'contracts', kind: 'int32' },
      { name: 'claimed', kind: 'bigint', rule: { format: 'money' } },
      { name: 'granted', kind: 'bigint', rule: { format: 'money' } },
      { name: 'returned', kind: 'bigint', rule: { format: 'money' } },
      { name: 'claimIds', repeated: true, kind: 'int64', description: 'The first three of its claims.' },
    ],
  },
  'exchange.settlement.v1.ListBillsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'month', kind: 'string', rule: { pattern: '^([0-9]{4}-(0[1-9]|1[0-2]))?$' } },
    ],
  },
  'exchange.settlement.v1.ListBillsResponse': {
    fields: [
      { name: 'bills', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Bill' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetBillRequest': { fields: [{ name: 'billId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.RefundBillRequest': {
    fields: [
      { name: 'billId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'line', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 10000, max: 9000000000000000, multipleOf: 10000, required: true, format: 'money' },
        description: 'Whole fen.',
      },
      { name: 'reason', kind: 'string', rule: { maxLength: 200, required: true, printable: true } },
    ],
  },
  'exchange.settlement.v1.Refund': {
    fields: [
      { name: 'refundId', kind: 'int64' },
      { name: 'billId', kind: 'int64' },
      { name: 'line', kind: 'int32' },
      { name: 'tradeId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'subsidy',
        kind: 'bigint',
        rule: { format: 'money' },
        description: "Of the amount, the programme's share; it waits until the programme took its part.",
      },
      {
        name: 'subsidyDecided',
        kind: 'bool',
        description:
          "The programme has said what it takes of this refund's share. It is asked after the refund, and answers within moments; that the claim was granted, without which nothing is refunded, is another decision.",
      },
      { name: 'reason', kind: 'string' },
      { name: 'refundedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'refundedBy', kind: 'string' },
      {
        name: 'toBuyer',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          "The amount in two: the programme's share counts as its own until it has answered; what it leaves of it is the buyer's.",
      },
      { name: 'toProgramme', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.settlement.v1.ListRefundsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'billId', kind: 'int64', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.ListRefundsResponse': {
    fields: [
      { name: 'refunds', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Refund' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.CreatePayoutsRequest': {
    fields: [
      { name: 'month', kind: 'string', rule: { required: true, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' } },
      { name: 'participantId', kind: 'int32', rule: { min: 0 }, description: '0: everyone who earned.' },
    ],
  },
  'exchange.settlement.v1.CreatePayoutsResponse': {
    fields: [{ name: 'payouts', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Payout' }],
  },
  'exchange.settlement.v1.ConfirmPayoutRequest': {
    fields: [
      { name: 'payoutId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'bankReference', kind: 'string', rule: { maxLength: 80, required: true, printable: true } },
    ],
  },
  'exchange.settlement.v1.ReturnPayoutRequest': {
    fields: [
      { name: 'payoutId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { maxLength: 200, required: true, printable: true } },
    ],
  },
  'exchange.settlement.v1.Earning': {
    fields: [
      { name: 'earningId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      {
        name: 'kind',
        kind: 'string',
        description:
          'income, fee, sla_credit, transfer, compensation, proceeds (of a lease that was ended early and sold again), adjustment, refund, paid_back (from money), returned_payout, disputed (frozen until a dispute is decided), dispute_released, carried_over (less than a fen, from one payout to the next), green_shortfall.',
      },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' }, description: "Signed: what it adds to the participant's income." },
      { name: 'tradeId', kind: 'int64' },
      { name: 'month', kind: 'string' },
      { name: 'feeVersion', kind: 'int32' },
      { name: 'feeBp', kind: 'int32' },
      { name: 'payoutId', kind: 'int64', description: '0 while unpaid.' },
      { name: 'earnedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.Payout': {
    fields: [
      { name: 'payoutId', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'month', kind: 'string' },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.PayoutState' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'lineCount', kind: 'int32' },
      { name: 'instructedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'endedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'bankReference', kind: 'string', description: 'Of the payment, or why it came back.' },
      { name: 'returnedBecause', kind: 'string' },
      { name: 'lines', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Earning' },
    ],
  },
  'exchange.settlement.v1.ListPayoutsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'month', kind: 'string', rule: { pattern: '^([0-9]{4}-(0[1-9]|1[0-2]))?$' } },
      { name: 'state', kind: 'enum', type: 'exchange.settlement.v1.PayoutState' },
    ],
  },
  'exchange.settlement.v1.ListPayoutsResponse': {
    fields: [
      { name: 'payouts', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Payout' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetPayoutRequest': { fields: [{ name: 'payoutId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.settlement.v1.ListEarningsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'month', kind: 'string', rule: { pattern: '^([0-9]{4}-(0[1-9]|1[0-2]))?$' } },
      { name: 'tradeId', kind: 'int64', rule: { min: 0 } },
    ],
  },
  'exchange.settlement.v1.ListEarningsResponse': {
    fields: [
      { name: 'earnings', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Earning' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.SlaTier': {
    description: 'Availability of at least so much is credited so much.',
    fields: [
      { name: 'availabilityBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'creditBp', kind: 'int32', rule: { min: 0, max: 10000 } },
    ],
  },
  'exchange.settlement.v1.Schedule': {
    description:
      'A trade is rated by the version in force when it was made, a bill disputed and taxed by that in force when it was issued.',
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.ScheduleKind' },
      { name: 'version', kind: 'int32' },
      { name: 'effectiveFrom', kind: 'int64', rule: { format: 'time' } },
      { name: 'feeBp', kind: 'int32' },
      {
        name: 'tiers',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.SlaTier',
        description: 'From the highest availability down; below the last the whole price is credited.',
      },
      { name: 'publishedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'publishedBy', kind: 'string' },
      {
        name: 'disputeDays',
        kind: 'int32',
        description:
          "Days from a bill's issue in which it may be disputed; days from a dispute's opening in which it is decided, or lapses.",
      },
      { name: 'decisionDays', kind: 'int32' },
      { name: 'taxBp', kind: 'int32' },
      { name: 'carbonMgPerKwh', kind: 'int32' },
      { name: 'shortfallPerKwh', kind: 'bigint', rule: { format: 'money' } },
      { name: 'source', kind: 'string', description: 'Who published the figures, as documents tell it.' },
    ],
  },
  'exchange.settlement.v1.ListSchedulesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.ScheduleKind' },
    ],
  },
  'exchange.settlement.v1.ListSchedulesResponse': {
    fields: [
      { name: 'schedules', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Schedule' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.PublishScheduleRequest': {
    fields: [
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.ScheduleKind', rule: { required: true } },
      { name: 'effectiveFrom', kind: 'int64', rule: { min: 1, required: true, format: 'time' } },
      { name: 'feeBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'tiers', repeated: true, kind: 'message', type: 'exchange.settlement.v1.SlaTier', rule: { maxItems: 20 } },
      { name: 'disputeDays', kind: 'int32', rule: { min: 0, max: 3650 } },
      { name: 'decisionDays', kind: 'int32', rule: { min: 0, max: 3650 } },
      { name: 'taxBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'carbonMgPerKwh', kind: 'int32', rule: { min: 0, max: 10000000 } },
      { name: 'shortfallPerKwh', kind: 'bigint', rule: { min: 0, max: 1000000000, format: 'money' } },
      { name: 'source', kind: 'string', rule: { maxLength: 200, printable: true } },
    ],
  },
  'exchange.settlement.v1.GetSpendingRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, Asia/Shanghai.',
      },
    ],
  },
  'exchange.settlement.v1.ProjectSpending': {
    description: 'A lease counts in the month in which it ends, as on bills; tax included, subsidies not taken off.',
    fields: [
      { name: 'project', kind: 'string', description: 'Empty: leases of no project.' },
      { name: 'leases', kind: 'int32' },
      { name: 'delivered', kind: 'bigint', rule: { format: 'money' }, description: 'Of leases that are rated, less refunds.' },
      { name: 'committed', kind: 'bigint', rule: { format: 'money' }, description: 'Held by leases that are not.' },
      {
        name: 'forecast',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Delivered and committed, or what the pace of the month so far comes to by its end, whichever is more.',
      },
      { name: 'budget', kind: 'bigint', rule: { format: 'money' }, description: '0: none.' },
      {
        name: 'subsidy',
        kind: 'bigint',
        rule: { format: 'money' },
        description:
          'Of delivered and committed, what vouchers hold, paid or, once decided, granted, less what refunds and corrections gave back to them.',
      },
    ],
  },
  'exchange.settlement.v1.MonthSpending': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      { name: 'month', kind: 'string' },
      {
        name: 'projects',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.ProjectSpending',
        description: 'Those that have leases or a budget.',
      },
      { name: 'all', kind: 'message', type: 'exchange.settlement.v1.ProjectSpending', description: 'Of all projects.' },
    ],
  },
  'exchange.settlement.v1.SetBudgetRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'project', kind: 'string', rule: { maxLength: 80, printable: true }, description: 'Empty: of all projects together.' },
      { name: 'amount', kind: 'bigint', rule: { min: 0, max: 9000000000000000, format: 'money' } },
      {
        name: 'alarmsBp',
        repeated: true,
        kind: 'int32',
        rule: { min: 1, max: 100000, maxItems: 10 },
        description: 'Basis points of the amount at which to alarm, rising.',
      },
    ],
  },
  'exchange.settlement.v1.Budget': {
    fields: [
      { name: 'project', kind: 'string' },
      { name: 'version', kind: 'int32', description: 'From 1 for each project.' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'alarmsBp', repeated: true, kind: 'int32' },
      { name: 'setAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.settlement.v1.ListBudgetsRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
    ],
  },
  'exchange.settlement.v1.ListBudgetsResponse': {
    fields: [
      { name: 'budgets', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Budget' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.GetAccruedIncomeRequest': {
    fields: [{ name: 'participantId', kind: 'int32', rule: { min: 1, required: true } }],
  },
  'exchange.settlement.v1.AccruedIncome': {
    fields: [
      { name: 'participantId', kind: 'int32' },
      {
        name: 'unpaid',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Earned, after fees, and in no payout yet; what disputes freeze is not in it.',
      },
      { name: 'disputed', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'accrued',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'By price, before fees, of leases that are not rated: for the part of their windows that is over, and for all of it.',
      },
      { name: 'committed', kind: 'bigint', rule: { format: 'money' } },
      { name: 'leases', kind: 'int32' },
      {
        name: 'fees',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Of the committed amount, what the exchange will charge if all of it is delivered.',
      },
      {
        name: 'owed',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'What it had to give back and has not yet: the next payout is so much less.',
      },
      {
        name: 'products',
        repeated: true,
        kind: 'message',
        type: 'exchange.settlement.v1.ProductSum',
        description: 'The committed amount by product.',
      },
    ],
  },
  'exchange.settlement.v1.Notice': {
    fields: [
      { name: 'sequence', kind: 'int64' },
      { name: 'participantId', kind: 'int32' },
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.NoticeKind' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' }, description: 'Spent and committed, owed, disputed, or granted.' },
      { name: 'month', kind: 'string', description: 'Of a budget alarm.' },
      { name: 'project', kind: 'string' },
      { name: 'budget', kind: 'bigint', rule: { format: 'money' } },
      { name: 'alarmBp', kind: 'int32' },
      { name: 'dueAt', kind: 'int64', rule: { format: 'time' }, description: 'Of a receivable.' },
      { name: 'toldAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'disputeId', kind: 'int64' },
      { name: 'payoutAccountId', kind: 'int64', description: 'Of a payout account, with the keys that proposed it and decided on it.' },
      { name: 'proposedBy', kind: 'string' },
      { name: 'decidedBy', kind: 'string' },
    ],
  },
  'exchange.settlement.v1.ListNoticesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'kind', kind: 'enum', type: 'exchange.settlement.v1.NoticeKind' },
    ],
  },
  'exchange.settlement.v1.ListNoticesResponse': {
    fields: [
      { name: 'notices', repeated: true, kind: 'message', type: 'exchange.settlement.v1.Notice' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.settlement.v1.WatchNoticesRequest': {
    fields: [
      { name: 'participantId', kind: 'int32', rule: { min: 0 } },
      { name: 'after', kind: 'int64', rule: { min: 0 }, description: 'Sequence after which to begin; 0: the first that is kept.' },
    ],
  },
  'exchange.voucher.v1.SubsidyDecided': {
    description: 'What a programme pays of a bill, decided; settlement posts that leg and asks the buyer for what was refused.',
    fields: [
      { name: 'claimId', kind: 'int64' },
      { name: 'billId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' }, description: 'Micro-yuan granted; 0 where refused.' },
      { name: 'reasons', repeated: true, kind: 'string', description: 'The clauses that decided.' },
      {
        name: 'reimbursement',
        kind: 'bool',
        description: "The programme pays back a paid bill: nothing was held, so the amount goes from available to the buyer's money.",
      },
      {
        name: 'parts',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.SubsidyPart',
        description: "The amount's parts by trade; a trade that got nothing has a part of 0.",
      },
    ],
  },
  'exchange.voucher.v1.SubsidyPart': {
    fields: [
      { name: 'tradeId', kind: 'int64' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.voucher.v1.SubsidyClawedBack': {
    description: 'A share of a paid subsidy goes back to the programme (R-33).',
    fields: [
      { name: 'claimId', kind: 'int64' },
      { name: 'billId', kind: 'int64' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'reason', kind: 'string' },
      {
        name: 'refundId',
        kind: 'int64',
        description:
          "The BillRefunded that it answers; 0 where another platform's bill was cancelled: then the buyer owes what it was paid.",
      },
      { name: 'cancellationId', kind: 'int64', description: 'Of such a one: counts what was taken back of those.' },
    ],
  },
  'exchange.voucher.v1.Funder': {
    description: 'Who pays a part of what the programme pays.',
    fields: [
      { name: 'name', kind: 'string', rule: { minLength: 1, maxLength: 120, required: true } },
      {
        name: 'parts',
        kind: 'int32',
        rule: { min: 1, max: 10000, required: true },
        description: "Its parts of all funders' parts: 1 and 1 pay half each.",
      },
    ],
  },
  'exchange.voucher.v1.Eligibility': {
    description: 'Who may get it. Each list empty: everyone.',
    fields: [
      {
        name: 'regions',
        repeated: true,
        kind: 'int32',
        rule: { min: 100000, max: 999999, maxItems: 200 },
        description:
          'Where the buyer is registered; a code that ends in zeros takes in the districts under it (500000 is all of Chongqing).',
      },
      {
        name: 'industries',
        repeated: true,
        kind: 'string',
        rule: { maxItems: 20, pattern: '^[A-T]$' },
        description: 'Sections of GB/T 4754.',
      },
      { name: 'sizes', repeated: true, kind: 'enum', type: 'exchange.registry.v1.OrganisationSize', rule: { maxItems: 5 } },
      { name: 'firstTime', kind: 'bool', description: 'Only who was granted nothing by another programme before.' },
    ],
  },
  'exchange.voucher.v1.Coverage': {
    description: 'What it pays for. Each list empty: all.',
    fields: [
      { name: 'classes', repeated: true, kind: 'enum', type: 'exchange.common.v1.ComputeClass', rule: { maxItems: 3 } },
      { name: 'providerIds', repeated: true, kind: 'int32', rule: { min: 1, maxItems: 200 } },
      { name: 'domesticOnly', kind: 'bool' },
      {
        name: 'services',
        repeated: true,
        kind: 'enum',
        type: 'exchange.voucher.v1.BilledService',
        rule: { maxItems: 3 },
        description: 'Empty: compute alone.',
      },
      {
        name: 'platformIds',
        repeated: true,
        kind: 'int32',
        rule: { min: 1, maxItems: 50 },
        description: "Partner platforms whose bills it takes beside the exchange's own; these are reimbursed. Empty: none.",
      },
    ],
  },
  'exchange.voucher.v1.SubsidyTier': {
    description: "A buyer's tier is the first that names its size and its industry: the kinds of applicants.",
    fields: [
      {
        name: 'sizes',
        repeated: true,
        kind: 'enum',
        type: 'exchange.registry.v1.OrganisationSize',
        rule: { maxItems: 5 },
        description: 'Empty: every size.',
      },
      { name: 'rateBp', kind: 'int32', rule: { min: 1, max: 10000, required: true } },
      { name: 'domesticExtraBp', kind: 'int32', rule: { min: 0, max: 10000 }, description: 'Added where domestic units serve it.' },
      {
        name: 'greenExtraBp',
        kind: 'int32',
        rule: { min: 0, max: 10000 },
        description: "Added where the site's green share reaches the next field's.",
      },
      { name: 'greenFromBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      {
        name: 'capPerBill',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, aboveZero: 'cap_must_be_above_zero', format: 'money' },
        description: 'Left out: none. So are the other caps.',
      },
      {
        name: 'capPerFirmYear',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, aboveZero: 'cap_must_be_above_zero', format: 'money' },
        description: "A calendar year (Asia/Shanghai) of the bills' months.",
      },
      {
        name: 'industries',
        repeated: true,
        kind: 'string',
        rule: { maxItems: 20, pattern: '^[A-T]$' },
        description: 'Sections of GB/T 4754. Empty: every industry.',
      },
      {
        name: 'capPerFirm',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, aboveZero: 'cap_must_be_above_zero', format: 'money' },
        description: "Over all of the programme's time.",
      },
      {
        name: 'ceilingBp',
        kind: 'int32',
        rule: { min: 0, max: 10000, aboveZero: 'cap_must_be_above_zero' },
        description: 'Rate and extras together are at most this; 0: what they come to.',
      },
    ],
  },
  'exchange.voucher.v1.ProgrammeTerms': {
    description: "A programme as a document: this message's JSON form, whose schema the gateway serves at /schemas/programme.json.",
    fields: [
      { name: 'name', kind: 'string', rule: { minLength: 1, maxLength: 120, required: true } },
      { name: 'budget', kind: 'bigint', rule: { min: 1, max: 9000000000000000, required: true, format: 'money' } },
      {
        name: 'firstDay',
        kind: 'int32',
        rule: { min: 1, max: 100000, required: true, format: 'day' },
        description: 'Days on which bids may name it, both included. Bills of such bids may follow later.',
      },
      { name: 'lastDay', kind: 'int32', rule: { min: 1, max: 100000, required: true, format: 'day' } },
      { name: 'kind', kind: 'enum', type: 'exchange.voucher.v1.SubsidyKind', rule: { required: true } },
      { name: 'eligibility', kind: 'message', type: 'exchange.voucher.v1.Eligibility' },
      { name: 'coverage', kind: 'message', type: 'exchange.voucher.v1.Coverage' },
      { name: 'tiers', repeated: true, kind: 'message', type: 'exchange.voucher.v1.SubsidyTier', rule: { minItems: 1, maxItems: 10 } },
      {
        name: 'officersFrom',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: 'Claims of this much and more wait for two officers; 0: none does.',
      },
      {
        name: 'funders',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.Funder',
        rule: { maxItems: 20 },
        description:
          'Who pays; empty: the authority. Of each claim a funder pays its part rounded down to six decimals of a yuan, the first one also what rounding leaves.',
      },
      { name: 'exhaustion', kind: 'enum', type: 'exchange.voucher.v1.Exhaustion' },
      {
        name: 'budgetPerYear',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, aboveZero: 'cap_must_be_above_zero', format: 'money' },
        description:
          "Of the budget at most so much in a calendar year (Asia/Shanghai) of the bills' months; what a year leaves stays for later ones. Left out: no limit a year.",
      },
      { name: 'once', kind: 'enum', type: 'exchange.voucher.v1.SubsidisedOnce' },
      { name: 'stacking', kind: 'enum', type: 'exchange.voucher.v1.Stacking' },
      { name: 'evidence', repeated: true, kind: 'enum', type: 'exchange.voucher.v1.Evidence', rule: { maxItems: 3 } },
      { name: 'source', kind: 'string', rule: { maxLength: 500 }, description: 'The policy that it carries out, for people.' },
    ],
  },
  'exchange.voucher.v1.Programme': {
    fields: [
      { name: 'programmeId', kind: 'int32' },
      { name: 'authorityId', kind: 'int32' },
      { name: 'state', kind: 'enum', type: 'exchange.voucher.v1.ProgrammeState' },
      { name: 'terms', kind: 'message', type: 'exchange.voucher.v1.ProgrammeTerms' },
      { name: 'approvedBy', repeated: true, kind: 'string', description: 'Officers who approved it, by key.' },
      { name: 'createdAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'changedAt', kind: 'int64', rule: { format: 'time' } },
    ],
  },
  'exchange.voucher.v1.CreateProgrammeRequest': {
    fields: [
      { name: 'authorityId', kind: 'int32', rule: { min: 0 }, description: 'Whose; 0: the caller. Others only by the operator.' },
      { name: 'terms', kind: 'message', type: 'exchange.voucher.v1.ProgrammeTerms', rule: { required: true } },
    ],
  },
  'exchange.voucher.v1.ReviseProgrammeRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'terms', kind: 'message', type: 'exchange.voucher.v1.ProgrammeTerms', rule: { required: true } },
    ],
  },
  'exchange.voucher.v1.SubmitProgrammeRequest': { fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.ApproveProgrammeRequest': { fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.ReturnProgrammeRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.voucher.v1.CloseProgrammeRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.voucher.v1.GetProgrammeRequest': { fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.ListProgrammesRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'state', kind: 'enum', type: 'exchange.voucher.v1.ProgrammeState' },
      { name: 'authorityId', kind: 'int32', rule: { min: 0 } },
    ],
  },
  'exchange.voucher.v1.ListProgrammesResponse': {
    fields: [
      { name: 'programmes', repeated: true, kind: 'message', type: 'exchange.voucher.v1.Programme' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.GetBalancesRequest': { fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.GetFundingRequest': { fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.FundingYear': {
    description: 'Of granted claims, less what was given back.',
    fields: [
      { name: 'year', kind: 'int32', description: "Of the bills' months, Asia/Shanghai." },
      { name: 'paid', kind: 'bigint', rule: { format: 'money' } },
      { name: 'funded', repeated: true, kind: 'message', type: 'exchange.voucher.v1.FundedPart' },
    ],
  },
  'exchange.voucher.v1.Funding': {
    fields: [
      { name: 'programmeId', kind: 'int32' },
      { name: 'paid', kind: 'bigint', rule: { format: 'money' } },
      { name: 'funded', repeated: true, kind: 'message', type: 'exchange.voucher.v1.FundedPart' },
      { name: 'years', repeated: true, kind: 'message', type: 'exchange.voucher.v1.FundingYear' },
    ],
  },
  'exchange.voucher.v1.GetBudgetBurnRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'by',
        repeated: true,
        kind: 'enum',
        type: 'exchange.voucher.v1.BurnBy',
        rule: { maxItems: 5 },
        description: 'Several: each combination is a group. None: one group of all.',
      },
      { name: 'year', kind: 'int32', rule: { min: 0, max: 9999 }, description: "Of the bills' months, Asia/Shanghai; 0: all." },
    ],
  },
  'exchange.voucher.v1.BurnGroup': {
    description: 'Claims of firms that are alike in what was asked; what was not asked is empty.',
    fields: [
      { name: 'region', kind: 'int32' },
      { name: 'industry', kind: 'string' },
      { name: 'size', kind: 'enum', type: 'exchange.registry.v1.OrganisationSize' },
      { name: 'month', kind: 'string', description: 'YYYY-MM.' },
      { name: 'firms', kind: 'int32' },
      { name: 'claims', kind: 'int32' },
      { name: 'base', kind: 'bigint', rule: { format: 'money' }, description: 'What the bills come to.' },
      { name: 'paid', kind: 'bigint', rule: { format: 'money' }, description: 'Granted, less what was given back.' },
      {
        name: 'waiting',
        kind: 'bigint',
        rule: { format: 'money' },
        description: "Asked by claims that wait for officers or for the period's end.",
      },
      { name: 'refused', kind: 'int32', description: 'Of the claims, those that got nothing.' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'firm', kind: 'message', type: 'exchange.voucher.v1.RegisteredFirm', description: 'As registered when it claimed last.' },
    ],
  },
  'exchange.voucher.v1.RegisteredFirm': {
    description: 'A firm by its registration.',
    fields: [
      { name: 'name', kind: 'string' },
      { name: 'creditCode', kind: 'string', description: 'Unified social credit code 统一社会信用代码; empty where it has none.' },
    ],
  },
  'exchange.voucher.v1.BudgetBurn': {
    fields: [
      { name: 'programmeId', kind: 'int32' },
      { name: 'budget', kind: 'bigint', rule: { format: 'money' }, description: 'Of the whole programme.' },
      { name: 'paid', kind: 'bigint', rule: { format: 'money' }, description: 'Of all groups, also of other pages.' },
      { name: 'waiting', kind: 'bigint', rule: { format: 'money' } },
      {
        name: 'groups',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.BurnGroup',
        description: 'In the order of district, industry, size, month and firm.',
      },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.ListProgrammeAuditRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
    ],
  },
  'exchange.voucher.v1.ProgrammeStep': {
    fields: [
      { name: 'number', kind: 'int64' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'claimId', kind: 'int64', description: '0 where it is about the programme itself.' },
      {
        name: 'step',
        kind: 'string',
        description:
          'drafted, revised, tried, submitted, approved, returned, activated, closed, expired, ended; claim_decided, claim_approved, claim_refused, claim_cancelled, claim_clawed_back; subsidy_elsewhere_declared.',
      },
      { name: 'participantId', kind: 'int32', description: "Who: 0 and the service's name where nobody asked." },
      { name: 'key', kind: 'string' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'detail', kind: 'string' },
    ],
  },
  'exchange.voucher.v1.ListProgrammeAuditResponse': {
    fields: [
      { name: 'steps', repeated: true, kind: 'message', type: 'exchange.voucher.v1.ProgrammeStep' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.Clause': {
    description: 'One clause of a decision, in the order in which they are tested.',
    fields: [
      { name: 'rule', kind: 'string', description: 'Named as the rule ("buyer_must_be_registered_in_the_region").' },
      { name: 'passed', kind: 'bool' },
      { name: 'detail', kind: 'string', description: 'What was compared.' },
    ],
  },
  'exchange.voucher.v1.FundedPart': {
    description: 'What a funder pays of a claim or of a programme.',
    fields: [
      { name: 'name', kind: 'string' },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.voucher.v1.Finding': {
    description: 'A sign of abuse, found before a claim is paid. An officer decides what it means.',
    fields: [
      { name: 'rule', kind: 'string', description: 'Named as the rule that may have been broken ("contracts_must_not_be_split").' },
      { name: 'detail', kind: 'string' },
      { name: 'evidence', repeated: true, kind: 'string', description: 'What it was found in: claims, trades, bills, ownerships.' },
    ],
  },
  'exchange.voucher.v1.Claim': {
    description: 'What one bill asks of a programme for one bid (the contract).',
    fields: [
      { name: 'claimId', kind: 'int64' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'buyerId', kind: 'int32' },
      { name: 'billId', kind: 'int64' },
      { name: 'month', kind: 'string', description: 'YYYY-MM, of the bill.' },
      { name: 'bidId', kind: 'int64', rule: { format: 'orderId' } },
      { name: 'state', kind: 'enum', type: 'exchange.voucher.v1.ClaimState' },
      {
        name: 'base',
        kind: 'bigint',
        rule: { format: 'money' },
        description: "What the bill's lines of the bid come to, and what the programme pays of it.",
      },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'clawedBack', kind: 'bigint', rule: { format: 'money' }, description: 'Of amount, given back after refunds (R-33).' },
      { name: 'clauses', repeated: true, kind: 'message', type: 'exchange.voucher.v1.Clause' },
      { name: 'approvedBy', repeated: true, kind: 'string' },
      { name: 'decidedAt', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'funded',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.FundedPart',
        description: 'Of the amount, less what was given back, who pays what.',
      },
      {
        name: 'platformId',
        kind: 'int32',
        description: "Of another platform's bill: whose, its number there, what it is for. It has then no bill and bid of the exchange.",
      },
      { name: 'platformBill', kind: 'string' },
      { name: 'service', kind: 'enum', type: 'exchange.voucher.v1.BilledService' },
      {
        name: 'findings',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.Finding',
        description:
          "What officers should look at before it is paid: a claim with one waits for two of them. Shown to the programme's authority, operator and regulator alone.",
      },
      {
        name: 'firm',
        kind: 'message',
        type: 'exchange.voucher.v1.RegisteredFirm',
        description:
          "Who claimed, as registered then (of claims from before this was kept: as registered now). Shown to the programme's authority, operator and regulator alone.",
      },
      {
        name: 'lines',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.ClaimLine',
        description:
          'What of the bill the programme was asked to pay for; nothing else of the bill. Shown as the firm is, of one claim alone.',
      },
    ],
  },
  'exchange.voucher.v1.ClaimLine': {
    description: "The lines of one lease on a bill, added up; of another platform's bill, one line.",
    fields: [
      { name: 'tradeId', kind: 'int64', description: "The lease; of another platform's bill the line, from 1." },
      { name: 'providerId', kind: 'int32' },
      { name: 'provider', kind: 'message', type: 'exchange.voucher.v1.RegisteredFirm', description: 'As registered now.' },
      { name: 'computeClass', kind: 'enum', type: 'exchange.common.v1.ComputeClass' },
      { name: 'domestic', kind: 'bool' },
      { name: 'greenShareBp', kind: 'int32' },
      { name: 'base', kind: 'bigint', rule: { format: 'money' } },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'refunded', kind: 'bigint', rule: { format: 'money' }, description: 'Of base and of amount, given back.' },
      { name: 'clawedBack', kind: 'bigint', rule: { format: 'money' } },
    ],
  },
  'exchange.voucher.v1.ExportClaimsRequest': { fields: [{ name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.GetClaimRequest': { fields: [{ name: 'claimId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.ListClaimsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'programmeId', kind: 'int32', rule: { min: 0 } },
      { name: 'buyerId', kind: 'int32', rule: { min: 0 } },
      { name: 'billId', kind: 'int64', rule: { min: 0 } },
      { name: 'state', kind: 'enum', type: 'exchange.voucher.v1.ClaimState' },
    ],
  },
  'exchange.voucher.v1.ListClaimsResponse': {
    fields: [
      { name: 'claims', repeated: true, kind: 'message', type: 'exchange.voucher.v1.Claim' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.ApproveClaimRequest': { fields: [{ name: 'claimId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.RefuseClaimRequest': {
    fields: [
      { name: 'claimId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
    ],
  },
  'exchange.voucher.v1.SubsidyForBid': {
    description: 'What a bid is, as far as a programme asks.',
    fields: [
      { name: 'orderId', kind: 'int64', rule: { min: 1, required: true, format: 'orderId' } },
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'buyerId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'worstCase',
        kind: 'bigint',
        rule: { min: 1, max: 9000000000000000, required: true, format: 'money' },
        description: 'limit × units × hours (R-22).',
      },
      {
        name: 'classes',
        repeated: true,
        kind: 'enum',
        type: 'exchange.common.v1.ComputeClass',
        rule: { minItems: 1, maxItems: 3 },
        description: 'Of every book that it accepts.',
      },
      {
        name: 'domesticOnly',
        kind: 'bool',
        description: 'Its constraints (R-7): what it asks for itself is sure to be covered, and earns the extra rates.',
      },
      { name: 'greenShareBpMin', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'providersIn', repeated: true, kind: 'int32', rule: { min: 1, maxItems: 64 } },
      {
        name: 'attempt',
        kind: 'int64',
        rule: { min: 0 },
        description:
          "Which try of the order's it is, by one count of whoever asks (later tries have larger numbers). 0: of a caller that counts none.",
      },
    ],
  },
  'exchange.voucher.v1.SubsidyAnswer': {
    fields: [
      {
        name: 'amount',
        kind: 'bigint',
        rule: { format: 'money' },
        description: 'Micro-yuan held for the bid; 0 where the programme reimburses, or has nothing left.',
      },
      { name: 'rateBp', kind: 'int32' },
      { name: 'clauses', number: 4, repeated: true, kind: 'message', type: 'exchange.voucher.v1.Clause' },
    ],
  },
  'exchange.voucher.v1.ReleaseSubsidyForBid': {
    fields: [
      { name: 'orderId', kind: 'int64', rule: { min: 1, required: true, format: 'orderId' } },
      {
        name: 'attempt',
        kind: 'int64',
        rule: { min: 0 },
        description: 'It and all tries before it are over; nothing where a later one came. 0: whatever is open.',
      },
    ],
  },
  'exchange.voucher.v1.TryProgrammeRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'year', kind: 'int32', rule: { min: 2000, max: 9999, required: true }, description: "Of the bills' months, Asia/Shanghai." },
      { name: 'terms', kind: 'message', type: 'exchange.voucher.v1.ProgrammeTerms', description: 'Absent: those of the programme.' },
      {
        name: 'asOf',
        kind: 'int64',
        rule: { min: 0, format: 'time' },
        description:
          'The moment whose bills, refunds, registrations, debts and grants it takes: that of another trial, to be compared with it. Absent: now.',
      },
    ],
  },
  'exchange.voucher.v1.TrialClause': {
    description: 'What one clause refused or cut.',
    fields: [
      { name: 'rule', kind: 'string' },
      { name: 'contracts', kind: 'int32' },
      { name: 'base', kind: 'bigint', rule: { format: 'money' }, description: 'What the bills of these come to.' },
    ],
  },
  'exchange.voucher.v1.Trial': {
    description:
      "What a year's bills would have cost, had each bid of it named the programme. The buyers are those of the authority's region, as they were registered at the moment that it takes, what served a bid as it was; the programme's days are moved to that year.",
    fields: [
      { name: 'trialId', kind: 'int64' },
      { name: 'programmeId', kind: 'int32' },
      { name: 'year', kind: 'int32' },
      { name: 'terms', kind: 'message', type: 'exchange.voucher.v1.ProgrammeTerms' },
      { name: 'contracts', kind: 'int32', description: 'Bid by bid and bill by bill, adjustments by later bills apart.' },
      { name: 'granted', kind: 'int32' },
      { name: 'firms', kind: 'int32' },
      { name: 'base', kind: 'bigint', rule: { format: 'money' }, description: 'Of all contracts, less refunds.' },
      { name: 'cost', kind: 'bigint', rule: { format: 'money' } },
      { name: 'forOfficers', kind: 'int32', description: 'Claims that would have waited for two officers.' },
      {
        name: 'exhaustedOn',
        kind: 'int32',
        rule: { format: 'day' },
        description: "When the bill was issued for which the budget, or the year's, had too little. Absent where it lasted.",
      },
      { name: 'clauses', repeated: true, kind: 'message', type: 'exchange.voucher.v1.TrialClause' },
      { name: 'funded', repeated: true, kind: 'message', type: 'exchange.voucher.v1.FundedPart' },
      { name: 'throughBillId', kind: 'int64', description: 'The newest bill that it knew.' },
      { name: 'triedBy', kind: 'string' },
      { name: 'triedAt', kind: 'int64', rule: { format: 'time' } },
      { name: 'asOf', kind: 'int64', rule: { format: 'time' } },
      {
        name: 'inputsHash',
        kind: 'string',
        description: 'SHA-256 (hex) of all that it was tried on. Trials with the same are compared; those of before it was kept have none.',
      },
    ],
  },
  'exchange.voucher.v1.ListTrialsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
    ],
  },
  'exchange.voucher.v1.ListTrialsResponse': {
    fields: [
      { name: 'trials', repeated: true, kind: 'message', type: 'exchange.voucher.v1.Trial' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.GetTrialRequest': { fields: [{ name: 'trialId', kind: 'int64', rule: { min: 1, required: true } }] },
  'exchange.voucher.v1.ListTrialFirmsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'trialId', kind: 'int64', rule: { min: 1, required: true } },
    ],
  },
  'exchange.voucher.v1.TrialFirm': {
    fields: [
      { name: 'buyerId', kind: 'int32' },
      { name: 'contracts', kind: 'int32' },
      { name: 'granted', kind: 'int32' },
      { name: 'base', kind: 'bigint', rule: { format: 'money' } },
      { name: 'amount', kind: 'bigint', rule: { format: 'money' } },
      { name: 'firm', kind: 'message', type: 'exchange.voucher.v1.RegisteredFirm', description: 'As registered now.' },
    ],
  },
  'exchange.voucher.v1.ListTrialFirmsResponse': {
    fields: [
      { name: 'firms', repeated: true, kind: 'message', type: 'exchange.voucher.v1.TrialFirm' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.CompareTrialsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'trialId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'withTrialId', kind: 'int64', rule: { min: 1, required: true }, description: 'The version that it is compared with.' },
    ],
  },
  'exchange.voucher.v1.ComparedFirm': {
    fields: [
      { name: 'buyerId', kind: 'int32' },
      { name: 'before', kind: 'bigint', rule: { format: 'money' } },
      { name: 'after', kind: 'bigint', rule: { format: 'money' } },
      { name: 'firm', kind: 'message', type: 'exchange.voucher.v1.RegisteredFirm', description: 'As registered now.' },
    ],
  },
  'exchange.voucher.v1.TrialComparison': {
    fields: [
      {
        name: 'before',
        kind: 'message',
        type: 'exchange.voucher.v1.Trial',
        description: 'The version that it is compared with, and the one that is asked about.',
      },
      { name: 'after', kind: 'message', type: 'exchange.voucher.v1.Trial' },
      { name: 'gained', kind: 'int32', description: 'Firms that get something in one of the two alone, and those that get more or less.' },
      { name: 'lost', kind: 'int32' },
      { name: 'more', kind: 'int32' },
      { name: 'less', kind: 'int32' },
      { name: 'firms', repeated: true, kind: 'message', type: 'exchange.voucher.v1.ComparedFirm', description: 'Whose amount changes.' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
  'exchange.voucher.v1.PlatformBillLine': {
    fields: [
      {
        name: 'providerId',
        kind: 'int32',
        rule: { min: 1, required: true },
        description: 'Who provided it: registered here, so that it is known who is related to whom.',
      },
      {
        name: 'amount',
        kind: 'bigint',
        rule: { min: 1, max: 9000000000000000, required: true, format: 'money' },
        description: 'What the buyer paid for it.',
      },
      {
        name: 'computeClass',
        kind: 'enum',
        type: 'exchange.common.v1.ComputeClass',
        description: 'Of compute; asked of every line of a compute bill.',
      },
      { name: 'domestic', kind: 'bool' },
      { name: 'greenShareBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      {
        name: 'usageHash',
        kind: 'string',
        rule: { pattern: '^[0-9a-f]{64}$' },
        description: 'SHA-256 (hex) of the usage records that it was billed from.',
      },
    ],
  },
  'exchange.voucher.v1.SubmitPlatformBillRequest': {
    fields: [
      { name: 'programmeId', kind: 'int32', rule: { min: 1, required: true } },
      { name: 'platformId', kind: 'int32', rule: { min: 0 }, description: 'Whose; 0: the caller. Others only by the operator.' },
      {
        name: 'billNumber',
        kind: 'string',
        rule: { minLength: 1, maxLength: 64, required: true },
        description: 'Its number at the platform, once for good.',
      },
      { name: 'buyerId', kind: 'int32', rule: { min: 1, required: true } },
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, Asia/Shanghai; it is over.',
      },
      { name: 'service', kind: 'enum', type: 'exchange.voucher.v1.BilledService', rule: { required: true } },
      {
        name: 'contractHash',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9a-f]{64}$' },
        description: 'SHA-256 (hex) of the contract: one contract is subsidised once for a period, on whatever platforms it is billed.',
      },
      {
        name: 'receiptHash',
        kind: 'string',
        rule: { required: true, pattern: '^[0-9a-f]{64}$' },
        description: "SHA-256 (hex) of the payment's receipt; one receipt serves one bill.",
      },
      {
        name: 'subsidisedElsewhere',
        kind: 'bigint',
        rule: { min: 0, max: 9000000000000000, format: 'money' },
        description: "What others than the exchange's programmes paid of it.",
      },
      {
        name: 'lines',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.PlatformBillLine',
        rule: { minItems: 1, maxItems: 1000 },
      },
    ],
  },
  'exchange.voucher.v1.CancelledLine': {
    description: 'Of one line, what the platform paid back.',
    fields: [
      { name: 'line', kind: 'int32', rule: { min: 1, max: 1000, required: true }, description: 'From 1, as the bill has them.' },
      { name: 'amount', kind: 'bigint', rule: { min: 1, max: 9000000000000000, required: true, format: 'money' } },
    ],
  },
  'exchange.voucher.v1.CancelPlatformBillRequest': {
    fields: [
      { name: 'claimId', kind: 'int64', rule: { min: 1, required: true } },
      { name: 'reason', kind: 'string', rule: { minLength: 1, maxLength: 500, required: true } },
      {
        name: 'lines',
        repeated: true,
        kind: 'message',
        type: 'exchange.voucher.v1.CancelledLine',
        rule: { maxItems: 1000 },
        description: 'None: all that is left of the bill.',
      },
    ],
  },
  'exchange.voucher.v1.DeclareSubsidyElsewhereRequest': {
    fields: [
      { name: 'bidId', kind: 'int64', rule: { min: 1, required: true, format: 'orderId' } },
      {
        name: 'month',
        kind: 'string',
        rule: { required: true, pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' },
        description: 'YYYY-MM, of the bill.',
      },
      { name: 'funder', kind: 'string', rule: { minLength: 1, maxLength: 120, required: true }, description: 'Who pays it.' },
      { name: 'amount', kind: 'bigint', rule: { min: 0, max: 9000000000000000, format: 'money' } },
    ],
  },
  'exchange.voucher.v1.DeclareOwnershipRequest': {
    fields: [
      {
        name: 'owner',
        kind: 'string',
        rule: { required: true, pattern: '^(participant/[1-9][0-9]{0,8}|[A-Za-z0-9-]{1,64})$' },
        description:
          '"participant/12", or what a register calls a person or a company that is no participant (a unified social credit code 统一社会信用代码).',
      },
      { name: 'owned', kind: 'string', rule: { required: true, pattern: '^(participant/[1-9][0-9]{0,8}|[A-Za-z0-9-]{1,64})$' } },
      { name: 'shareBp', kind: 'int32', rule: { min: 0, max: 10000 } },
      { name: 'source', kind: 'string', rule: { minLength: 1, maxLength: 200, required: true }, description: 'Where it is written.' },
      {
        name: 'participantId',
        kind: 'int32',
        rule: { min: 0 },
        description: 'Whose word it is; 0: the caller. Others only by the operator.',
      },
    ],
  },
  'exchange.voucher.v1.Ownership': {
    fields: [
      { name: 'owner', kind: 'string' },
      { name: 'owned', kind: 'string' },
      { name: 'shareBp', kind: 'int32' },
      { name: 'source', kind: 'string' },
      { name: 'key', kind: 'string' },
      { name: 'at', kind: 'int64', rule: { format: 'time' } },
      { name: 'participantId', kind: 'int32', description: 'Who said it; 0 where that was not kept.' },
    ],
  },
  'exchange.voucher.v1.ListOwnershipsRequest': {
    fields: [
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageRequest' },
      { name: 'owned', kind: 'string', rule: { maxLength: 64 }, description: 'Empty: all.' },
      { name: 'history', kind: 'bool', description: 'Also what its speaker replaced or ended since.' },
    ],
  },
  'exchange.voucher.v1.ListOwnershipsResponse': {
    fields: [
      { name: 'ownerships', repeated: true, kind: 'message', type: 'exchange.voucher.v1.Ownership' },
      { name: 'page', kind: 'message', type: 'exchange.common.v1.PageInfo' },
    ],
  },
};

export const enums: Record<string, EnumSchema> = {
  'exchange.common.v1.ComputeClass': {
    values: [
      { name: 'GENERAL', number: 1, description: '通算' },
      { name: 'INTELLIGENT', number: 2, description: '智算' },
      { name: 'SUPER', number: 3, description: '超算' },
    ],
  },
  'exchange.common.v1.Unit': {
    values: [
      { name: 'CARD', number: 1 },
      { name: 'CORE', number: 2 },
      { name: 'NODE', number: 3 },
    ],
  },
  'exchange.common.v1.Tier': {
    values: [
      { name: 'FIRM', number: 1, description: '保障' },
      { name: 'RECLAIMABLE', number: 2, description: '可抢占' },
    ],
  },
  'exchange.common.v1.Precision': {
    values: [
      { name: 'FP16', number: 1 },
      { name: 'FP32', number: 2 },
    ],
  },
  'exchange.common.v1.ResidencyZone': {
    description: 'Where data may lie (R-37).',
    values: [
      { name: 'DOMESTIC', number: 1, description: '境内' },
      { name: 'BONDED', number: 2, description: '境内关外, a special customs zone' },
      { name: 'ABROAD', number: 3, description: '境外' },
    ],
  },
  'exchange.common.v1.DataClass': {
    description: '数据分级',
    values: [
      { name: 'GENERAL', number: 1, description: '一般数据' },
      { name: 'IMPORTANT', number: 2, description: '重要数据' },
      { name: 'CORE', number: 3, description: '核心数据' },
    ],
  },
  'exchange.common.v1.Interconnect': {
    values: [
      { name: 'ETHERNET', number: 1 },
      { name: 'ROCE', number: 2 },
      { name: 'INFINIBAND', number: 3 },
      { name: 'NVLINK', number: 4, description: 'Cards of one node joined by a switch fabric.' },
    ],
  },
  'exchange.common.v1.Health': {
    description: 'Health of a pool or node as monitoring judges it (R-24).',
    values: [
      { name: 'OK', number: 1 },
      {
        name: 'SUSPECT',
        number: 2,
        description: 'Heartbeat past its deadline or telemetry against the registration: nothing new is matched, leases are at risk.',
      },
      { name: 'DRAINING', number: 3, description: 'Planned maintenance: nothing new, what runs ends.' },
      { name: 'LOST', number: 4, description: 'Leases on it are lost from the next slot.' },
    ],
  },
  'exchange.common.v1.Role': {
    description: 'What a participant (or a service of the exchange itself) is allowed to be.',
    values: [
      { name: 'PROVIDER', number: 1 },
      { name: 'BUYER', number: 2 },
      { name: 'AUTHORITY', number: 3 },
      { name: 'OPERATOR', number: 4 },
      { name: 'REGULATOR', number: 5 },
      { name: 'PARTNER', number: 6 },
      { name: 'SERVICE', number: 7, description: 'A service of the exchange, never a person. Methods for it alone have no HTTP route.' },
    ],
  },
  'exchange.common.v1.Format': {
    description: 'How a scalar is written in JSON. In the contract itself it is always an integer or a plain string.',
    values: [
      { name: 'MONEY', number: 1, description: 'Micro-yuan; JSON: a decimal string of yuan, at most six decimals.' },
      { name: 'PRICE', number: 2, description: 'Micro-yuan a unit-hour, a multiple of 100; JSON: a decimal string of yuan a unit-hour.' },
      { name: 'SLOT', number: 3, description: 'Slots of 15 minutes since the Unix epoch; JSON: RFC 3339 on a quarter of an hour.' },
      { name: 'TIME', number: 4, description: 'Milliseconds since the Unix epoch; JSON: RFC 3339.' },
      { name: 'ORDER_ID', number: 5, description: "A 52-bit order id; JSON: eleven characters of Crockford's base 32." },
      { name: 'DAY', number: 6, description: 'A day, as days since the Unix epoch in Asia/Shanghai; JSON: YYYY-MM-DD.' },
    ],
  },
  'exchange.interconnect.v1.CpuArchitecture': {
    values: [
      { name: 'X86_64', number: 1 },
      { name: 'ARM_64', number: 2 },
    ],
  },
  'exchange.interconnect.v1.PartnerState': {
    values: [
      { name: 'ACTIVE', number: 1 },
      { name: 'SUSPENDED', number: 2 },
      { name: 'LEFT', number: 3 },
    ],
  },
  'exchange.interconnect.v1.MessageKind': {
    values: [
      { name: 'HELLO', number: 1 },
      { name: 'ADVERTISE', number: 2 },
      { name: 'QUOTE', number: 3 },
      { name: 'RESERVE', number: 4 },
      { name: 'COMMIT', number: 5 },
      { name: 'CANCEL', number: 6 },
      { name: 'LEASE_STATE', number: 7 },
      { name: 'USAGE', number: 8 },
      { name: 'STATEMENT', number: 9 },
      { name: 'NETTING', number: 10 },
      { name: 'UNKNOWN', number: 99, description: 'Of a later version: refused.' },
    ],
  },
  'exchange.interconnect.v1.MessageDirection': {
    values: [
      { name: 'SAID', number: 1 },
      { name: 'HEARD', number: 2 },
    ],
  },
  'exchange.interconnect.v1.MessageOutcome': {
    values: [
      { name: 'UNANSWERED', number: 1, description: 'Asked until the partner answers.' },
      { name: 'DONE', number: 2 },
      { name: 'REFUSED', number: 3 },
    ],
  },
  'exchange.interconnect.v1.RemoteLeaseState': {
    description: 'The same as of any lease (R-27a).',
    values: [
      { name: 'PENDING', number: 1 },
      { name: 'CONFIRMED', number: 2 },
      { name: 'ACTIVE', number: 3 },
      { name: 'ENDED', number: 4 },
      { name: 'CUT_SHORT', number: 5 },
    ],
  },
  'exchange.monitoring.v1.IndicatorSource': {
    description: 'Where a figure comes from.',
    values: [
      { name: 'MEASURED', number: 1, description: 'Counted by the exchange.' },
      { name: 'REGISTERED', number: 2, description: 'Summed over what providers registered and the operator verified.' },
      { name: 'DECLARED', number: 3, description: 'Said by the operator, with evidence.' },
    ],
  },
  'exchange.monitoring.v1.IndicatorForm': {
    description: 'What the records of a figure are added up to.',
    values: [
      { name: 'SUM', number: 1, description: 'The sum of numerators.' },
      { name: 'RATIO', number: 2, description: 'The sum of numerators over the sum of denominators.' },
    ],
  },
  'exchange.monitoring.v1.IndicatorSpan': {
    values: [
      { name: 'INSTANT', number: 1, description: 'Stands at an instant.' },
      { name: 'PERIOD', number: 2, description: 'Of a period; now, of the month that runs.' },
    ],
  },
  'exchange.monitoring.v1.IndicatorRecordKind': {
    values: [
      { name: 'SITE', number: 1 },
      { name: 'POOL', number: 2 },
      { name: 'LINK', number: 3 },
      { name: 'PARTICIPANT', number: 4 },
      { name: 'LEASE', number: 5 },
      { name: 'DECLARATION', number: 6 },
    ],
  },
  'exchange.monitoring.v1.Plan': {
    description: 'A public plan whose aims are known.',
    values: [
      { name: 'CHONGQING_2025_2027', number: 1, description: '重庆市建设新型能源算力枢纽实施方案（2025—2027年）' },
      { name: 'CHONGQING_2023_2025', number: 2, description: '重庆市算力网络发展“算力山城 强算赋能”行动计划（2023-2025年）' },
      { name: 'CHENGDU_2025', number: 3, description: '全国一体化算力网络成渝国家枢纽节点（成都）推进方案' },
      { name: 'YUZHONG_2025_2027', number: 4, description: '渝中区算力经济发展三年行动计划（2025年—2027年）' },
      { name: 'BEIJING_2024_2027', number: 5, description: '北京市算力基础设施建设实施方案（2024-2027年）' },
    ],
  },
  'exchange.monitoring.v1.IndicatorPeriodKind': {
    values: [
      { name: 'MONTH', number: 1 },
      { name: 'QUARTER', number: 2 },
      { name: 'YEAR', number: 3 },
    ],
  },
  'exchange.monitoring.v1.AimState': {
    values: [
      { name: 'MET', number: 1 },
      { name: 'MISSED', number: 2 },
      { name: 'UNKNOWN', number: 3, description: 'No figure is known.' },
    ],
  },
  'exchange.monitoring.v1.SitePromiseKind': {
    values: [
      { name: 'PUE', number: 1, description: 'At most; thousandths.' },
      { name: 'GREEN_SHARE', number: 2, description: 'To be passed; basis points.' },
    ],
  },
  'exchange.monitoring.v1.SitePromiseState': {
    values: [
      { name: 'KEPT', number: 1 },
      { name: 'NOT_YET_DUE', number: 2, description: 'Not kept, and the plan gives it time yet.' },
      { name: 'MISSED', number: 3 },
    ],
  },
  'exchange.monitoring.v1.NationalKind': {
    values: [
      { name: 'IDENTIFIER', number: 1, description: '标识: a provider, site or pool asks for its national identifier.' },
      { name: 'RESOURCE', number: 2, description: '资源上报: a provider, site or pool as it is now.' },
      { name: 'MONITORING', number: 3, description: "监测上传: a site's hour." },
      { name: 'INDICATOR', number: 4, description: "A month's figure." },
    ],
  },
  'exchange.monitoring.v1.NationalItemState': {
    values: [
      { name: 'WAITING', number: 1, description: 'No answer is known yet; it is asked again until there is one.' },
      { name: 'ACKNOWLEDGED', number: 2 },
      { name: 'REFUSED', number: 3, description: 'It waits for a correction.' },
      { name: 'REPLACED', number: 4, description: 'It was refused, and another stands in its place.' },
    ],
  },
  'exchange.monitoring.v1.NationalReturnKind': {
    values: [
      { name: 'NEED', number: 1 },
      { name: 'RESOURCE', number: 2 },
      { name: 'NOTICE', number: 3 },
    ],
  },
  'exchange.monitoring.v1.LinkPromise': {
    values: [
      { name: 'ONE_WAY', number: 1, description: 'Microseconds from the region of demand to the other end: at most.' },
      { name: 'ROUND_TRIP', number: 2, description: 'Microseconds there and back: at most. What the market counts.' },
      { name: 'THROUGHPUT', number: 3, description: 'Megabits a second: at least.' },
    ],
  },
  'exchange.monitoring.v1.Compliance': {
    values: [
      { name: 'KEPT', number: 1 },
      { name: 'BROKEN', number: 2 },
      { name: 'NOT_MEASURED', number: 3 },
    ],
  },
  'exchange.monitoring.v1.ProbeSource': {
    values: [
      { name: 'OWNER', number: 1 },
      { name: 'OPERATOR', number: 2 },
    ],
  },
  'exchange.monitoring.v1.SignedDayState': {
    values: [
      { name: 'COUNTERSIGNED', number: 1, description: 'Both have signed the same.' },
      {
        name: 'DIFFERENT',
        number: 2,
        description: "The agent signed other roll-ups than the exchange has. What judges and bills are the exchange's.",
      },
      { name: 'MISSING', number: 3, description: 'A key stood for the pool all day, and nothing came within seven days.' },
    ],
  },
  'exchange.monitoring.v1.Metric': {
    description: 'What a node is measured by. Values are whole numbers in the unit named.',
    values: [
      { name: 'UNITS_UP', number: 1, description: 'Units that work.' },
      { name: 'UTILISATION', number: 2, description: 'Mean load of the units, basis points: hw.gpu.utilization.' },
      { name: 'POWER', number: 3, description: "Watts at the node's inlet: hw.power." },
      { name: 'TEMPERATURE', number: 4, description: 'Tenths of a degree Celsius of the hottest unit: hw.temperature.' },
      { name: 'MEMORY_UTILISATION', number: 5, description: 'Memory in use, basis points: hw.gpu.memory.utilization.' },
      { name: 'ENERGY', number: 6, description: 'Kilojoules since the meter began, a counter: hw.energy.' },
      { name: 'ERRORS', number: 7, description: 'Errors since the node began, a counter: hw.errors.' },
      { name: 'SPEED', number: 8, description: "Megahertz of the units' clock: hw.cpu.speed." },
    ],
  },
  'exchange.registry.v1.RegistrationState': {
    description: 'Life of everything registered. RETIRED is final.',
    values: [
      { name: 'DRAFT', number: 1 },
      { name: 'SUBMITTED', number: 2 },
      { name: 'VERIFIED', number: 3 },
      { name: 'SUSPENDED', number: 4 },
      { name: 'RETIRED', number: 5 },
    ],
  },
  'exchange.registry.v1.OrganisationSize': {
    values: [
      { name: 'INDIVIDUAL', number: 1 },
      { name: 'MICRO', number: 2 },
      { name: 'SMALL', number: 3 },
      { name: 'MEDIUM', number: 4 },
      { name: 'LARGE', number: 5 },
    ],
  },
  'exchange.registry.v1.RegisteredKind': {
    description: 'What an identifier or a row of the history is about.',
    values: [
      { name: 'PARTICIPANT', number: 1 },
      { name: 'SITE', number: 2 },
      { name: 'POOL', number: 3 },
      { name: 'NODE', number: 4 },
      { name: 'LINK', number: 5 },
      { name: 'NEED', number: 6 },
    ],
  },
  'exchange.registry.v1.SiteClass': {
    description: 'By standard racks of 2.5 kW.',
    values: [
      { name: 'EDGE', number: 1, description: 'Fewer than 100 standard racks.' },
      { name: 'SMALL', number: 2, description: '100 to 2,999: medium and small.' },
      { name: 'LARGE', number: 3, description: '3,000 to 9,999.' },
      { name: 'VERY_LARGE', number: 4, description: '10,000 and more.' },
    ],
  },
  'exchange.registry.v1.DrainState': {
    values: [
      { name: 'PLANNED', number: 1 },
      { name: 'ACTIVE', number: 2 },
      { name: 'ENDED', number: 3 },
      { name: 'CANCELLED', number: 4 },
    ],
  },
  'exchange.scheduling.v1.MarketActionKind': {
    values: [
      { name: 'HALT_BOOK', number: 1 },
      { name: 'REOPEN_BOOK', number: 2 },
      { name: 'STOP_MARKET', number: 3 },
      { name: 'START_MARKET', number: 4 },
      { name: 'CURTAIL_SITE', number: 5 },
      { name: 'LIFT_CURTAILMENT', number: 6 },
    ],
  },
  'exchange.scheduling.v1.LeaseState': {
    values: [
      { name: 'PENDING', number: 1 },
      { name: 'CONFIRMED', number: 2 },
      { name: 'ACTIVE', number: 3 },
      { name: 'ENDED', number: 4 },
      { name: 'CUT_SHORT', number: 5 },
    ],
  },
  'exchange.scheduling.v1.BookState': {
    description: 'R-23. A stopped market halts every book; see its status.',
    values: [
      { name: 'OPEN', number: 1 },
      { name: 'HALTED', number: 2, description: 'It collects what arrives, and nothing of it trades.' },
    ],
  },
  'exchange.scheduling.v1.ReservationState': {
    values: [
      { name: 'OPEN', number: 1, description: 'It waits to be committed or released.' },
      { name: 'MADE', number: 2, description: 'Its pieces are trades, and leases of the same numbers.' },
      { name: 'RELEASED', number: 3 },
      { name: 'LAPSED', number: 4, description: '`until` passed.' },
      { name: 'UNFILLED', number: 5, description: 'The market has not all of it: nothing was reserved.' },
      { name: 'REFUSED', number: 6, description: '`refusal` says by which rule.' },
    ],
  },
  'exchange.scheduling.v1.TimeInForce': {
    description: 'R-5. Unspecified is GTC.',
    values: [
      { name: 'GTC', number: 1, description: 'Until cancelled or its window has passed.' },
      { name: 'GTD', number: 2, description: 'Good till the time that it names.' },
      { name: 'IOC', number: 3, description: 'What matches at once; the rest ends.' },
      { name: 'FOK', number: 4, description: 'All at once or nothing.' },
    ],
  },
  'exchange.scheduling.v1.Placement': {
    description: 'R-6. Unspecified is ANYWHERE.',
    values: [
      { name: 'ONE_POOL', number: 1, description: 'Gang: one pool, one start, all or none.' },
      { name: 'ONE_SITE', number: 2 },
      { name: 'ONE_REGION', number: 3 },
      { name: 'ANYWHERE', number: 4, description: 'Each piece may start on its own.' },
    ],
  },
  'exchange.scheduling.v1.Preference': {
    description: 'R-8. Unspecified is CHEAPEST.',
    values: [
      { name: 'CHEAPEST', number: 1 },
      { name: 'GREENEST', number: 2 },
      { name: 'NEAREST', number: 3 },
      { name: 'EARLIEST', number: 4 },
    ],
  },
  'exchange.scheduling.v1.Standby': {
    description: 'R-7a 灾备: how far apart the second fill is. Unspecified: none is asked.',
    values: [
      { name: 'SITE', number: 1, description: 'At another site.' },
      { name: 'REGION', number: 2, description: 'In another region.' },
    ],
  },
  'exchange.scheduling.v1.OrderState': {
    values: [
      { name: 'OPEN', number: 1, description: 'It rests, perhaps filled in part.' },
      { name: 'FILLED', number: 2 },
      { name: 'CANCELLED', number: 3 },
      { name: 'EXPIRED', number: 4 },
      { name: 'ENDED', number: 5, description: 'IOC or FOK: what could not be filled at once.' },
    ],
  },
  'exchange.scheduling.v1.Reclaimer': {
    description: 'R-17: for whom a lease was reclaimed.',
    values: [
      { name: 'FIRM_BID', number: 1, description: 'A bid of the FIRM tier; whose is told to nobody.' },
      { name: 'GRID', number: 2, description: 'The grid takes power from the site.' },
    ],
  },
  'exchange.settlement.v1.DisputeState': {
    values: [
      { name: 'OPEN', number: 1 },
      { name: 'GRANTED', number: 2, description: 'In whole or in part: the granted amount was refunded.' },
      { name: 'REFUSED', number: 3 },
      { name: 'WITHDRAWN', number: 4 },
      { name: 'LAPSED', number: 5, description: 'Nobody decided in time: what was frozen is released and the bill stands.' },
    ],
  },
  'exchange.settlement.v1.EvidenceKind': {
    values: [
      { name: 'TELEMETRY', number: 1, description: 'Signed telemetry of the lease (R-29).' },
      { name: 'DOCUMENT', number: 2 },
    ],
  },
  'exchange.settlement.v1.ProgrammeEnd': {
    values: [
      { name: 'EXPIRED', number: 1 },
      { name: 'REVOKED', number: 2 },
    ],
  },
  'exchange.settlement.v1.PayoutAccountState': {
    values: [
      { name: 'PROPOSED', number: 1 },
      { name: 'IN_FORCE', number: 2 },
      { name: 'REPLACED', number: 3 },
      { name: 'REJECTED', number: 4 },
    ],
  },
  'exchange.settlement.v1.WithdrawalState': {
    values: [
      { name: 'REQUESTED', number: 1 },
      { name: 'POSTED', number: 2 },
      { name: 'REFUSED', number: 3 },
    ],
  },
  'exchange.settlement.v1.TransferPhase': {
    values: [
      { name: 'SINGLE', number: 1, description: 'Posted at once.' },
      { name: 'PENDING', number: 2 },
      { name: 'POST', number: 3, description: 'Posts a pending transfer, whole or in part, and ends it.' },
      { name: 'VOID', number: 4 },
      { name: 'TIMEOUT', number: 5 },
    ],
  },
  'exchange.settlement.v1.PayoutState': {
    values: [
      { name: 'INSTRUCTED', number: 1 },
      { name: 'PAID', number: 2 },
      { name: 'RETURNED', number: 3 },
    ],
  },
  'exchange.settlement.v1.ScheduleKind': {
    values: [
      { name: 'FEE', number: 1, description: "A share of the price, kept from the provider's income." },
      { name: 'SLA', number: 2, description: 'Credit for availability missed, paid by the provider (R-29).' },
      { name: 'DISPUTE', number: 3, description: 'How long after its issue a bill may be disputed, and how soon that is decided (R-29).' },
      { name: 'TAX', number: 4, description: 'Value-added tax that bills include.' },
      { name: 'CARBON', number: 5, description: "Carbon of the grid's energy." },
      { name: 'SHORTFALL', number: 6, description: 'What green energy short of a promise costs (R-30).' },
    ],
  },
  'exchange.settlement.v1.NoticeKind': {
    values: [
      { name: 'BUDGET_ALARM', number: 1 },
      { name: 'RECEIVABLE_DUE', number: 2, description: 'A receivable falls due soon.' },
      { name: 'RECEIVABLE_OVERDUE', number: 3, description: 'It is past due, and new orders are refused (R-28).' },
      {
        name: 'DISPUTE_OPENED',
        number: 4,
        description:
          "A line that one bought, is paid for or delivered is disputed (R-29); officers are told as the exchange's participant.",
      },
      { name: 'DISPUTE_ENDED', number: 5, description: 'It was granted, refused, taken back, or lapsed.' },
      {
        name: 'PAYOUT_ACCOUNT_PROPOSED',
        number: 6,
        description:
          "Of the bank account to which one's payouts go (R-28): another is proposed, is in force, was rejected; by whichever keys.",
      },
      { name: 'PAYOUT_ACCOUNT_IN_FORCE', number: 7 },
      { name: 'PAYOUT_ACCOUNT_REJECTED', number: 8 },
    ],
  },
  'exchange.voucher.v1.ProgrammeState': {
    values: [
      { name: 'DRAFT', number: 1 },
      { name: 'SUBMITTED', number: 2 },
      { name: 'APPROVED', number: 3, description: 'By two officers; its budget is issued, its period has not begun.' },
      { name: 'ACTIVE', number: 4 },
      { name: 'EXPIRED', number: 5, description: 'Its period is over.' },
      { name: 'CLOSED', number: 6, description: 'Ended early by its authority.' },
    ],
  },
  'exchange.voucher.v1.SubsidyKind': {
    values: [
      {
        name: 'GUARANTEE',
        number: 1,
        description: 'Held with the bid, which needs so much less money; what is refused later the buyer owes.',
      },
      { name: 'REIMBURSEMENT', number: 2, description: 'Paid back on a bill that was paid; the bid needs its whole worst case in money.' },
    ],
  },
  'exchange.voucher.v1.Exhaustion': {
    description: 'What becomes of claims that together pass the budget.',
    values: [
      {
        name: 'FIRST_COME',
        number: 1,
        description: 'Who comes first is served first, until nothing is left. Meant where nothing is said.',
      },
      {
        name: 'PRO_RATA',
        number: 2,
        description:
          'Claims are collected until the period is over and every bill of it decided; then each gets the same part of what it claims. Reimbursements alone.',
      },
    ],
  },
  'exchange.voucher.v1.SubsidisedOnce': {
    description: 'For what time a contract is subsidised once (R-33).',
    values: [
      { name: 'A_MONTH', number: 1, description: 'Once for each month that it is billed for. Meant where nothing is said.' },
      { name: 'A_CONTRACT', number: 2, description: 'Once for good: of a contract that runs over several months its first bill.' },
    ],
  },
  'exchange.voucher.v1.Stacking': {
    description:
      "What counts of a contract to which others than this exchange's programmes paid a part. Two programmes of the exchange never pay for the same (R-33).",
    values: [
      { name: 'NONE', number: 1, description: 'Nothing is paid for such a contract. Meant where nothing is said.' },
      { name: 'ON_THE_REST', number: 2, description: 'The programme pays its rate of what the others left.' },
    ],
  },
  'exchange.voucher.v1.Evidence': {
    description: 'What must be shown before a programme pays.',
    values: [
      {
        name: 'PAYMENT',
        number: 1,
        description: "The fee was paid: the buyer owes the exchange nothing that is overdue; of another platform's bill, its receipt.",
      },
      {
        name: 'CONTRACT',
        number: 2,
        description: "The contract: of the exchange its own bid; of another platform's bill, the contract's hash.",
      },
      {
        name: 'USAGE',
        number: 3,
        description:
          "What was used was measured, trade by trade: by the pool's telemetry; of another platform's bill, by its usage records' hash.",
      },
    ],
  },
  'exchange.voucher.v1.BilledService': {
    description: 'What a bill is for.',
    values: [
      { name: 'COMPUTE', number: 1 },
      { name: 'MODEL', number: 2, description: 'Calls and training of models 模型券.' },
      { name: 'DATA', number: 3, description: 'Data sets and data services 数据券.' },
    ],
  },
  'exchange.voucher.v1.BurnBy': {
    description: "By what a budget's spending is told apart.",
    values: [
      { name: 'DISTRICT', number: 1, description: 'Where the firm was registered (GB/T 2260).' },
      { name: 'INDUSTRY', number: 2, description: 'Section of GB/T 4754.' },
      { name: 'SIZE', number: 3 },
      { name: 'MONTH', number: 4, description: 'Of the bills.' },
      { name: 'FIRM', number: 5 },
    ],
  },
  'exchange.voucher.v1.ClaimState': {
    values: [
      { name: 'WAITING', number: 1, description: "Above the programme's threshold: waits for two officers." },
      { name: 'GRANTED', number: 2 },
      { name: 'REFUSED', number: 3 },
      { name: 'COLLECTED', number: 4, description: 'Of a programme that pays pro rata: waits for the end of its period.' },
    ],
  },
};
