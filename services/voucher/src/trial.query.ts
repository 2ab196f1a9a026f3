import { Injectable } from '@nestjs/common';
import {
  type CompareTrialsRequest,
  type ListTrialFirmsRequest,
  type ListTrialFirmsResponse,
  type ListTrialsRequest,
  type ListTrialsResponse,
  Trial,
  type TrialComparison,
} from '#contracts';
import { type Call, Database, absent, conflict, nextPage, numberAfter, ownsOrAbsent, pageOf } from '#platform';
import { type FirmRow, firmOf } from './firm.js';
import { readProgramme } from './programme.row.js';

interface TrialRow {
  readonly trial_id: bigint;
  readonly result: Buffer;
}

interface TriedRow extends FirmRow {
  readonly place: number;
  readonly buyer_id: number;
  readonly contracts: number;
  readonly granted: number;
  readonly base: bigint;
  readonly amount: bigint;
}

interface Compared {
  readonly gained: bigint;
  readonly lost: bigint;
  readonly more: bigint;
  readonly less: bigint;
}

interface ComparedRow extends FirmRow {
  readonly place: bigint;
  readonly buyer_id: number;
  readonly before: bigint;
  readonly after: bigint;
}

/** Trials, to their programme's authority. */
@Injectable()
export class TrialQuery {
  constructor(private readonly database: Database) {}

  async get(trialId: number, call: Call): Promise<Trial> {
    const [row] = await this.database.query<TrialRow & { authority_id: number }>(
      'select trial_id, result, authority_id from trials join programmes using (programme_id) where trial_id = $1',
      [trialId],
    );
    if (!row) throw absent(`trial ${trialId}`);
    ownsOrAbsent(call, row.authority_id, `trial ${trialId}`);
    return toTrial(row);
  }

  async list({ programmeId, page: asked }: ListTrialsRequest, call: Call): Promise<ListTrialsResponse> {
    ownsOrAbsent(call, (await readProgramme(this.database, programmeId)).authority_id, `programme ${programmeId}`);
    const at = pageOf(asked);
    const found = await this.database.query<TrialRow>(
      'select trial_id, result from trials where programme_id = $1 and trial_id < $2 order by trial_id desc limit $3',
      [programmeId, numberAfter(at, Number.MAX_SAFE_INTEGER), at.limit + 1],
    );
    const { rows, page } = nextPage(found, at.limit, (row) => [row.trial_id]);
    return { trials: rows.map(toTrial), page };
  }

  async firms({ trialId, page: asked }: ListTrialFirmsRequest, call: Call): Promise<ListTrialFirmsResponse> {
    await this.get(trialId, call);
    const at = pageOf(asked);
    const found = await this.database.query<TriedRow>(
      `select tried.*, name as firm_name, credit_code from trial_firms tried left join participants on participant_id = buyer_id
       where trial_id = $1 and place > $2 order by place limit $3`,
      [trialId, numberAfter(at, 0), at.limit + 1],
    );
    const { rows, page } = nextPage(found, at.limit, (row) => [row.place]);
    const firms = rows.map((row) => {
      const { buyer_id: buyerId, contracts, granted, base, amount } = row;
      return { buyerId, contracts, granted, base, amount, firm: firmOf(row) };
    });
    return { firms, page };
  }

  async compare({ trialId, withTrialId, page: asked }: CompareTrialsRequest, call: Call): Promise<TrialComparison> {
    const [after, before] = [await this.get(trialId, call), await this.get(withTrialId, call)];
    if (!after.inputsHash || after.inputsHash !== before.inputsHash)
      throw conflict(
        'trials_must_be_of_the_same_inputs',
        `another year, or something changed in between: try one again as of ${new Date(before.asOf || before.triedAt).toISOString()}`,
        'withTrialId',
      );
    const at = pageOf(asked);
    const [[counts], found] = await Promise.all([
      this.database.query<Compared>(
        `${changes} select count(*) filter (where before = 0) as gained, count(*) filter (where after = 0) as lost,
           count(*) filter (where before > 0 and after > before) as more, count(*) filter (where after > 0 and after < before) as less from changes`,
        [trialId, withTrialId],
      ),
      this.database.query<ComparedRow>(
        `${changes} select changes.*, name as firm_name, credit_code from changes left join participants on participant_id = buyer_id
         where place > $3 order by place limit $4`,
        [trialId, withTrialId, numberAfter(at, 0), at.limit + 1],
      ),
    ]);
    const { gained, lost, more, less } = counts!;
    const { rows, page } = nextPage(found, at.limit, (row) => [row.place]);
    return {
      before,
      after,
      gained: Number(gained),
      lost: Number(lost),
      more: Number(more),
      less: Number(less),
      firms: rows.map((row) => ({ buyerId: row.buyer_id, before: row.before, after: row.after, firm: firmOf(row) })),
      page,
    };
  }
}

const changes = `with changes as (
  select row_number() over (order by abs(coalesce(new.amount, 0) - coalesce(old.amount, 0)) desc, buyer_id) as place, buyer_id,
    coalesce(old.amount, 0) as before, coalesce(new.amount, 0) as after
  from (select buyer_id, amount from trial_firms where trial_id = $1) new full join (select buyer_id, amount from trial_firms where trial_id = $2) old using (buyer_id)
  where new.amount is distinct from old.amount)`;

const toTrial = (row: TrialRow): Trial => ({ ...Trial.decode(row.result), trialId: Number(row.trial_id) });
