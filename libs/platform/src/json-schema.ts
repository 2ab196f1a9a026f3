// One message of the contract as a JSON Schema of its own (2020-12), for documents that people write and keep.
import { messageSchema, schemasOf } from './openapi-schema.js';
import type { Schema } from './openapi-schema.js';

/**
 * The schema of a message's JSON form, with all that it refers to.
 * @param type the message's full name
 * @param id where it is served
 */
export function jsonSchemaOf(type: string, id: string, title: string): Schema {
  const used = new Set<string>();
  const schema = messageSchema(type, used);
  const document = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: id, title, ...schema, $defs: schemasOf(used) };
  return JSON.parse(JSON.stringify(document).replaceAll('#/components/schemas/', '#/$defs/')) as Schema;
}
