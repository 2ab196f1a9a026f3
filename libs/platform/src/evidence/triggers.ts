// What names each new row of evidence among those to seal, in the transaction that adds it.
import pg from 'pg';
import { allKeys, type Evidence } from './evidence.js';

/** Rows that one line names at most, so that no block is much larger than others. */
const rowsOfLine = 1_000;

/** Statements by which the schema's evidence is kept; rows that were there before are to be sealed too. */
export async function keepEvidence(client: pg.Client, schema: string, evidence: readonly Evidence[]): Promise<void> {
  if (evidence.length === 0) return;
  const place = pg.escapeIdentifier(schema);
  const nameOf = (table: string): string => pg.escapeIdentifier(`seal_${table}`);
  const functions = evidence.map(({ table, key }) => {
    const built = key.map((column) => `${pg.escapeIdentifier(column)}::text`).join(', ');
    return `create or replace function ${place}.${nameOf(table)}() returns trigger language plpgsql as $body$ begin
      insert into ${place}.unsealed (evidence, keys) select ${pg.escapeLiteral(table)}, json_agg(key order by nth)::text
        from (select json_build_array(${built}) as key, row_number() over () as nth from inserted) k group by (nth - 1) / ${rowsOfLine} order by (nth - 1) / ${rowsOfLine};
      return null;
    end $body$`;
  });
  await client.query(functions.join(';\n'));
  const { rows: triggers } = await client.query<{ name: string }>(
    'select tgname as name from pg_trigger join pg_class on pg_class.oid = tgrelid where relnamespace = $1::regnamespace',
    [place],
  );
  for (const { table, key } of evidence) {
    if (triggers.some(({ name }) => name === `seal_${table}`)) continue;
    const [of, name] = [`${place}.${pg.escapeIdentifier(table)}`, nameOf(table)];
    // Both or neither: of a trigger that is there what was before it has been named.
    await client.query('begin');
    await client.query(
      `create trigger ${name} after insert on ${of} referencing new table as inserted for each statement execute function ${place}.${name}()`,
    );
    await client.query(
      `insert into ${place}.unsealed (evidence, keys) select $1, json_agg(key::json)::text
      from (select key, (row_number() over () - 1) / ${rowsOfLine} as part from (${allKeys(table, key).replace(/from only "/, `from only ${place}."`)}) k) k group by part order by part`,
      [table],
    );
    await client.query('commit');
  }
}
