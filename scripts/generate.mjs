// Generates libs/contracts from proto/: messages by ts-proto, then from the same descriptors the table of services (who may call what, and
// where it stands over HTTP), the table of message schemas (what each field must obey) and the library's explicit index.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFileRegistry, fromBinary, getOption, hasOption } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const target = join(root, 'libs/contracts/src');
// Made aside and then copied where it differs, so that a running build never sees half of it.
const contracts = join(root, `.cache/contracts-${process.pid}`);
mkdirSync(contracts, { recursive: true });
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
const buf = (...args) => execFileSync(join(bin, 'buf'), args, { cwd: join(root, 'proto'), env, maxBuffer: 1 << 28 });
const header = '// Code generated from proto/ by scripts/generate.mjs. DO NOT EDIT.\n';

buf('format', '-w');
buf('generate', '--template', 'buf.gen.yaml', '-o', contracts);
rmSync(join(contracts, 'gen/google'), { recursive: true, force: true });

// ts-proto carries every 64-bit field through a BigInt, and checks its range by another, even where the field's type is number: there both halves go as they are.
const safeIntegers = `
function longToNumber(reader: BinaryReader): number {
  reader["varint64"]();
  const number = reader["varint64Hi"] * 4_294_967_296 + (reader["varint64Lo"] >>> 0);
  if (!globalThis.Number.isSafeInteger(number)) throw new globalThis.Error("Value must be a safe integer");
  return number;
}

function numberToLong(writer: BinaryWriter, number: number): BinaryWriter {
  if (!globalThis.Number.isSafeInteger(number)) throw new globalThis.Error("Value must be a safe integer");
  return writer["writeVarint64"](number | 0, globalThis.Math.floor(number / 4_294_967_296) | 0);
}
`;
for (const name of readdirSync(join(contracts, 'gen'), { recursive: true }).filter((name) => name.endsWith('.ts'))) {
  const path = join(contracts, 'gen', name);
  const text = readFileSync(path, 'utf8')
    .replace(/if \(BigInt\.asU?IntN\(64, .+?\) !== .+?\) \{\n\s*throw new globalThis\.Error\(.*?\);\n\s*\}\n/g, '')
    .replace(/(writer\.uint32\(\d+\))\.int64\(BigInt\((.+?)\)\);/g, 'numberToLong($1, $2);')
    .replaceAll('longToNumber(reader.int64())', 'longToNumber(reader)');
  const safe = text.replace(/\nfunction longToNumber\(int64: [^]*?\n\}\n/, text.includes('numberToLong(') ? safeIntegers : '\n');
  writeFileSync(path, safe);
}

const set = fromBinary(FileDescriptorSetSchema, buf('build', '-o', '-'));
const registry = createFileRegistry(set);
const methodRule = registry.getExtension('exchange.common.v1.rule');
const fieldRule = registry.getExtension('exchange.common.v1.field');
const files = [...registry.files].filter((file) => file.name.startsWith('exchange/')).sort((a, b) => (a.name < b.name ? -1 : 1));

const comments = new Map();
for (const file of set.file)
  for (const location of file.sourceCodeInfo?.location ?? [])
    comments.set(`${file.name}:${location.path.join('.')}`, location.leadingComments.trim().replace(/\s*\n\s*/g, ' '));
const commentOf = (file, ...path) => comments.get(`${file.proto.name}:${path.join('.')}`) || undefined;

const json = (value) => JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? Number(item) : item));
const shorter = (type, value) => value.replace(new RegExp(`^${type.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_`), '');
const formats = ['', 'money', 'price', 'slot', 'time', 'orderId', 'day'];
const roles = ['', 'provider', 'buyer', 'authority', 'operator', 'regulator', 'partner', 'service'];

