// The programmes that are shipped as documents.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProgrammeTerms } from '#contracts';
import { fromJson } from '#platform';

export const names = ['hangzhou', 'henan', 'yangzhou', 'chengdu'] as const;

export const documentOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../programmes/${name}.json`), 'utf8')) as Record<string, unknown>;

/** As the API reads it. */
export const termsOf = (name: string): ProgrammeTerms => fromJson(ProgrammeTerms.$type, documentOf(name)) as ProgrammeTerms;
