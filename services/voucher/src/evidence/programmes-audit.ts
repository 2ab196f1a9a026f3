import { ProgrammeState } from '#contracts';
import type { Audit } from '#platform';
import { differing, whereDiffering } from './differing.js';

const { APPROVED, ACTIVE, EXPIRED, CLOSED } = ProgrammeState;

const asIssued = ['terms', 'first_day', 'last_day', 'budget_per_year', 'round', 'drafted_by', 'submitted_by'];

const changes = differing({
  ...Object.fromEntries(
    asIssued.map((column) => [column, `issue.programme_id is not null and p.${column} is distinct from issue.${column}`]),
  ),
  state: `case when issue.programme_id is null then p.state >= ${APPROVED}
    else p.state <> case when steps.closed then ${CLOSED} when steps.expired then ${EXPIRED} when steps.activated then ${ACTIVE} else issue.state end end`,
  endings: 'p.endings <> coalesce(steps.ended, 0)',
  changed_at: 'p.changed_at <> coalesce(steps.moved_at, p.changed_at)',
});

/** Each programme against the document that two officers approved, and its state against the steps that it took. */
export const programmesAudit: Audit = {
  name: 'programmes, from what was approved',
  async *run(read) {
    const [all] = await read.query<{ many: bigint }>('select count(*) as many from programmes');
    read.count('programmes', Number(all!.many));
    yield* whereDiffering(
      read,
      'programmes',
      'it is not what was approved, or not where its steps left it',
      `select p.programme_id::text as row, ${changes} as differing from programmes p left join programme_issues issue using (programme_id)
       left join (select programme_id, bool_or(step = 'activated') as activated, bool_or(step = 'expired') as expired, bool_or(step = 'closed') as closed,
           count(*) filter (where step = 'ended') as ended,
           max(at) filter (where step in ('drafted', 'revised', 'submitted', 'returned', 'approved', 'activated', 'expired', 'closed')) as moved_at
         from audit group by 1) steps using (programme_id) order by p.programme_id`,
    );
  },
};
