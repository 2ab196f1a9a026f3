const pageSize = 4096;

/**
 * From numbers that grow (those of trades) to records, in pages of 4,096 numbers: what comes after one another stands beside one another, and a page whose numbers are all
 * removed goes.
 */
export class Numbers {
  private readonly pages = new Map<number, Page>();
  /** The page that was asked for last. */
  private last: Page | null = null;

  /** The record, or -1. */
  get(number: number): number {
    const index = Math.floor(number / pageSize);
    const page = this.last?.index === index ? this.last : this.pages.get(index);
    if (!page) return -1;
    this.last = page;
    return page.records[number - index * pageSize] ?? -1;
  }

  set(number: number, record: number): void {
    const index = Math.floor(number / pageSize);
    const page = this.last?.index === index ? this.last : (this.pages.get(index) ?? this.add(index));
    this.last = page;
    page.records[number - index * pageSize] = record;
    page.count++;
  }

  remove(number: number): void {
    const index = Math.floor(number / pageSize);
    const page = this.pages.get(index)!;
    page.records[number - index * pageSize] = -1;
    if (--page.count > 0) return;
    this.pages.delete(index);
    this.last = null;
  }

  copy(): Numbers {
    const copy = new Numbers();
    for (const [index, page] of this.pages) copy.pages.set(index, { ...page, records: page.records.slice() });
    return copy;
  }

  private add(index: number): Page {
    const page = { index, records: new Int32Array(pageSize).fill(-1), count: 0 };
    this.pages.set(index, page);
    return page;
  }
}

interface Page {
  readonly index: number;
  readonly records: Int32Array;
  count: number;
}
