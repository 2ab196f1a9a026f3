// A roll-up's cells as bytes: for each metric its columns over the nodes. Equal cells are equal bytes, since they are what is signed.
import type { PoolId, Slot } from '#domain';
import { COUNT, Cells, LEAST, MOST, type MetricCells, SUM, stride } from './cells.js';
import { Packer, Unpacker } from './varint.js';

const version = 1;
/** How a column is written: one number for all nodes, or each less the one before. */
const [ALIKE, APART] = [0, 1];

export function packCells(cells: Cells): Uint8Array {
  const packer = new Packer();
  packer.unsigned(version);
  for (const [metric, of] of cells.metrics.entries()) {
    const nodes = of ? nodesWithPoints(of) : 0;
    if (!of || nodes === 0) continue;
    packer.unsigned(metric);
    packer.unsigned(nodes);
    const number = (index: number, node: number) => of.numbers[node * stride + index]!;
    packColumn(packer, nodes, (node) => number(COUNT, node));
    packColumn(packer, nodes, (node) => of.minutes[node]!);
    packColumn(packer, nodes, (node) => number(LEAST, node));
    packColumn(packer, nodes, (node) => number(MOST, node) - number(LEAST, node));
    // What the sum is more than it must be is small.
    packColumn(packer, nodes, (node) => number(SUM, node) - number(COUNT, node) * number(LEAST, node));
  }
  return packer.packed();
}

/** @throws RangeError where they are not what packCells gave */
export function unpackCells(bytes: Uint8Array, poolId: PoolId, slot: Slot, chunk: number): Cells {
  const unpacker = new Unpacker(bytes);
  if (unpacker.unsigned() !== version) throw new RangeError('cells_must_be_of_a_known_version');
  const cells = new Cells(poolId, slot, chunk);
  while (!unpacker.isDone) {
    const metric = unpacker.unsigned();
    const nodes = unpacker.unsigned();
    const of = cells.metric(metric, nodes);
    const { numbers, minutes } = of;
    unpackColumn(unpacker, nodes, (node, value) => (numbers[node * stride + COUNT] = value));
    unpackColumn(unpacker, nodes, (node, value) => (minutes[node] = value));
    unpackColumn(unpacker, nodes, (node, value) => (numbers[node * stride + LEAST] = value));
    unpackColumn(unpacker, nodes, (node, value) => (numbers[node * stride + MOST] = value + numbers[node * stride + LEAST]!));
    unpackColumn(
      unpacker,
      nodes,
      (node, value) => (numbers[node * stride + SUM] = value + numbers[node * stride + COUNT]! * numbers[node * stride + LEAST]!),
    );
  }
  return cells;
}

function nodesWithPoints({ nodes, numbers }: MetricCells): number {
  let end = nodes;
  while (end > 0 && numbers[(end - 1) * stride] === 0) end--;
  return end;
}

function packColumn(packer: Packer, nodes: number, valueOf: (node: number) => number): void {
  const first = valueOf(0);
  let isAlike = true;
  for (let node = 1; isAlike && node < nodes; node++) isAlike = valueOf(node) === first;
  packer.unsigned(isAlike ? ALIKE : APART);
  packer.signed(first);
  if (isAlike) return;
  for (let node = 1, before = first; node < nodes; node++) {
    const value = valueOf(node);
    packer.signed(value - before);
    before = value;
  }
}

function unpackColumn(unpacker: Unpacker, nodes: number, take: (node: number, value: number) => void): void {
  const isAlike = unpacker.unsigned() === ALIKE;
  let value = unpacker.signed();
  take(0, value);
  for (let node = 1; node < nodes; node++) {
    if (!isAlike) value += unpacker.signed();
    take(node, value);
  }
}
