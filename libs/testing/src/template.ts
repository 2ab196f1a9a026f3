// Databases whose schemas are made once for all specs, by the migrations as a start runs them, and copied from there.
import { createHash } from 'node:crypto';
import type { DynamicModule, Type } from '@nestjs/common';
import pg from 'pg';
import { migrateServices, servicesOf } from '#platform';
import { sharedUrl, testDatabase, type TestDatabase, urlOf } from './postgres.js';

/** A fresh database in which the schemas of these modules' services are up to date, and nothing else was ever done. */
export async function migratedDatabase(modules: readonly (Type | DynamicModule)[]): Promise<TestDatabase> {
  // What a dynamic module brings is migrated by the start.
  const types = modules.filter((module) => typeof module === 'function');
  const name = `template_${createHash('sha256')
    .update(JSON.stringify(servicesOf(types)))
    .digest('hex')
    .slice(0, 16)}`;
  made.set(name, made.get(name) ?? makeTemplate(name, types));
  await made.get(name);
  return testDatabase(sharedUrl(), name);
}

/** By name, of this file; other files find them on the server. */
const made = new Map<string, Promise<void>>();

async function makeTemplate(name: string, modules: Type[]): Promise<void> {
  const shared = new pg.Client({ connectionString: sharedUrl() });
  await shared.connect();
  try {
    // The other worker may make the same; who is second finds it.
    await shared.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await shared.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount) return;
    const making = `${name}_making`;
    await shared.query(`drop database if exists ${making}`);
    await shared.query(`create database ${making}`);
    await migrateServices(modules, { databaseUrl: urlOf(making), clock: 'virtual', logLevel: 'warn' });
    await forgetStart(making);
    await shared.query(`alter database ${making} rename to ${name}`);
  } finally {
    await shared.end();
  }
}

/** What belongs to one exchange and not to all: its clock, its bus and its services' roles. */
async function forgetStart(name: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(name) });
  await client.connect();
  try {
    await client.query('truncate platform.clock, platform.bus');
    const { rows } = await client.query<{ role: string }>(`select rolname as role from pg_roles where starts_with(rolname, $1)`, [
      `${name}_`,
    ]);
    for (const { role } of rows) await client.query(`drop owned by ${role}; drop role ${role}`);
  } finally {
    await client.end();
  }
}
