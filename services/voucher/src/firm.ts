import type { RegisteredFirm } from '#contracts';

export interface FirmRow {
  readonly firm_name: string | null;
  readonly credit_code: string | null;
}

/** Nothing where the registry did not tell yet. */
export const firmOf = ({ firm_name: name, credit_code: creditCode }: FirmRow): RegisteredFirm | undefined =>
  name ? { name, creditCode: creditCode ?? '' } : undefined;
