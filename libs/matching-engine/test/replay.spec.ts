import type { Command, Event, MatchingEngine } from '#matching-engine';
import { holds } from './holds.js';
import { engines } from './scenario.js';

const applyAll = (engine: MatchingEngine, commands: readonly Command[]): Event[][] => commands.map((command) => engine.apply(command));

for (const [name, create, restore] of engines) {
  describe(`${name}: replay (R-10)`, () => {
    it('replays to the same events and hash (R-10)', () => {
      holds(
        create,
        (make, commands) => {
          const [first, second] = [make(), make()];
          const same = JSON.stringify(applyAll(first, commands)) === JSON.stringify(applyAll(second, commands));
          return same && first.stateHash() === second.stateHash() ? [] : ['a replay gives the same'];
        },
        {},
        20,
      );
    });

    it('goes on from a snapshot as if it had never stopped', () => {
      holds(create, (make, commands) => {
        const middle = Math.floor(commands.length / 2);
        const whole = make();
        applyAll(whole, commands.slice(0, middle));
        const restored = restore(whole.snapshot());
        if (restored.stateHash() !== whole.stateHash()) return ['a restored engine has the same hash'];
        const tail = commands.slice(middle);
        const same = JSON.stringify(applyAll(whole, tail)) === JSON.stringify(applyAll(restored, tail));
        return same && restored.stateHash() === whole.stateHash() ? [] : ['snapshot and tail give the same as the whole'];
      });
    });

    it('tells in steps how it stood when it was asked, whatever is applied in between', () => {
      holds(create, (make, commands) => {
        const engine = make();
        const middle = Math.floor(commands.length / 2);
        applyAll(engine, commands.slice(0, middle));
        const stood = JSON.stringify(engine.snapshot());
        const steps = engine.snapshotSteps();
        applyAll(engine, commands.slice(middle, -3));
        let step = steps.next();
        for (const command of commands.slice(-3)) {
          if (!step.done) step = steps.next();
          engine.apply(command);
        }
        while (!step.done) step = steps.next();
        return JSON.stringify(step.value) === stood ? [] : ['a snapshot in steps is of one moment'];
      });
    });

    it('hashes equal states alike, whatever the sequence numbers were', () => {
      holds(
        create,
        (make, commands) => {
          const [dense, sparse] = [make(), make()];
          applyAll(dense, commands);
          applyAll(
            sparse,
            commands.map((command) => ({ ...command, sequence: 1000 + 7 * command.sequence })),
          );
          return dense.stateHash() === sparse.stateHash() ? [] : ['the hash leaves sequence numbers out'];
        },
        {},
        10,
      );
    });
  });
}
