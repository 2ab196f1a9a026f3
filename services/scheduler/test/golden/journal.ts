// A journal in a file, as rows of the journal's table would hold it: each batch's length in four bytes, then the batch.
import type { Command } from '#matching-engine';
import { randomCommands } from '#random-commands';
import type { Batch } from '../../src/codec/batch.js';
import type { Entry } from '../../src/entry.js';

/** What the shell would journal around each of these commands; one batch for all that have the same time. */
export function batchesOf(commands: readonly Command[]): Batch[] {
  const batches: { time: number; entries: Entry[] }[] = [
    { time: commands[0]!.time, entries: [{ command: { kind: 'OpenMarket', horizonSlots: 8_640 } }] },
  ];
  let slices = 0;
  for (const command of commands) {
    if (command.time !== batches.at(-1)!.time) batches.push({ time: command.time, entries: [] });
    if (command.kind === 'TakeSlice') slices += 1;
    batches.at(-1)!.entries.push(entryOf(command, slices));
  }
  return batches;
}

function entryOf({ sequence, time: _time, ...command }: Command, slices: number): Entry {
  const label = { clientOrderId: `order-${sequence}`, project: '算力', image: '', publicKey: '', programmeId: sequence % 3 };
  const asked = { participantId: 1 + (sequence % 9), key: `key-${sequence}`, hash: `SubmitBid ${String(sequence).padStart(32, '0')}` };
  const trace = `00-${String(sequence).padStart(32, '0')}-${String(sequence).padStart(16, '0')}-01`;
  const { kind } = command;
  if (kind === 'SubmitBid' || kind === 'SubmitOffer') return { command, asked, label, ...(sequence % 50 === 0 && { trace }) };
  if (kind === 'AmendBid' || kind === 'AmendOffer' || kind === 'CancelOrder' || kind === 'CancelAll') return { command, asked };
  if (kind === 'TakeSlice') return { command, slice: { shard: 1, number: slices } };
  if (kind === 'LowerBuyingPower' && sequence % 2) return { command, slice: { shard: 1, number: 0 } };
  if (kind === 'SetPool')
    return { command, from: ['registry', sequence], model: `model ${command.modelId}`, confirmsAtOnce: sequence % 2 === 0 };
  if (kind === 'DefineBook') return { command, model: `model ${command.modelId}` };
  return { command, from: ['others', sequence] };
}

export const goldenCommands = (): Command[] => randomCommands(26, 1_500);

export function toFile(rows: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    rows.flatMap((row) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(row.length);
      return [length, row];
    }),
  );
}

export function rowsOf(file: Buffer): Buffer[] {
  const rows: Buffer[] = [];
  for (let at = 0; at < file.length; at += 4 + rows.at(-1)!.length) rows.push(file.subarray(at + 4, at + 4 + file.readUInt32LE(at)));
  return rows;
}
