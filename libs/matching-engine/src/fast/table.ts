/**
 * Records of `stride` doubles in one array. A record is known by its offset, so that field F of record r is data[r + F]; released records are used again. Integers up to
 * 2^53 are exact in doubles, and the collector never sees a record.
 */
export class Table {
  data: Float64Array;
  /** By which an offset is multiplied to get a record's number, but for rounding: a quotient is dear. */
  readonly perStride: number;
  private end = 0;
  private free = -1;

  constructor(
    readonly stride: number,
    records = 64,
  ) {
    this.perStride = 1 / stride;
    // Filled, so that the system gives its pages now and not while orders wait.
    this.data = new Float64Array(stride * records).fill(0);
  }

  /** Offset of a record, whatever it held before. */
  take(): number {
    if (this.free >= 0) {
      const record = this.free;
      this.free = this.data[record]!;
      return record;
    }
    if (this.end === this.data.length) {
      const data = new Float64Array(2 * this.data.length);
      data.set(this.data);
      this.data = data;
    }
    const record = this.end;
    this.end += this.stride;
    return record;
  }

  release(record: number): void {
    this.data[record] = this.free;
    this.free = record;
  }

  copy(): Table {
    const copy = new Table(this.stride, 0);
    copy.data = this.data.slice(0, this.end);
    copy.end = this.end;
    copy.free = this.free;
    return copy;
  }

  /** Behind the last record ever taken. */
  get length(): number {
    return this.end;
  }
}

/** A list of records without end or order but the order of arrival, linked through two of their fields. */
export class Links {
  constructor(
    private readonly table: Table,
    private readonly previous: number,
    private readonly next: number,
  ) {}

  /** Puts the record behind `last` (-1: it is the first). */
  append(record: number, last: number): void {
    const { data } = this.table;
    data[record + this.previous] = last;
    data[record + this.next] = -1;
    if (last >= 0) data[last + this.next] = record;
  }

  remove(record: number): void {
    const { data } = this.table;
    const before = data[record + this.previous]!;
    const after = data[record + this.next]!;
    if (before >= 0) data[before + this.next] = after;
    if (after >= 0) data[after + this.previous] = before;
  }
}