function ruleOf(field) {
  if (!hasOption(field, fieldRule)) return undefined;
  const set = getOption(field, fieldRule);
  const rule = {};
  for (const key of ['min', 'max', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems'])
    if (set[key] !== undefined) rule[key] = set[key];
  if (set.required) rule.required = true;
  if (set.apart) rule.apart = true;
  if (set.printable) rule.printable = true;
  if (set.aboveZero) rule.aboveZero = set.aboveZero;
  if (set.pattern) rule.pattern = set.pattern;
  if (set.format) rule.format = formats[set.format];
  return rule;
}

function scalarOf(field) {
  const scalar = field.scalar;
  const names = { 1: 'double', 3: 'int64', 5: 'int32', 8: 'bool', 9: 'string', 12: 'bytes', 13: 'uint32', 4: 'uint64' };
  if (!names[scalar]) throw new Error(`${field}: this scalar is not in use here`);
  if (scalar === 3) return field.proto.options?.jstype === 2 ? 'int64' : 'bigint';
  return names[scalar];
}

function fieldOf(field, place, description) {
  const entry = { name: field.localName };
  // Nearly all are numbered by their places.
  if (field.number !== place + 1) entry.number = field.number;
  if (field.fieldKind === 'map') throw new Error(`${field}: maps are not in use here`);
  if (field.fieldKind === 'list') entry.repeated = true;
  const kind = field.fieldKind === 'list' ? field.listKind : field.fieldKind;
  if (kind === 'message') Object.assign(entry, { kind: 'message', type: field.message.typeName });
  else if (kind === 'enum') Object.assign(entry, { kind: 'enum', type: field.enum.typeName });
  else entry.kind = scalarOf(field);
  if (field.proto.proto3Optional) entry.optional = true;
  if (field.oneof) entry.oneof = field.oneof.localName;
  const rule = ruleOf(field);
  if (rule) entry.rule = rule;
  if (description) entry.description = description;
  return entry;
}

const messages = {};
const enums = {};
const services = [];
const exported = [];
for (const file of files) {
  const path = `./gen/${file.name}.js`;
  const names = [];
  file.enums.forEach((type) => names.push(type.name));
  file.messages.forEach((type) => names.push(type.name));
  file.enums.forEach((type, index) => {
    enums[type.typeName] = {
      description: commentOf(file, 5, index),
      values: type.values
        .filter((value) => value.number !== 0)
        .map((value, at) => ({
          name: shorter(type.name, value.name),
          number: value.number,
          description: commentOf(file, 5, index, 2, at + 1),
        })),
    };
  });
  file.messages.forEach((type, index) => {
    if (type.nestedMessages.length || type.nestedEnums.length) throw new Error(`${type}: nest nothing`);
    messages[type.typeName] = {
      description: commentOf(file, 4, index),
      fields: type.fields.map((field, at) => fieldOf(field, at, commentOf(file, 4, index, 2, at))),
    };
  });
  file.services.forEach((service, index) => services.push({ file, service, index }));
  if (names.length) exported.push(`export { ${names.join(', ')} } from '${path}';\n`);
}

const imports = new Map();
const local = (message) => {
  const path = `./${message.file.name}.js`;
  imports.set(path, (imports.get(path) ?? new Set()).add(message.name));
  return message.name;
};
const lower = (name) => name[0].toLowerCase() + name.slice(1);
const bodies = services.map(({ file, service, index }) => {
  const methods = service.methods.map((method, at) => {
    if (!hasOption(method, methodRule)) throw new Error(`${method}: every method needs a rule`);
    const rule = getOption(method, methodRule);
    const [verb, path] = rule.http ? rule.http.split(' ') : [];
    const written = {
      verb,
      path,
      roles: rule.roles.map((role) => roles[role]),
      anonymous: rule.anonymous,
      summary: rule.summary,
      streamType: rule.streamType || undefined,
      bodyType: rule.bodyType || undefined,
      grpc: rule.grpc || undefined,
      example: rule.example || undefined,
      description: commentOf(file, 6, index, 2, at),
    };
    if (!rule.anonymous && !rule.roles.length) throw new Error(`${method}: names no role`);
    const streams = `requestStream: ${['client_streaming', 'bidi_streaming'].includes(method.methodKind)}, responseStream: ${['server_streaming', 'bidi_streaming'].includes(method.methodKind)}`;
    return `    ${lower(method.name)}: {\n      name: '${method.name}',\n      requestType: ${local(method.input)},\n      responseType: ${local(method.output)},\n      ${streams.replace(', ', ',\n      ')},\n      options: {},\n      rule: ${json(written)},\n    },\n`;
  });
  return `export const ${service.name}Definition = {\n  name: '${service.name}',\n  fullName: '${service.typeName}',\n  methods: {\n${methods.join('')}  },\n} as const;\n`;
});
const importLines = [...imports].sort().map(([path, names]) => `import { ${[...names].sort().join(', ')} } from '${path}';\n`);
writeFileSync(
  join(contracts, 'gen/services.ts'),
  `${header}${importLines.join('')}\n${bodies.join('\n')}\nexport const definitions = [${services.map(({ service }) => `${service.name}Definition`).join(', ')}] as const;\n`,
);
writeFileSync(
  join(contracts, 'gen/schema.ts'),
  `${header}import type { EnumSchema, MessageSchema } from '../schema-types.js';\n\nexport const messages: Record<string, MessageSchema> = ${json(messages)};\n\nexport const enums: Record<string, EnumSchema> = ${json(enums)};\n`,
);
// What gRPC reflection answers, so that a client needs no copy of proto/.
const descriptors = Buffer.from(buf('build', '--exclude-source-info', '-o', '-')).toString('base64');
writeFileSync(
  join(contracts, 'gen/descriptors.ts'),
  `${header}/** google.protobuf.FileDescriptorSet in base 64. */\nexport const descriptors =\n  '${descriptors}';\n`,
);
writeFileSync(
  join(contracts, 'index.ts'),
  `${header}${exported.join('')}export { ${services.map(({ service }) => `${service.name}Definition`).join(', ')}, definitions } from './gen/services.js';\nexport { enums, messages } from './gen/schema.js';\nexport { descriptors } from './gen/descriptors.js';\nexport type { AnyMessage, EnumSchema, FieldRules, FieldSchema, Message, MessageSchema, Method, MethodRules, RoleName, ServiceDefinition } from './schema-types.js';\nexport { topicOf, topics } from './topics.js';\nexport type { Topic } from './topics.js';\nexport { bytesOf } from './bytes.js';\n`,
);
const generated = readdirSync(join(contracts, 'gen'), { recursive: true }).filter((name) => name.endsWith('.ts'));
execFileSync(
  join(bin, 'prettier'),
  [
    '--write',
    '--log-level',
    'error',
    '--ignore-path',
    '/dev/null',
    '--config',
    join(root, '.prettierrc.json'),
    ...['services.ts', 'schema.ts'].map((name) => join(contracts, 'gen', name)),
  ],
  { env },
);
const same = (from, to) => existsSync(to) && readFileSync(from).equals(readFileSync(to));
for (const name of [...generated.map((name) => join('gen', name)), 'index.ts'])
  if (!same(join(contracts, name), join(target, name))) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    cpSync(join(contracts, name), join(target, name));
  }
for (const name of readdirSync(join(target, 'gen'), { recursive: true }))
  if (name.endsWith('.ts') && !generated.includes(name)) rmSync(join(target, 'gen', name));
rmSync(contracts, { recursive: true });
console.log(`contracts: ${services.length} services, ${Object.keys(messages).length} messages, ${generated.length} files`);
