// Conditions of a list, gathered from what a request gives.
import { invalid } from '#platform';

export class Filters {
  private readonly conditions: string[] = [];
  readonly params: unknown[] = [];

  /** Adds a condition with `?` for the value; nothing where the value is not given (undefined, 0 or empty). */
  add(condition: string, value: string | number | undefined): this {
    return value === undefined || value === 0 || value === '' ? this : this.always(condition, value);
  }

  /** Adds it whatever the value is. */
  always(condition: string, value: unknown): this {
    this.conditions.push(condition.replace('?', `$${this.params.push(value)}`));
    return this;
  }

  /**
   * Goes on where a page ended.
   * @param columns the list's key, of whole numbers
   * @param after the key of the last row answered, from the cursor
   */
  after(columns: readonly string[], after: readonly string[] | undefined, order: 'ascending' | 'descending' = 'ascending'): this {
    if (!after) return this;
    if (after.length !== columns.length || !after.every((part) => /^\d{1,15}$/.test(part)))
      throw invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');
    const values = after.map((part) => `$${this.params.push(part)}::int8`);
    this.conditions.push(`(${columns.join(', ')}) ${order === 'ascending' ? '>' : '<'} (${values.join(', ')})`);
    return this;
  }

  /** 'where …', or nothing. */
  get where(): string {
    return this.conditions.length ? `where ${this.conditions.join(' and ')}` : '';
  }
}
