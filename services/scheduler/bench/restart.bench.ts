// How long a market takes to come back on a hundred thousand journalled commands.
import { join } from 'node:path';
import { ComputeClass, Tier, Unit } from '#domain';
import { SchedulingDefinition, SubmitBidRequest } from '#contracts';
import { RpcTable, run as start, startedWithUs, temporaryFolder, type Call, type Running } from '#platform';
import { SchedulerModule } from '../src/scheduler.module.js';
import type { Sequencer } from '../src/sequencer.js';
import { Shards } from '../src/shards.js';
import { book, buyer, buyerId, oneHour } from '../test/market.js';

const commands = 100_000;
const connections = 256;
const first = { data: '', httpPort: 0, grpcPort: 0, logLevel: 'warn', clock: 'virtual' } as const;
async function openMarket(sequencer: Sequencer): Promise<void> {
  const product = { computeClass: ComputeClass.INTELLIGENT, unit: Unit.CARD, modelId: 1 };
  const power = { kind: 'SetParticipant', participantId: buyerId, group: buyerId, active: true, tradableClasses: [] } as const;
  await sequencer.submit([
    { command: { ...power, ordersPerSecond: 1_000_000, orderValueCap: 1_000_000_000 } },
    {
      command: { kind: 'DefineBook', bookId: 1, ...product, tier: Tier.FIRM, referencePrice: 0, collarBp: 0, bandBp: 0 },
      model: book.model,
    },
    { command: { kind: 'RaiseBuyingPower', participantId: buyerId, number: 1, amount: 8_000_000_000_000_000 } },
  ]);
}

/** Bids that rest: a book of them is the largest state that so many commands make. */
async function placeBids(running: Running): Promise<void> {
  const submit = running.get<RpcTable>(RpcTable).client(SchedulingDefinition);
  const call: Call = { caller: { ...buyer, name: 'bench' }, method: '' };
  let placed = running.get(Shards).home.market.sequence;
  const place = async () => {
    while (placed < commands) {
      const key = `bid-${++placed}`;
      await submit.submitBid(SubmitBidRequest.create({ terms: oneHour({ units: 1 + (placed % 8) }) }), { ...call, idempotencyKey: key });
    }
  };
  await Promise.all(Array.from({ length: connections }, place));
}

/** @param progress is told what runs */
export async function run(progress: (text: string) => void) {
  const [folder] = temporaryFolder('exchange-restart-');
  const config = { ...first, data: join(folder, 'data') };
  const open = () =>
    startedWithUs(
      () => start([SchedulerModule], config),
      (started) => started.stop(),
    );
  let [running, end] = await open();
  await openMarket(running.get(Shards).home);
  await placeBids(running);
  const before = running.get(Shards).home.market.engine.stateHash();
  await end();
  progress(`${commands} commands journalled`);

  const began = performance.now();
  [running, end] = await open();
  const milliseconds = Math.round(performance.now() - began);
  const { market, replayedFrom } = running.get(Shards).home;
  if (market.engine.stateHash() !== before) throw new Error('a restart must find the same market');
  await end();
  progress(`back after ${milliseconds} ms`);
  const method = `run() of the scheduler on ${market.sequence} journalled commands, database included; snapshot at ${replayedFrom}, the rest replayed`;
  return [{ metric: 'restart_milliseconds', value: milliseconds, unit: 'ms', method }];
}
