import pg from 'pg';

/** What the driver's connection is to a query. */
interface Wire {
  describe(of: object): void;
  execute(of: object): void;
  sync(): void;
  endCopyFrom(): void;
  readonly stream: { write(data: Uint8Array): boolean };
}

/** Of the driver's result: the columns, and what it reads their values by. */
interface Columns {
  fields: readonly unknown[];
  _parsers: unknown;
  _prebuiltEmptyResultObject: unknown;
}

/** By connection and name. What a prepared statement answers keeps its columns as long as it stands: the server refuses to run one that no longer does. */
const known = new WeakMap<Wire, Map<string, Columns>>();
const silent = new WeakMap<Wire, Wire>();

/** The same connection, on which nobody asks for columns. */
function withoutAsking(wire: Wire): Wire {
  let same = silent.get(wire);
  if (!same) silent.set(wire, (same = Object.create(wire, { describe: { value: () => undefined } }) as Wire));
  return same;
}

/** The driver's own, by the names that it gives to what is inside. */
const Driver = pg.Query as unknown as new (
  text: string,
  values: unknown[],
  callback: (error: Error | null, result: pg.QueryResult<pg.QueryResultRow>) => void,
) => pg.Query & {
  name: string | undefined;
  _result: Columns;
  _accumulateRows: boolean;
  prepare(wire: Wire): void;
  requiresPreparation(): boolean;
  _getRows(wire: Wire): void;
  handleCopyInResponse(wire: Wire): void;
  handleCommandComplete(message: object, wire: Wire): void;
};

/** A statement that is prepared once a connection and asks for its columns once: the driver's own asks each time it runs, and builds all anew. */
export class Statement extends Driver {
  /** @param name under which it is prepared; without one it is parsed each time */
  constructor(
    name: string | undefined,
    text: string,
    values: readonly unknown[],
    callback: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    // The text alone: of an object the driver makes a copy by way of its property descriptors.
    super(text, values as unknown[], callback);
    this.name = name;
  }

  override prepare(wire: Wire): void {
    const columns = this.name === undefined ? undefined : known.get(wire)?.get(this.name);
    if (!columns) return super.prepare(wire);
    Object.assign(this._result, columns);
    this._accumulateRows = true;
    super.prepare(withoutAsking(wire));
  }

  override handleCommandComplete(message: object, wire: Wire): void {
    super.handleCommandComplete(message, wire);
    if (this.name === undefined) return;
    let ofWire = known.get(wire);
    if (!ofWire) known.set(wire, (ofWire = new Map<string, Columns>()));
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    if (!ofWire.has(this.name)) ofWire.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
  }
}

const copyDataHead = (length: number): Buffer => {
  const head = Buffer.allocUnsafe(5);
  head.write('d', 'latin1');
  head.writeInt32BE(length + 4, 1);
  return head;
};

/** COPY … FROM STDIN whose rows go out with it: the server drops them where it does not come to read them, so that nobody waits to be asked. */
export class CopyStatement extends Statement {
  constructor(
    name: string | undefined,
    text: string,
    private readonly data: Uint8Array,
    callback: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(name, text, [], callback);
  }

  /** Without a name, too: a text alone would be sent as a plain query, which is asked for its rows. */
  override requiresPreparation(): boolean {
    return true;
  }

  override _getRows(wire: Wire): void {
    wire.execute({});
    wire.stream.write(copyDataHead(this.data.length));
    wire.stream.write(this.data);
    wire.endCopyFrom();
    wire.sync();
  }

  override handleCopyInResponse(): void {
    // They are on their way.
  }
}
