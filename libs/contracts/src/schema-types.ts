// The shapes of the generated tables: what a service, a method, a message and a field are.
import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

export type RoleName = 'provider' | 'buyer' | 'authority' | 'operator' | 'regulator' | 'partner' | 'service';

/** A message's codec, as ts-proto makes it. `$type` is its full name. */
export interface Message<T> {
  readonly $type: string;
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): T;
}

/** Who may call a method, and where it stands over HTTP (no verb: between services only). */
export interface MethodRules {
  readonly verb?: string;
  readonly path?: string;
  readonly roles: readonly RoleName[];
  readonly anonymous: boolean;
  readonly summary: string;
  readonly streamType?: string;
  /** Media type of a body that is taken, and answered, as it is. */
  readonly bodyType?: string;
  /** `package.Service/Method` of others, under which it is served over gRPC too. */
  readonly grpc?: string;
  /** JSON of a body that is taken. */
  readonly example?: string;
  readonly description?: string;
}

/** Any message's codec, in a table of all of them. */
export interface AnyMessage {
  readonly $type: string;
  encode(message: never, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): unknown;
}

export interface Method {
  readonly name: string;
  readonly requestType: AnyMessage;
  readonly responseType: AnyMessage;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly options: object;
  readonly rule: MethodRules;
}

export interface ServiceDefinition {
  readonly name: string;
  readonly fullName: string;
  readonly methods: Readonly<Record<string, Method>>;
}

export interface FieldRules {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Of messages: checked one by one where they are carried out. */
  readonly apart?: boolean;
  /** Of texts: one line, without control characters or marks that turn the direction of text. */
  readonly printable?: boolean;
  /** Of what may be left out: the rule that a 0 breaks where one is given. In a message a 0 says that there is none. */
  readonly aboveZero?: string;
  readonly format?: 'money' | 'price' | 'slot' | 'time' | 'orderId' | 'day';
}

export interface FieldSchema {
  /** Name in TypeScript and in JSON. */
  readonly name: string;
  /** On the wire; absent where it is one more than the field's place in the message. */
  readonly number?: number;
  readonly kind: 'string' | 'bool' | 'bytes' | 'double' | 'int32' | 'uint32' | 'uint64' | 'int64' | 'bigint' | 'enum' | 'message';
  /** Full name of the message or enum. */
  readonly type?: string;
  readonly repeated?: boolean;
  /** Presence is told from the default. */
  readonly optional?: boolean;
  readonly oneof?: string;
  readonly rule?: FieldRules;
  readonly description?: string;
}

export interface MessageSchema {
  readonly description?: string;
  readonly fields: readonly FieldSchema[];
}

export interface EnumSchema {
  readonly description?: string;
  readonly values: readonly { readonly name: string; readonly number: number; readonly description?: string }[];
}
