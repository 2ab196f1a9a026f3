// What becomes of leases, and what they got: told to the buyer of what it bought here, and by the seller of what was bought there.
import { type LeaseStateTold, RemoteLeaseState, type RemoteUsage } from '#contracts';
import { shanghaiDay, startOfSlot } from '#domain';
import type { Content } from '../hearer.js';
import { type Clause, type Deal, NotTried, type Stage, must } from '../stage.js';
import { soldTo } from './selling.js';

const minute = 60_000;
/** From a lease's end until its usage is told, at the latest. */
const untilToldMs = 80 * minute;

function stateOf(stage: Stage, serial: number, change: Partial<LeaseStateTold> = {}): Content {
  const { reservationId, leaseId, units, window } = soldTo(stage);
  const unitSlots = units * (window.to - window.from);
  const leaseState = { reservationId, leaseId, serial, state: RemoteLeaseState.CONFIRMED, delivered: window, unitSlots };
  return { leaseState: { ...leaseState, reason: '', at: stage.now, ...change } };
}

function usageOf(stage: Stage, change: Partial<RemoteUsage> = {}): Content {
  const { reservationId, leaseId, units, window } = soldTo(stage);
  const due = units * (window.to - window.from);
  const record = { reservationId, leaseId, version: 1, window, unitSlotsDue: due, unitSlotsUp: due, energyWh: 100, energyMeasured: true };
  return { usage: { records: [{ ...record, ...change }] } };
}

async function stateHeard(stage: Stage, content: Content, serial: number): Promise<void> {
  const { leaseStateAnswer, refused } = await stage.speaker.say(content);
  must(leaseStateAnswer, `it was refused as ${refused?.rule} (${refused?.detail})`);
  must(
    leaseStateAnswer.heardSerial === serial,
    `its heard_serial is ${leaseStateAnswer.heardSerial}; the highest that it was told is ${serial}`,
  );
}

async function usageHeard(stage: Stage, content: Content, recorded: number): Promise<void> {
  const { usageAnswer, refused } = await stage.speaker.say(content);
  must(usageAnswer, `it was refused as ${refused?.rule} (${refused?.detail})`);
  must(usageAnswer.recorded === recorded, `it has recorded ${usageAnswer.recorded}; ${recorded} is new`);
}

/** Least share of what was due that was up, in basis points, and the credit for it: the table of the document. */
const credits = [
  [9_990n, 0n],
  [9_900n, 1_000n],
  [9_500n, 2_500n],
  [9_000n, 5_000n],
] as const;

/** Micro-yuan of a lease that is over. */
function owedOf({ amount, units, window }: Deal, told: { unitSlots: number; unitSlotsDue: number; unitSlotsUp: number }): bigint {
  const whole = (amount * BigInt(told.unitSlots)) / BigInt(units * (window.to - window.from));
  const [due, up] = [BigInt(told.unitSlotsDue), BigInt(told.unitSlotsUp)];
  const credit = due === 0n ? 0n : (credits.find(([least]) => up * 10_000n >= least * due)?.[1] ?? 10_000n);
  return (whole * (10_000n - credit)) / 10_000n;
}

const refuses = (clause: string, name: string, content: (stage: Stage) => Content, rule: string): Clause => ({
  clause,
  name: `${name} is refused for good`,
  run: async (stage) => void (await stage.mustRefuse(content(stage), rule)),
});

const unknown = 'conformance-unknown';

