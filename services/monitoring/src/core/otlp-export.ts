// Points as OTLP writes them, by the conventions' names and units: what is passed on to a database for time series.
import type { Block, Column } from './block.js';
import { Metric } from './metric.js';
import { nodeAttribute, poolAttribute } from './named-point.js';
import { Packer } from './varint.js';

const [VARINT, FIXED64] = [0, 1];
const cumulative = 2;

interface Name {
  readonly name: string;
  readonly unit: string;
  /** One of ours in the convention's unit is a value over this. */
  readonly divisor: number;
  readonly isCounter?: boolean;
}

/** How many units work has no name there, so it has one of ours. */
const names: Readonly<Record<Metric, Name>> = {
  [Metric.UNITS_UP]: { name: 'exchange.node.units_up', unit: '{unit}', divisor: 1 },
  [Metric.UTILISATION]: { name: 'hw.gpu.utilization', unit: '1', divisor: 10_000 },
  [Metric.POWER]: { name: 'hw.host.power', unit: 'W', divisor: 1 },
  [Metric.TEMPERATURE]: { name: 'hw.temperature', unit: 'Cel', divisor: 10 },
  [Metric.MEMORY_UTILISATION]: { name: 'hw.gpu.memory.utilization', unit: '1', divisor: 10_000 },
  [Metric.ENERGY]: { name: 'hw.host.energy', unit: 'J', divisor: 0.001, isCounter: true },
  [Metric.ERRORS]: { name: 'hw.errors', unit: '{error}', divisor: 1, isCounter: true },
  [Metric.SPEED]: { name: 'hw.cpu.speed', unit: 'Hz', divisor: 0.000_001 },
};

/** An ExportMetricsServiceRequest: a resource for each block's pool, a metric for each column. */
export function otlpOf(blocks: readonly Block[]): Uint8Array<ArrayBuffer> {
  const packer = new Packer();
  for (const block of blocks)
    packer.inner(1, () => {
      packer.inner(1, () => attribute(packer, 1, poolAttribute, block.poolId));
      packer.inner(2, () => {
        for (const column of block.columns) packer.inner(2, () => metric(packer, block, column));
      });
    });
  return packer.packed();
}

function metric(packer: Packer, { firstNode, nodes, at, ticks, stepMs }: Block, { metric: of, values }: Column): void {
  const { name, unit, divisor, isCounter } = names[of];
  packer.text(1, name);
  packer.text(3, unit);
  packer.inner(isCounter ? 7 : 5, () => {
    for (let tick = 0; tick < ticks; tick++)
      for (let index = 0; index < nodes; index++)
        packer.inner(1, () => {
          packer.unsigned((3 << 3) | FIXED64);
          packer.nanoseconds(at + tick * stepMs);
          packer.unsigned((4 << 3) | FIXED64);
          packer.double(values[tick * nodes + index]! / divisor);
          attribute(packer, 7, nodeAttribute, firstNode + index);
        });
    if (!isCounter) return;
    packer.unsigned((2 << 3) | VARINT);
    packer.unsigned(cumulative);
    packer.unsigned((3 << 3) | VARINT);
    packer.unsigned(1);
  });
}

function attribute(packer: Packer, field: number, key: string, value: number): void {
  packer.inner(field, () => {
    packer.text(1, key);
    packer.inner(2, () => {
      packer.unsigned((3 << 3) | VARINT);
      packer.unsigned(value);
    });
  });
}
