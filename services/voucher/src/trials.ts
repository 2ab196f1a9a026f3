import { Injectable } from '@nestjs/common';
import { bytesOf, type ProgrammeTerms, Trial, type TryProgrammeRequest } from '#contracts';
import { formatYuan } from '#domain';
import { type Call, Clock, Database, type Tx, conflict, invalid, mayAct, absent } from '#platform';
import { actorOf, record } from './audit.js';
import { brokenTermOf } from './core/document.js';
import { Trial as Tried, type TrialResult, type TriedFirm } from './core/trial.js';
import { readProgramme, termsOf } from './programme.row.js';
import { TrialInputs } from './trial.inputs.js';

const tradesMax = 500_000;

/** a programme, or other terms for it, tried on a year's real bills before anybody approves it. */
@Injectable()
export class Trials {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async try(request: TryProgrammeRequest, call: Call): Promise<Trial> {
    const { programmeId, year } = request;
    return this.database.once(call, Trial, async (tx) => {
      const row = await readProgramme(tx, programmeId);
      if (!mayAct(call, row.authority_id)) throw absent(`programme ${programmeId}`);
      const terms = request.terms ?? termsOf(row);
      // A document that is over may be tried as well.
      const broken = brokenTermOf(terms, terms.firstDay);
      if (broken) throw invalid(broken.field, broken.rule, broken.detail);
      const now = this.clock.now();
      const asOf = request.asOf || now;
      if (asOf > now) throw invalid('asOf', 'trial_must_not_take_the_future', 'nothing is known of that moment yet');
      const inputs = await TrialInputs.read(tx, { programmeId, authorityId: row.authority_id, year, asOf });
      const { trades, throughBillId } = await inputs.extent();
      if (trades > tradesMax)
        throw conflict('trial_must_fit_its_limit', `${year} has ${trades} billed trades, a trial takes ${tradesMax}`, 'year');
      const tried = new Tried(terms);
      await inputs.giveTo(tried);
      const result = tried.result();
      const of = { programmeId, year, terms, throughBillId, asOf, inputsHash: inputs.digest(), triedBy: call.caller.name, triedAt: now };
      const trial = trialOf(result, of);
      const trialId = await insert(tx, trial, result.firms);
      const detail = `${trialId} on ${year}: ${formatYuan(result.cost)} of ${formatYuan(result.base)} yuan to ${trial.firms} firms`;
      await record(tx, actorOf(call), now, [{ programmeId, step: 'tried', detail }]);
      return { ...trial, trialId };
    });
  }
}

interface Of {
  readonly programmeId: number;
  readonly year: number;
  readonly terms: ProgrammeTerms;
  readonly throughBillId: number;
  readonly asOf: number;
  readonly inputsHash: string;
  readonly triedBy: string;
  readonly triedAt: number;
}

const trialOf = (result: TrialResult, of: Of): Trial => ({
  ...of,
  trialId: 0,
  contracts: result.contracts,
  granted: result.granted,
  firms: result.firms.filter(({ amount }) => amount > 0n).length,
  base: result.base,
  cost: result.cost,
  forOfficers: result.forOfficers,
  exhaustedOn: result.exhaustedOn ?? 0,
  clauses: [...result.clauses],
  funded: [...result.funded],
});

/** Kept of the firms: those that get something. */
async function insert(tx: Tx, trial: Trial, firms: readonly TriedFirm[]): Promise<number> {
  const [row] = await tx.query<{ trial_id: bigint }>(
    'insert into trials (programme_id, year, result, through_bill_id) values ($1, $2, $3, $4) returning trial_id',
    [trial.programmeId, trial.year, bytesOf(Trial, trial), trial.throughBillId],
  );
  const granted = firms.filter(({ amount }) => amount > 0n);
  await tx.query(
    `insert into trial_firms (trial_id, place, buyer_id, contracts, granted, base, amount)
     select $1, firm.place, firm.buyer_id, firm.contracts, firm.granted, firm.base, firm.amount
     from unnest($2::int4[], $3::int4[], $4::int4[], $5::int8[], $6::int8[]) with ordinality
       as firm (buyer_id, contracts, granted, base, amount, place)`,
    [
      row!.trial_id,
      granted.map((firm) => firm.buyerId),
      granted.map((firm) => firm.contracts),
      granted.map((firm) => firm.granted),
      granted.map((firm) => firm.base),
      granted.map((firm) => firm.amount),
    ],
  );
  return Number(row!.trial_id);
}
