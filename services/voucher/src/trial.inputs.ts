import { createHash } from 'node:crypto';
import { ClaimState } from '#contracts';
import { Refusal, type Tx, conflict } from '#platform';
import type { BilledTrade } from './core/claim.js';
import { regionHolds } from './core/eligibility.js';
import type { Buyer } from './core/terms.js';
import type { Trial, TriedContract } from './core/trial.js';
import { paidElsewhereIn } from './elsewhere.js';

interface BilledRow {
  readonly bill_id: bigint;
  readonly trade_id: bigint;
  readonly bid_id: bigint;
  readonly buyer_id: number;
  readonly month: string;
  readonly day: number;
  readonly base: bigint;
  readonly line_count: number;
  readonly provider_id: number;
  readonly delivered_by_id: number;
  readonly compute_class: number;
  readonly domestic: boolean;
  readonly green_share_bp: number;
  readonly measured_unit_slots: bigint;
}

/** Whose programme is tried, on what. */
export interface TriedOn {
  readonly programmeId: number;
  readonly authorityId: number;
  readonly year: number;
  /** Milliseconds since the Unix epoch: what was known then. */
  readonly asOf: number;
}

/** What is known beside the bills. */
interface Inputs {
  readonly registered: ReadonlyMap<number, Buyer>;
  /** Firms of the authority's region. */
  readonly buyerIds: readonly number[];
  readonly owing: ReadonlySet<number>;
  /** Programmes that granted it something, by buyer. */
  readonly grants: ReadonlyMap<number, readonly number[]>;
  /** By 'bid month'. */
  readonly elsewhere: ReadonlyMap<string, bigint>;
}

const rowsAtOnce = 2_000;

/**
 * What an authority tries its programme on: bills of firms registered in its own region, since what a firm spends is told to no other authority. All of it is taken as it
 * was known at one moment, and what was taken has a hash.
 */
export class TrialInputs {
  private readonly hash = createHash('sha256');

  private constructor(
    private readonly tx: Tx,
    private readonly on: TriedOn,
    private readonly inputs: Inputs,
  ) {
    const { grants, buyerIds } = inputs;
    this.hash.update(JSON.stringify([on.year, buyerIds.map((id) => [id, grants.get(id) ?? []])]));
  }

  /** @throws Refusal conflict authority_must_be_registered where it was not then; unavailable authority_must_be_known_here where the registry's word is on its way */
  static async read(tx: Tx, on: TriedOn): Promise<TrialInputs> {
    const registered = await registeredAt(tx, on.asOf);
    const authority = registered.get(on.authorityId);
    if (!authority) throw await notRegistered(tx, on.authorityId);
    const buyerIds = [...registered].filter(([, buyer]) => regionHolds(authority.region, buyer.region)).map(([id]) => id);
    const inputs = {
      registered,
      buyerIds,
      owing: await owingAt(tx, on.asOf),
      grants: await grantsAt(tx, on.asOf),
      elsewhere: await paidElsewhereIn(tx, on.year, on.asOf),
    };
    return new TrialInputs(tx, on, inputs);
  }

  /** How many trades the bills hold, and the newest of these bills. */
  async extent(): Promise<{ trades: number; throughBillId: number }> {
    const { year, asOf } = this.on;
    const [row] = await this.tx.query<{ trades: bigint; bill_id: bigint }>(
      `select count(*) as trades, coalesce(max(bill_id), 0)::int8 as bill_id from billed_trades
       where month between $1::text || '-01' and $1::text || '-12' and at <= $2 and buyer_id = any($3)`,
      [year, asOf, this.inputs.buyerIds],
    );
    return { trades: Number(row!.trades), throughBillId: Number(row!.bill_id) };
  }

  /** Gives a trial the year's contracts, page by page, in the order of months, bills and bids. */
  async giveTo(trial: Trial): Promise<void> {
    let after: BilledRow | undefined;
    // Of one contract, until the next begins.
    let gathered: BilledRow[] = [];
    const take = (): void => {
      if (gathered.length) trial.take(this.contractOf(gathered));
      gathered = [];
    };
    for (let isMore = true; isMore;) {
      const rows = await this.page(after);
      for (const row of rows) {
        if (gathered.length && !isOfOneContract(gathered[0]!, row)) take();
        gathered.push(row);
      }
      after = rows.at(-1);
      isMore = rows.length === rowsAtOnce;
    }
    take();
  }

  /** Of all that was given: the same for the same. */
  digest(): string {
    return this.hash.copy().digest('hex');
  }

