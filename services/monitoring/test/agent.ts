// An agent's side of signed days, from docs/monitoring.md alone: it shares no code with the exchange's.
import { type KeyObject, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { PlainRollup } from './points.js';

const offsetSlots = 32;
export const slotsOfDay = 96;
export const firstSlot = (day: number): number => day * slotsOfDay - offsetSlots;

/** Of a pool: by slot, node and metric. */
export type Rollups = Map<number, Map<number, Map<number, PlainRollup>>>;

/** From 'pool/slot/node/metric', of one pool. */
export function rollupsOf(poolId: number, plain: ReadonlyMap<string, PlainRollup>): Rollups {
  const found: Rollups = new Map();
  for (const [key, rollup] of plain) {
    const [pool, slot, node, metric] = key.split('/').map(Number) as [number, number, number, number];
    if (pool !== poolId) continue;
    const nodes = found.get(slot) ?? new Map<number, Map<number, PlainRollup>>();
    found.set(slot, nodes.set(node, (nodes.get(node) ?? new Map<number, PlainRollup>()).set(metric, { ...rollup })));
  }
  return found;
}

const sorted = <T>(of: ReadonlyMap<number, T>): [number, T][] => [...of].sort(([one], [other]) => one - other);

export class Agent {
  private readonly privateKey: KeyObject;

  constructor(
    private readonly platform: string,
    readonly suite: 'international' | 'national' = 'international',
  ) {
    const { privateKey } = suite === 'international' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'SM2' });
    // From a file, as agents have it: only a key that was read signs by SM2.
    this.privateKey = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }

  get publicKey(): string {
    return createPublicKey(this.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  }

  get keyId(): string {
    const der = createPublicKey(this.privateKey).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex').slice(0, 16);
  }

  /** The body of POST /v1/pools/{pool_id}/signed-days. */
  signed(poolId: number, day: number, rollups: Rollups) {
    const slots = Buffer.concat(Array.from({ length: slotsOfDay }, (_slot, place) => this.slot(firstSlot(day) + place, rollups)));
    const name = Buffer.from(this.platform);
    const place = Buffer.alloc(8);
    place.writeUInt32BE(poolId, 0);
    place.writeUInt32BE(day, 4);
    const root = this.digest(Buffer.concat([Buffer.from([2]), slots]));
    const statement = Buffer.concat([Buffer.from('compute-exchange roll-ups v1\n'), Buffer.from([name.length]), name, place, root]);
    const signature = sign(this.suite === 'national' ? 'sm3' : null, statement, this.privateKey);
    return { poolId, day, keyId: this.keyId, slots: new Uint8Array(slots), signature: new Uint8Array(signature) };
  }

  private slot(slot: number, rollups: Rollups): Buffer {
    const head = Buffer.from([1, 0, 0, 0, 0]);
    head.writeUInt32BE(slot, 1);
    const nodes = sorted(rollups.get(slot) ?? new Map<number, Map<number, PlainRollup>>());
    return this.digest(Buffer.concat([head, ...nodes.map(([node, metrics]) => this.node(slot, node, metrics))]));
  }

  private node(slot: number, node: number, metrics: ReadonlyMap<number, PlainRollup>): Buffer {
    const head = Buffer.alloc(9);
    head.writeUInt32BE(slot, 1);
    head.writeUInt32BE(node, 5);
    const records = sorted(metrics).map(([metric, { points, minutes, least, most, sum }]) => {
      const record = Buffer.alloc(23);
      record.writeUInt8(metric, 0);
      record.writeUInt32BE(points, 1);
      record.writeUInt16BE(minutes, 5);
      record.writeInt32BE(least, 7);
      record.writeInt32BE(most, 11);
      record.writeBigInt64BE(BigInt(sum), 15);
      return record;
    });
    return this.digest(Buffer.concat([head, ...records]));
  }

  private digest(data: Buffer): Buffer {
    const [tag, name] = this.suite === 'international' ? [1, 'sha256'] : [2, 'sm3'];
    return Buffer.concat([Buffer.from([tag]), createHash(name).update(data).digest()]);
  }
}

/** What an agent sends of a slot so that values are compared. */
export const told = (slot: number, rollups: Rollups) => ({
  slot,
  nodes: sorted(rollups.get(slot) ?? new Map<number, Map<number, PlainRollup>>()).map(([node, metrics]) => ({
    node,
    metrics: sorted(metrics).map(([metric, rollup]) => ({ metric, ...rollup })),
  })),
});
