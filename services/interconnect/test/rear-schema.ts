// Schemas of REAR 2.0's documents: names, types and what must be there, as fluidos-project/REAR and fluidos-project/REAR-data-models publish them.
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const object = (properties: object, required: string[] = [], additionalProperties = true) => ({
  type: 'object',
  ...{ properties, required, additionalProperties },
});

const service = object(
  {
    Characteristics: object(
      {
        Name: text,
        Description: text,
        Category: text,
        Tags: texts,
        HostingPolicies: texts,
        ConfigurationTemplate: text,
        Latency: { type: 'integer' },
      },
      ['Name', 'Description', 'Category', 'Tags', 'HostingPolicies', 'ConfigurationTemplate'],
    ),
  },
  ['Characteristics'],
);
const flavor = object(
  {
    ...{ flavorId: text, providerId: text, timestamp: text, networkPropertyType: text, availability: { type: 'boolean' } },
    location: object({ latitude: text, longitude: text, country: text, city: text, additionalNotes: text }, [], false),
    type: object({ name: { enum: ['k8slice', 'vm', 'service', 'sensor'] }, data: service }),
    price: object({ amount: text, currency: text, period: text }, ['amount', 'currency', 'period'], false),
    owner: object({ domain: text, nodeId: text, ip: text, additionalInformation: object({}) }, ['domain', 'nodeId', 'ip'], false),
  },
  ['flavorId', 'providerId', 'timestamp', 'type', 'price', 'owner', 'availability'],
  false,
);
const identity = object(
  { Domain: text, NodeID: text, IP: text, AdditionalInformation: object({ LiqoID: text }) },
  ['Domain', 'NodeID', 'IP'],
  false,
);
const time = { type: 'string', format: 'date-time' };
const configuration = object(
  {
    type: { enum: ['k8slice', 'vm', 'service', 'sensor'] },
    data: object({ HostingPolicy: text, ConfigurationData: text }, ['ConfigurationData']),
  },
  ['type', 'data'],
  false,
);
const reservation = object({ FlavorID: text, Buyer: identity, Configuration: configuration }, ['FlavorID', 'Buyer'], false);
const transaction = object({ TransactionID: text, FlavorID: text, Buyer: identity, StartTime: time, ExpirationTime: time });
const contract = object({
  ContractID: text,
  Flavor: flavor,
  Buyer: identity,
  Seller: identity,
  ExpirationTime: time,
  Credentials: object({}),
});

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv);
const checks = {
  flavors: ajv.compile({ type: 'array', items: flavor }),
  reservation: ajv.compile(reservation),
  transaction: ajv.compile(transaction),
  contract: ajv.compile(contract),
};

/** What tests read of the documents. */
export interface Flavor {
  readonly flavorId: string;
  readonly timestamp: string;
  readonly location: { readonly country?: string };
  readonly type: {
    readonly data: {
      readonly Characteristics: {
        readonly ConfigurationTemplate: string;
        readonly Tags: string[];
        readonly Latency?: number;
        readonly SecurityStandards: string[];
      };
    };
  };
  readonly price: object;
  readonly availability: boolean;
}
export interface Transaction {
  readonly TransactionID: string;
  readonly ExpirationTime: string;
}
export interface Contract {
  readonly ExtraInformation: Readonly<Record<'amount' | 'leases' | 'signedAnswer', string>>;
}

/** What of the document is not as the specification has it. */
export function faultsOf(kind: keyof typeof checks, document: unknown): string[] {
  const check = checks[kind];
  return check(document) ? [] : check.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}