export const leases: readonly Clause[] = [
  { clause: 'lease_state.heard', name: 'a lease’s state is heard, by its serial', run: (stage) => stateHeard(stage, stateOf(stage, 2), 2) },
  {
    clause: 'lease_state.old',
    name: 'a state that is not newer changes nothing; its answer tells the highest serial',
    run: (stage) => stateHeard(stage, stateOf(stage, 1, { state: RemoteLeaseState.PENDING }), 2),
  },
  refuses(
    'lease_state.unknown',
    'a state of a reservation that is not known',
    (on) => stateOf(on, 3, { reservationId: unknown, leaseId: 999 }),
    'reservation_must_be_known',
  ),
  refuses(
    'lease_state.window',
    'a state of a window beyond the terms’',
    (on) => stateOf(on, 3, { delivered: { from: soldTo(on).window.from, to: soldTo(on).window.to + 1 } }),
    'delivered_must_lie_in_the_window',
  ),
  refuses(
    'lease_state.most',
    'a state of more unit-slots than the terms have',
    (on) => stateOf(on, 3, { unitSlots: 1_000_000 }),
    'unit_slots_must_be_within_the_terms',
  ),
  refuses(
    'usage.unknown',
    'usage of a reservation that is not known',
    (on) => usageOf(on, { reservationId: unknown, leaseId: 999 }),
    'reservation_must_be_known',
  ),
  refuses(
    'usage.most',
    'usage of more than was due',
    (on) => usageOf(on, { unitSlotsDue: 1, unitSlotsUp: 2 }),
    'usage_must_not_exceed_what_was_due',
  ),
];

/** What is so only once leases are over. */
export const over: readonly Clause[] = [
  {
    clause: 'usage.recorded',
    name: 'usage of a lease that is over is recorded once; a higher version corrects it, and another content under the same version is refused',
    run: async (stage) => {
      const over = startOfSlot(soldTo(stage).window.to);
      await stage.untilThere(
        'the lease that it bought is not over',
        () => (stage.now >= over ? true : undefined),
        Math.max(0, over - stage.now) + minute,
      );
      await stateHeard(stage, stateOf(stage, 3, { state: RemoteLeaseState.ENDED }), 3);
      await usageHeard(stage, usageOf(stage), 1);
      await usageHeard(stage, usageOf(stage), 0);
      await stage.mustRefuse(usageOf(stage, { energyWh: 101 }), 'usage_record_must_not_change');
      await usageHeard(stage, usageOf(stage, { version: 2, energyWh: 101 }), 1);
    },
  },
  {
    clause: 'lease.told',
    name: 'what became of a lease that was bought, and its usage, are told within the terms; lost on the way, they are told again',
    run: async (stage) => {
      const { bought } = stage;
      if (!bought) throw new NotTried('nothing was bought of it (commit.made)');
      stage.listener.fail('usage', ['answer_lost']);
      const ofIt = () =>
        stage.came('usage').filter(({ message }) => message.usage!.records.some((one) => one.reservationId === bought.reservationId));
      const waitMs = Math.max(0, startOfSlot(bought.window.to) - stage.now) + untilToldMs;
      await stage.untilThere(
        'the lease that was bought is not over and measured',
        () => ofIt().find(({ fault }) => fault === undefined),
        waitMs,
      );
      const [usage] = ofIt()[0]!.message.usage!.records;
      must(usage!.unitSlotsUp <= usage!.unitSlotsDue, `${usage!.unitSlotsUp} unit-slots were up of ${usage!.unitSlotsDue} due`);
      const states = stage
        .came('leaseState')
        .map(({ message }) => message.leaseState!)
        .filter(({ leaseId }) => leaseId === usage!.leaseId);
      must(
        states.some(({ state }) => state === RemoteLeaseState.ENDED || state === RemoteLeaseState.CUT_SHORT),
        'usage was told, and no state that ends the lease',
      );
      const most = bought.units * (bought.window.to - bought.window.from);
      const unitSlots = states.at(-1)!.unitSlots;
      stage.books.keep(shanghaiDay(bought.window.to - 1), false, bought.reservationId, owedOf(bought, { ...usage!, unitSlots }));
      for (const { delivered, unitSlots } of states) {
        must(unitSlots <= most, `${unitSlots} unit-slots are told of ${most}`);
        must(delivered!.from >= bought.window.from && delivered!.to <= bought.window.to, 'what is told lies beyond the terms’ window');
      }
    },
  },
];
