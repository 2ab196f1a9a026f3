import { Inject, Injectable } from '@nestjs/common';
import { bytesOf, type CreateProgrammeRequest, LedgerDefinition, Programme, ProgrammeState, ProgrammeTerms } from '#contracts';
import { formatYuan, shanghaiDay, slotAt } from '#domain';
import {
  type Call,
  type Client,
  Clock,
  Database,
  type Tx,
  clientOf,
  conflict,
  has,
  invalid,
  mayAct,
  forbidden,
  serviceCall,
} from '#platform';
import { actorOf, record } from './audit.js';
import { dateOfDay } from './date.js';
import { brokenByApproval, detailOf, isApproved } from './core/officers.js';
import { brokenTermOf } from './core/document.js';
import { type ProgrammeRow, lockProgramme, readProgramme, termsOf, toProgramme } from './programme.row.js';

/** A programme's life until its period begins: drafted, submitted, approved by two officers (R-31, R-34); and its early end. */
@Injectable()
export class Programmes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(clientOf(LedgerDefinition)) private readonly ledger: Client<typeof LedgerDefinition>,
  ) {}

  async create(request: CreateProgrammeRequest, call: Call): Promise<Programme> {
    const authorityId = request.authorityId || call.caller.participantId;
    if (!mayAct(call, authorityId)) throw forbidden('programme_must_be_drafted_by_its_authority', 'another authority cannot be named');
    const terms = this.checked(request.terms!);
    return this.database.once(call, Programme, async (tx) => {
      const now = this.clock.now();
      if (!has(call, 'authority')) await this.mustBeVerified(tx, authorityId);
      const [row] = await tx.query<{ programme_id: number }>(
        `insert into programmes (authority_id, state, terms, first_day, last_day, budget_per_year, drafted_by, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning programme_id`,
        [authorityId, ProgrammeState.DRAFT, encoded(terms), terms.firstDay, terms.lastDay, terms.budgetPerYear, call.caller.name, now],
      );
      await record(tx, actorOf(call), now, [{ programmeId: row!.programme_id, step: 'drafted', detail: summaryOf(terms) }]);
      return toProgramme(await readProgramme(tx, row!.programme_id));
    });
  }

  async revise(programmeId: number, terms: ProgrammeTerms, call: Call): Promise<Programme> {
    this.checked(terms);
    return this.step(programmeId, call, ProgrammeState.DRAFT, async (tx) => {
      await tx.query(
        'update programmes set terms = $2, first_day = $3, last_day = $4, budget_per_year = $5, drafted_by = $6 where programme_id = $1',
        [programmeId, encoded(terms), terms.firstDay, terms.lastDay, terms.budgetPerYear, call.caller.name],
      );
      return { state: ProgrammeState.DRAFT, step: 'revised', detail: summaryOf(terms) };
    });
  }

  async submit(programmeId: number, call: Call): Promise<Programme> {
    return this.step(programmeId, call, ProgrammeState.DRAFT, async (tx, row) => {
      this.checked(termsOf(row));
      await tx.query('update programmes set round = round + 1, submitted_by = $2 where programme_id = $1', [programmeId, call.caller.name]);
      return { state: ProgrammeState.SUBMITTED, step: 'submitted', detail: summaryOf(termsOf(row)) };
    });
  }

  async approve(programmeId: number, call: Call): Promise<Programme> {
    return this.step(programmeId, call, ProgrammeState.SUBMITTED, async (tx, row) => {
      this.checked(termsOf(row));
      const officer = call.caller.name;
      const broken = brokenByApproval({ authors: [row.drafted_by, row.submitted_by], approvals: row.approved_by }, officer);
      if (broken) throw conflict(broken, detailOf(broken, officer));
      const approvals = [...row.approved_by, officer];
      await tx.query('insert into approvals (programme_id, round, key, at) values ($1, $2, $3, $4)', [
        programmeId,
        row.round,
        officer,
        this.clock.now(),
      ]);
      const detail = `officer ${approvals.length} of 2`;
      if (!isApproved(approvals)) return { state: ProgrammeState.SUBMITTED, step: 'approved', detail };
      const state = row.first_day <= this.today() ? ProgrammeState.ACTIVE : ProgrammeState.APPROVED;
      return { state, step: 'approved', detail: `${detail}: ${await this.issue(tx, row, state, approvals)}` };
    });
  }

  async giveBack(programmeId: number, reason: string, call: Call): Promise<Programme> {
    return this.step(programmeId, call, ProgrammeState.SUBMITTED, async (tx) => {
      await tx.query('update programmes set round = round + 1 where programme_id = $1', [programmeId]);
      return { state: ProgrammeState.DRAFT, step: 'returned', detail: reason };
    });
  }

  async close(programmeId: number, reason: string, call: Call): Promise<Programme> {
    return this.database.once(call, Programme, async (tx) => {
      const row = await lockProgramme(tx, programmeId, call);
      if (row.state !== ProgrammeState.APPROVED && row.state !== ProgrammeState.ACTIVE)
        throw conflict('programme_must_be_approved_and_open', 'only a programme that was issued and runs can be closed');
      return this.move(tx, row, call, { state: ProgrammeState.CLOSED, step: 'closed', detail: reason });
    });
  }

  /**
   * The document stands for good from here. Idempotent in the ledger by its transfer id, which is the round's: an approval that is tried again issues nothing twice.
   * Where the ledger issued and the approval was lost, and the document then came with another budget, that is issued instead.
   */
  private async issue(tx: Tx, row: ProgrammeRow, state: ProgrammeState, approvedBy: readonly string[]): Promise<string> {
    await tx.query(
      `insert into programme_issues (programme_id, authority_id, state, terms, first_day, last_day, budget_per_year, round, drafted_by, submitted_by, approved_by,
         issued_at)
       select programme_id, authority_id, $2, terms, first_day, last_day, budget_per_year, round, drafted_by, submitted_by, $3, $4 from programmes
       where programme_id = $1`,
      [row.programme_id, state, approvedBy, this.clock.now()],
    );
    const { budget } = termsOf(row);
    const { programme_id: programmeId, round } = row;
    await this.ledger.fundProgramme(
      { programmeId, transferId: `approved-${round}`, amount: budget, replaces: true, round },
      serviceCall('voucher'),
    );
    return `${formatYuan(budget)} yuan issued`;
  }

  private async step(
    programmeId: number,
    call: Call,
    from: ProgrammeState,
    take: (tx: Tx, row: ProgrammeRow) => Promise<{ state: ProgrammeState; step: string; detail: string }>,
  ): Promise<Programme> {
    return this.database.once(call, Programme, async (tx) => {
      const row = await lockProgramme(tx, programmeId, call);
      if (row.state !== from)
        throw conflict(`programme_must_be_${ProgrammeState[from].toLowerCase()}`, `it is ${ProgrammeState[row.state]}`);
      return this.move(tx, row, call, await take(tx, row));
    });
  }

  private async move(
    tx: Tx,
    row: ProgrammeRow,
    call: Call,
    { state, step, detail }: { state: ProgrammeState; step: string; detail: string },
  ): Promise<Programme> {
    const now = this.clock.now();
    await tx.query('update programmes set state = $2, changed_at = $3 where programme_id = $1', [row.programme_id, state, now]);
    await record(tx, actorOf(call), now, [{ programmeId: row.programme_id, step, detail }]);
    return toProgramme(await readProgramme(tx, row.programme_id));
  }

  private today(): number {
    return shanghaiDay(slotAt(this.clock.now()));
  }

  private checked(terms: ProgrammeTerms): ProgrammeTerms {
    const broken = brokenTermOf(terms, this.today());
    if (broken) throw invalid(broken.field, broken.rule, broken.detail);
    return terms;
  }

  private async mustBeVerified(tx: Tx, participantId: number): Promise<void> {
    const [known] = await tx.query('select 1 from participants where participant_id = $1 and state = 3', [participantId]);
    if (!known) throw conflict('authority_must_be_verified', `participant ${participantId} is not verified`, 'authorityId');
  }
}

const encoded = (terms: ProgrammeTerms): Buffer => bytesOf(ProgrammeTerms, terms);
const summaryOf = (terms: ProgrammeTerms): string =>
  `${terms.name}: ${formatYuan(terms.budget)} yuan, ${dateOfDay(terms.firstDay)} to ${dateOfDay(terms.lastDay)}, ${terms.tiers.map((tier) => `${tier.rateBp} bp`).join(', ')}`;
