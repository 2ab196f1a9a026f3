// What an audit is: checks that read the tables from outside and name each row that is not what it was.

/** A row, or what should be one. */
export interface Finding {
  readonly service: string;
  readonly table: string;
  /** Its key: "17", or "17, 2". */
  readonly row: string;
  readonly wrong:
    | 'changed'
    | 'doubled'
    | 'missing'
    | 'never_sealed'
    | 'out_of_order'
    | 'sum_differs'
    | 'figures_differ'
    | 'root_differs'
    | 'not_signed_by_the_key';
  readonly detail: string;
  /** Where figures were computed anew: those that are not as they stand, by name. */
  readonly stored?: string;
  readonly computed?: string;
}

/** One service's schema, read by a connection of the audit's own in one snapshot. */
export interface AuditReader {
  readonly service: string;
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Rows of a long answer, a thousand or `page` at a time. int8 comes as bigint. */
  rows<R>(sql: string, params?: readonly unknown[], page?: number): AsyncGenerator<R>;
  /** For who waits: what is done so far. */
  progress(text: string): void;
  /** So many more of these were looked at. */
  count(what: string, more?: number): void;
}

/** A check beside the chain, of what a service's rows mean. */
export interface Audit {
  readonly name: string;
  run(read: AuditReader): AsyncGenerator<Finding>;
}

export const finding = (
  service: string,
  table: string,
  row: string,
  wrong: Finding['wrong'],
  detail: string,
  figures?: { readonly stored: string; readonly computed: string },
): Finding => ({ ...{ service, table, row, wrong, detail }, ...figures });
