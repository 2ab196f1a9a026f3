import type { Command, PieceReserved, TradeMade } from '#matching-engine';
import { holds } from './holds.js';
import { Dice } from './dice.js';
import { engines } from './scenario.js';
import { Watch } from './watch.js';

const nasty = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 2 ** 53, 2 ** 31, -0];

/** The value with one of its numbers, however deep, made nasty. */
function corrupt(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number') return dice.pick(...nasty);
  if (Array.isArray(value)) return value.length === 0 ? value : value.with(dice.roll(value.length), corrupt(value[0], dice));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).filter(([, each]) => typeof each === 'number' || (typeof each === 'object' && each !== null));
  const chosen = inner[dice.roll(inner.length)];
  return chosen ? { ...value, [chosen[0]]: corrupt(chosen[1], dice) } : value;
}

/** One command in four with a nasty number; which follows from its sequence. */
function corrupted(command: Command): Command {
  const dice = new Dice(command.sequence);
  const { sequence, time } = command;
  return dice.oneIn(4) ? { ...(corrupt(command, dice) as Command), sequence, time } : command;
}

for (const [name, create, restore] of engines) {
  describe(`${name}: whatever the commands`, () => {
    it('keeps capacity, limits, owners and buying power (R-3, R-2a, R-11, R-16, R-26)', () => {
      holds(create, (make, commands) => {
        const engine = make();
        const watch = new Watch();
        for (const command of commands) watch.see(engine, command, engine.apply(command));
        return [...new Set(watch.broken)];
      });
    });

    it('never throws, whatever the numbers (R-10)', () => {
      holds(create, (make, commands) => {
        const engine = make();
        const watch = new Watch();
        for (const command of commands.map(corrupted)) {
          watch.see(engine, command, engine.apply(command));
          if (command.kind !== 'SubmitBid' || command.sequence % 5 !== 0) continue;
          engine.quote(command, command.sequence % 2 === 0 ? NaN : command.time);
          engine.explain(command.orderId);
        }
        const restored = restore(engine.snapshot());
        return [...new Set(watch.broken), ...(restored.stateHash() === engine.stateHash() ? [] : ['the state stays plain JSON'])];
      });
    });

    it('leaves no bid in units resting that the market could fill (R-14)', () => {
      holds(
        create,
        (make, commands) => {
          const engine = make();
          for (const command of commands) {
            engine.apply(command);
            if (command.sequence % 20 !== 0) continue;
            const { sequence, time, links } = engine.snapshot();
            const { linkId, ...link } = links[0] ?? { linkId: 0 };
            if (linkId === 0) continue;
            const again = { kind: 'SetLink', linkId, ...link, sequence: sequence + 1, time } as Command;
            const events = restore(engine.snapshot()).apply(again);
            // What falls due comes before the answer, what a pass finds behind it.
            const found = events.slice(events.findIndex(({ kind }) => kind === 'Applied') + 1);
            if (found.length > 0) return [`after ${command.sequence} a pass over every bid finds ${JSON.stringify(found[0])}`];
          }
          return [];
        },
        { pflops: false },
        30,
      );
    });

    it('changes nothing by asking: state, hash and whatever comes next are those of an engine that is never asked (R-20)', () => {
      holds(
        create,
        (make, commands) => {
          const [engine, unasked] = [make(), make()];
          const closed: number[] = [];
          for (const command of commands) {
            const [events, expected] = [engine.apply(command), unasked.apply(command)];
            if (JSON.stringify(events) !== JSON.stringify(expected))
              return [`after asking ${JSON.stringify(expected)} is ${JSON.stringify(events)}`];
            for (const event of events) if (event.kind === 'OrderExpired' && event.isBid) closed.push(event.orderId);
            if (command.kind !== 'SubmitBid' || command.sequence % 7 !== 0) continue;
            const before = [engine.stateHash(), JSON.stringify(engine.snapshot())];
            for (const orderId of [command.orderId, ...closed.splice(0)]) engine.explain(orderId);
            engine.quote(command, command.time);
            engine.depth(1, 0, 2 ** 40);
            if (engine.stateHash() !== before[0]) return ['explain, quote and depth keep the hash'];
            if (JSON.stringify(engine.snapshot()) !== before[1]) return ['explain, quote and depth keep the state'];
          }
          return [];
        },
        {},
        10,
      );
    });

    it('explains what it knows from a snapshot alone: an engine made of one says the same (R-20)', () => {
      holds(
        create,
        (make, commands) => {
          const engine = make();
          const bids: number[] = [];
          for (const command of commands) {
            const events = engine.apply(command);
            for (const event of events) if (event.kind === 'OrderAccepted' && event.isBid) bids.push(event.orderId);
            const expired = events.flatMap((event) => (event.kind === 'OrderExpired' && event.isBid ? [event.orderId] : []));
            if (expired.length === 0 && command.sequence % 40 !== 0) continue;
            const restored = restore(engine.snapshot());
            for (const orderId of [...expired, ...bids.slice(-8)]) {
              const [said, again] = [engine, restored].map((each) => JSON.stringify(each.explain(orderId)));
              if (said !== again) return [`of ${orderId} after ${command.sequence} ${said} is ${again}`];
            }
          }
          return [];
        },
        {},
        10,
      );
    });

    it('quotes what the bid then gets (R-20)', () => {
      holds(
        create,
        (make, commands) => {
          const engine = make();
          for (const each of commands) {
            // What is reserved for a partner's buyer is of this platform alone, and reclaims nothing: a quote knows no such bid.
            if (each.kind !== 'SubmitBid' || each.reserveUntil !== undefined) {
              engine.apply({ ...each, sequence: 2 * each.sequence });
              continue;
            }
            // A quote knows no subsidy.
            const { subsidy: _subsidy, ...command } = each;
            engine.apply({ kind: 'AdvanceTime', sequence: 2 * command.sequence - 1, time: command.time });
            const quote = engine.quote(command, command.time);
            const before = engine.snapshot();
            const events = engine.apply({ ...command, sequence: 2 * command.sequence });
            if (before.remembered.some(({ orderId }) => orderId === command.orderId)) continue;
            const refused = events.find((event) => event.kind === 'OrderRefused');
            if (refused?.rejection === 'participant_must_be_within_its_order_rate') continue;
            if ((refused?.rejection ?? null) !== quote.rejection) return [`${quote.rejection} became ${refused?.rejection}`];
            // What a pass gives it after it rested is no part of the quote.
            const rests = events.findIndex((event) => event.kind === 'OrderRested' && event.orderId === command.orderId);
            const made = events
              .slice(0, rests < 0 ? undefined : rests)
              .filter((event): event is TradeMade | PieceReserved => event.kind === 'TradeMade' || event.kind === 'PieceReserved')
              .filter(({ bidId }) => bidId === command.orderId);
            const got = made.map((trade) => [trade.offerId, trade.units, trade.from, trade.price, trade.transferAmount]);
            const quoted = quote.fills.map((fill) => [fill.offerId, fill.units, fill.from, fill.price, fill.transferAmount]);
            if (JSON.stringify(got) !== JSON.stringify(quoted)) return [`${JSON.stringify(quoted)} became ${JSON.stringify(got)}`];
          }
          return [];
        },
        {},
        10,
      );
    });
  });
}
