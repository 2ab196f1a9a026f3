// Quick drills on a small cluster, and that what is read off a real one shows a loss, a double and an imbalance that somebody put there.
import { canRunCluster, build } from '#testing';
import type { Acknowledged } from '../load.js';
import { observe } from '../observe.js';
import { runDrill } from '../run.js';
import { runSiteDrill } from '../sites.js';
import { Stage } from '../stage.js';
import { drills, pairs } from '../table.js';
import { judge } from '../verdict.js';

/** All of money and facts in one process, twice; a Kafka of one node. */
const groups = {
  others: ['registry', 'monitoring', 'settlement', 'voucher', 'interconnect'],
  scheduler: ['scheduler'],
  gateway: ['gateway'],
};

it('has 25 drills and more, each of a name of its own, and pairs that the seed alone decides', () => {
  expect(drills.length).toBeGreaterThanOrEqual(25);
  expect(new Set(drills.map(({ name }) => name)).size).toBe(drills.length);
  const named = (seed: number) => pairs(seed, 10).map(({ name }) => name);
  expect(new Set(named(1)).size).toBe(10);
  expect(named(1)).toEqual(named(1));
  expect(named(1)).not.toEqual(named(2));
});

it('two sites: what the first acknowledged is at the second once that has taken over', async () => {
  build();
  const row = await runSiteDrill({ name: 'two-sites-synchronous', isSynchronous: true }, 1);
  expect(row).toMatchObject({ lost: 0, doubled: 0, imbalance: '0' });
  expect(row).not.toHaveProperty('failed');
  expect(row.acknowledged).toBeGreaterThanOrEqual(180);
  expect(row.recovery_ms).toBeGreaterThan(0);
}, 300_000);

if (await canRunCluster())
  describe('on a cluster', () => {
    let stage: Stage;
    const known: Acknowledged[] = [];

    beforeAll(async () => {
      build();
      stage = await Stage.make({ kafkaNodes: 1, groups, tell: () => undefined });
      await stage.start();
    }, 600_000);
    afterAll(() => stage?.close(), 60_000);

    it.each(['sigkill-scheduler-leader', 'postgresql-immediate-stop'])(
      '%s loses nothing, doubles nothing and is got over',
      async (name) => {
        const row = await runDrill(
          stage,
          drills.find((drill) => drill.name === name)!,
          known,
          1,
        );
        expect(row).toMatchObject({ name, lost: 0, doubled: 0, imbalance: '0' });
        expect(row).not.toHaveProperty('failed');
        expect(row.acknowledged).toBeGreaterThanOrEqual(120);
        expect(row.recovery_ms).toBeGreaterThan(0);
      },
      300_000,
    );

    it('shows an acknowledgement that no journal has, a hold made twice, one that is gone, and books that do not balance', async () => {
      const last = known.slice(-100);
      const seen = async (ours: readonly Acknowledged[]) => {
        const { observed } = await observe(stage, ours);
        return judge(ours, known.slice(0, -100), observed);
      };
      expect(await seen(last)).toEqual({ lost: [], doubled: [], imbalance: 0n });

      const invented = { ...last[0]!, once: 'never-placed', kind: 'bid' as const, orderId: 1, tradeIds: [] };
      expect((await seen([...last, invented])).lost).toEqual([
        "bid never-placed is not in the market's tables",
        'bid never-placed is not shown to its owner',
      ]);

      const [trade] = last.flatMap(({ tradeIds }) => tradeIds);
      const journal = `trade/${trade}/hold/1`;
      await stage.look.query(
        `insert into settlement.transfers (transfer_id, batch, line, journal, kind, phase, debit, credit, amount, cause)
         select transfer_id || '/again', batch, line + 1, journal || '/again', kind, phase, debit, credit, amount, cause
         from settlement.transfers where journal = $1`,
        [journal],
      );
      const twice = await seen(last);
      expect(twice.doubled).toEqual([expect.stringMatching(`^trade ${trade} holds \\d+ for \\d+ by 2 sets$`)]);
      expect(twice.imbalance).toBeGreaterThan(0n);

      await stage.look.query('delete from settlement.transfers where starts_with(journal, $1)', [journal]);
      const gone = await seen(last);
      expect(gone.lost).toEqual([expect.stringMatching(`^trade ${trade} holds 0 of \\d+$`)]);
      expect(gone.imbalance).toBeGreaterThan(0n);
    }, 120_000);
  });
