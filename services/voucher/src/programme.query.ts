import { Inject, Injectable } from '@nestjs/common';
import {
  ClaimState,
  type Funding,
  LedgerDefinition,
  type ListProgrammeAuditRequest,
  type ListProgrammeAuditResponse,
  type ListProgrammesRequest,
  type ListProgrammesResponse,
  type Programme,
  type ProgrammeBalances,
  ProgrammeState,
} from '#contracts';
import { type Call, type Client, Database, clientOf, has, nextPage, numberAfter, ownsOrAbsent, pageOf, serviceCall } from '#platform';
import { fundedBy } from './core/funding.js';
import { type ProgrammeRow, readProgramme, selectProgrammes, termsOf, toProgramme } from './programme.row.js';

interface StepRow {
  readonly number: bigint;
  readonly programme_id: number;
  readonly claim_id: bigint;
  readonly step: string;
  readonly participant_id: number;
  readonly key: string;
  readonly at: bigint;
  readonly detail: string;
}

/** Programmes as people read them: drafts are their authority's own, what was approved is public. */
@Injectable()
export class ProgrammeQuery {
  constructor(
    private readonly database: Database,
    @Inject(clientOf(LedgerDefinition)) private readonly ledger: Client<typeof LedgerDefinition>,
  ) {}

  async get(programmeId: number, call: Call): Promise<Programme> {
    const row = await readProgramme(this.database, programmeId);
    if (row.state < ProgrammeState.APPROVED) ownsOrAbsent(call, row.authority_id, `programme ${programmeId}`);
    return toProgramme(row);
  }

  async list(request: ListProgrammesRequest, call: Call): Promise<ListProgrammesResponse> {
    const asked = pageOf(request.page);
    const seesAll = has(call, 'operator', 'regulator', 'service');
    const found = await this.database.query<ProgrammeRow>(
      `${selectProgrammes}
       where ($1 = 0 or state = $1) and ($2 = 0 or authority_id = $2) and ($3 or state >= $4 or authority_id = $5) and programme_id < $6
       order by programme_id desc limit $7`,
      [
        request.state,
        request.authorityId,
        seesAll,
        ProgrammeState.APPROVED,
        call.caller.participantId,
        numberAfter(asked, 2 ** 31 - 1),
        asked.limit + 1,
      ],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.programme_id]);
    return { programmes: rows.map(toProgramme), page };
  }

  async balances(programmeId: number, call: Call): Promise<ProgrammeBalances> {
    const row = await readProgramme(this.database, programmeId);
    ownsOrAbsent(call, row.authority_id, `programme ${programmeId}`);
    return this.ledger.getProgrammeBalances({ programmeId }, serviceCall('voucher'));
  }

  /** Each claim is split by itself, so sums over claims may differ from the split of a sum by some micro-yuan. */
  async funding(programmeId: number, call: Call): Promise<Funding> {
    const row = await readProgramme(this.database, programmeId);
    ownsOrAbsent(call, row.authority_id, `programme ${programmeId}`);
    const { funders } = termsOf(row);
    const claims = await this.database.query<{ year: number; net: bigint; claims: bigint }>(
      `select left(month, 4)::int4 as year, amount - clawed_back as net, count(*) as claims from claims
       where programme_id = $1 and state = ${ClaimState.GRANTED} and amount > clawed_back group by 1, 2 order by 1`,
      [programmeId],
    );
    const total = (some: typeof claims) => some.reduce((sum, { net, claims: count }) => sum + net * count, 0n);
    const split = (some: typeof claims) =>
      funders.map(({ name }, index) => ({
        name,
        amount: some.reduce((sum, { net, claims: count }) => sum + fundedBy(funders, net)[index]!.amount * count, 0n),
      }));
    const years = [...Map.groupBy(claims, ({ year }) => year)].map(([year, some]) => ({ year, paid: total(some), funded: split(some) }));
    return { programmeId, paid: total(claims), funded: split(claims), years };
  }

  async audit(request: ListProgrammeAuditRequest, call: Call): Promise<ListProgrammeAuditResponse> {
    const row = await readProgramme(this.database, request.programmeId);
    ownsOrAbsent(call, row.authority_id, `programme ${request.programmeId}`);
    const asked = pageOf(request.page);
    const found = await this.database.query<StepRow>(
      'select * from audit where programme_id = $1 and number > $2 order by number limit $3',
      [request.programmeId, numberAfter(asked, 0), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (step) => [step.number]);
    const steps = rows.map((step) => ({
      number: Number(step.number),
      programmeId: step.programme_id,
      claimId: Number(step.claim_id),
      step: step.step,
      participantId: step.participant_id,
      key: step.key,
      at: Number(step.at),
      detail: step.detail,
    }));
    return { steps, page };
  }
}