  private page(after: BilledRow | undefined): Promise<BilledRow[]> {
    const { year, asOf } = this.on;
    return this.tx.query<BilledRow>(pageOfTrades, [
      ...[year, asOf, this.inputs.buyerIds],
      ...[after?.month ?? '', after?.bill_id ?? 0n, after?.bid_id ?? 0n, after?.trade_id ?? 0n],
      rowsAtOnce,
    ]);
  }

  private contractOf(rows: readonly BilledRow[]): TriedContract {
    const { bill_id: billId, bid_id: bidId, buyer_id: buyerId, month, day } = rows[0]!;
    const { registered, owing, grants, elsewhere } = this.inputs;
    const contract = {
      ...{ billId: Number(billId), bidId: Number(bidId), month, day, buyerId },
      buyer: registered.get(buyerId)!,
      hasPaid: !owing.has(buyerId),
      elsewhere: elsewhere.get(`${bidId} ${month}`) ?? 0n,
      trades: rows.map((row) => this.tradeOf(row)),
    };
    this.hash.update(JSON.stringify(contract, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
    return { ...contract, isNew: (grants.get(buyerId) ?? []).every((programmeId) => programmeId === this.on.programmeId) };
  }

  private tradeOf(row: BilledRow): BilledTrade {
    const groupOf = (id: number): number => this.inputs.registered.get(id)?.ownerGroup ?? 0;
    return {
      tradeId: Number(row.trade_id),
      base: row.base,
      lineCount: row.line_count,
      held: 0n,
      providerId: row.provider_id,
      providerGroup: groupOf(row.provider_id),
      delivererGroup: groupOf(row.delivered_by_id),
      computeClass: row.compute_class,
      domestic: row.domestic,
      greenShareBp: row.green_share_bp,
      measured: row.measured_unit_slots > 0n,
    };
  }
}

const isOfOneContract = (one: BilledRow, other: BilledRow): boolean => one.bill_id === other.bill_id && one.bid_id === other.bid_id;

const pageOfTrades = `select bill_id, billed.trade_id, bid_id, buyer_id, month, day,
    base - coalesce((select sum(amount) from billed_refunds refund where refund.trade_id = billed.trade_id and refund.at <= $2), 0)::int8 as base, line_count,
    provider_id, delivered_by_id, compute_class, domestic, green_share_bp, measured_unit_slots
  from billed_trades billed
  where month between $1::text || '-01' and $1::text || '-12' and at <= $2 and buyer_id = any($3)
    and (month, bill_id, bid_id, trade_id) > ($4::text, $5::int8, $6::int8, $7::int8)
  order by month, bill_id, bid_id, trade_id limit $8`;

async function notRegistered(tx: Tx, authorityId: number): Promise<Refusal> {
  const [since] = await tx.query('select from registrations where participant_id = $1 limit 1', [authorityId]);
  if (since) return conflict('authority_must_be_registered', `participant ${authorityId} was not registered at that moment`, 'asOf');
  const detail = `the registration of participant ${authorityId}, by whose region firms are tried, has not been told here yet; try again in a moment`;
  return new Refusal('unavailable', 'authority_must_be_known_here', detail, undefined, [], 1);
}

async function registeredAt(tx: Tx, asOf: number): Promise<Map<number, Buyer>> {
  const rows = await tx.query<{ participant_id: number; owner_group: number; region: number; industry: string; size: number }>(
    'select distinct on (participant_id) * from registrations where at <= $1 order by participant_id, number desc',
    [asOf],
  );
  return new Map(
    rows.map((row) => [row.participant_id, { region: row.region, industry: row.industry, size: row.size, ownerGroup: row.owner_group }]),
  );
}

async function owingAt(tx: Tx, asOf: number): Promise<Set<number>> {
  const rows = await tx.query<{ participant_id: number; overdue: boolean }>(
    'select distinct on (participant_id) participant_id, overdue from overdue_changes where at <= $1 order by participant_id, number desc',
    [asOf],
  );
  return new Set(rows.filter((row) => row.overdue).map((row) => row.participant_id));
}

/** A claim that officers refused since was not refused then. */
async function grantsAt(tx: Tx, asOf: number): Promise<Map<number, number[]>> {
  const rows = await tx.query<{ buyer_id: number; programme_ids: number[] }>(
    `select buyer_id, array_agg(distinct programme_id order by programme_id) as programme_ids from claims
     where made_at <= $1 and case when state = ${ClaimState.REFUSED} then decided_at > $1 else amount > 0 end group by 1`,
    [asOf],
  );
  return new Map(rows.map((row) => [row.buyer_id, row.programme_ids]));
}
