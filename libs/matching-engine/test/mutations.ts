/** A rule broken in the fast engine by one small change of its text. */
export interface Mutation {
  readonly rule: string;
  /** What is wrong then. */
  readonly wrong: string;
  /** In src/fast; `find` stands there once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Each of these must make the tables or the differential fail (`npm run mutate`). */
export const mutations: readonly Mutation[] = [
  {
    rule: 'R-1',
    wrong: 'a floor passes pools with too little memory',
    file: 'reach.ts',
    find: 'pool.fact.memoryGib >= floor.memoryGibMin',
    replace: 'true',
  },
  {
    rule: 'R-2',
    wrong: 'PFLOPS are rounded down to groups at once',
    file: 'pieces.ts',
    find: 'Math.ceil(rest / candidate.group)',
    replace: 'Math.floor(rest / candidate.group)',
  },
  {
    rule: 'R-2a',
    wrong: 'groups go to the emptiest node',
    file: 'capacity.ts',
    find: '(least === 0 || free < least)',
    replace: '(least === 0 || free > least)',
  },
  {
    rule: 'R-3',
    wrong: 'an offer sells what it has, whatever other offers sold of the pool',
    file: 'pieces.ts',
    find: 'ofOffer < groupsOfPool ? ofOffer : groupsOfPool',
    replace: 'ofOffer',
  },
  {
    rule: 'R-4',
    wrong: 'only the last slot of a lease must be in the allowed hours',
    file: 'starts.ts',
    find: 'if (run < durationSlots) continue;',
    replace: 'if (run < 1) continue;',
  },
  {
    rule: 'R-5',
    wrong: 'minUnits is not heeded',
    file: 'wish.ts',
    find: 'Math.min(this.rest, (this.total / this.units) * this.minUnits)',
    replace: '1',
  },
  {
    rule: 'R-6',
    wrong: 'the rest of a ONE_REGION bid is not bound to its region',
    file: 'wish.ts',
    find: 'this.region = site.region;\n    const bound',
    replace: '{}\n    const bound',
  },
  {
    rule: 'R-7',
    wrong: 'the security grade is not heeded',
    file: 'reach.ts',
    find: 'site.securityGrade < c.securityGradeMin',
    replace: 'false',
  },
  {
    rule: 'R-8',
    wrong: 'GREENEST takes the least green first',
    file: 'candidates.ts',
    find: 'return -pool.site.greenShareBp',
    replace: 'return pool.site.greenShareBp',
  },
  {
    rule: 'R-9',
    wrong: 'a bid that asks for more keeps its time',
    file: 'orders.ts',
    find: 'if (!keepsTime) data[bid + Bid.PRIORITY] = sequence;',
    replace: '',
  },
  {
    rule: 'R-10a',
    wrong: 'a refusal by a guard is remembered',
    file: 'orders.ts',
    find: 'if (isGuard(rejection)) return;',
    replace: '',
  },
  {
    rule: 'R-11',
    wrong: 'of equal candidates the younger offer comes first',
    file: 'candidates.ts',
    find: '|| a.priority - b.priority',
    replace: '|| b.priority - a.priority',
  },
  {
    rule: 'R-11a',
    wrong: 'of several links the dearest counts',
    file: 'links-index.ts',
    find: 'a.pricePerGb - b.pricePerGb ||',
    replace: 'b.pricePerGb - a.pricePerGb ||',
  },
  {
    rule: 'R-12',
    wrong: 'of equal fills the dearer one is taken',
    file: 'fills.ts',
    find: "return [a.cost - b.cost, 'price']",
    replace: "return [b.cost - a.cost, 'price']",
  },
  {
    rule: 'R-13',
    wrong: 'a bid does not expire at its date',
    file: 'wish.ts',
    find: 'startOfSlot(last), tables.rare.data[rareOf(tables, bid) + Rare.GOOD_TILL]!)',
    replace: 'startOfSlot(last), Infinity)',
  },
  {
    rule: 'R-14',
    wrong: 'a pass takes the lowest limit first',
    file: 'pass.ts',
    find: 'data[b + Bid.LIMIT]! - data[a + Bid.LIMIT]!',
    replace: 'data[a + Bid.LIMIT]! - data[b + Bid.LIMIT]!',
  },
  {
    rule: 'R-15',
    wrong: 'the price is that of the order that came later',
    file: 'taking.ts',
    find: 'wish.priority < priority',
    replace: 'wish.priority > priority',
  },
  {
    rule: 'R-16',
    wrong: 'others of one owner trade with each other',
    file: 'candidates.ts',
    find: ' || this.market.participants.groups[participant] === wish.group',
    replace: '',
  },
  {
    rule: 'R-17',
    wrong: 'a lease that has begun goes without notice',
    file: 'reclaim.ts',
    find: 'hasBegun ? tables.rare.data[rareOf(tables, data[lease + Trade.BID]!) + Rare.NOTICE]! : 0',
    replace: '0',
  },
  {
    rule: 'R-17',
    wrong: 'leases go that are not needed',
    file: 'reclaim.ts',
    find: 'if (pool.capacity.freeGroups(perNode, start, end) >= wanted.get(pool)!) return false;',
    replace: '',
  },
  {
    rule: 'R-18',
    wrong: 'a FIRM lease that is given up early is paid no more',
    file: 'own-leases.ts',
    find: 'const unheld = isFirm ? 0 : releaseUndelivered(market, lease, from);',
    replace: 'const unheld = releaseUndelivered(market, lease, from);',
  },
  {
    rule: 'R-19',
    wrong: 'depth shows what a halted book has',
    file: 'depth.ts',
    find: 'if (market.stopped || book.halted) return [];',
    replace: '',
  },
  {
    rule: 'R-19',
    wrong: 'the index forgets what its hour traded before',
    file: 'index-price.ts',
    find: 'last.unitSlots += unitSlots',
    replace: 'last.unitSlots = unitSlots',
  },
  {
    rule: 'R-22',
    wrong: 'one order more than the rate is taken',
    file: 'guards.ts',
    find: 'orders[place]! > ordersPerSecond',
    replace: 'orders[place]! > ordersPerSecond + 1',
  },
  {
    rule: 'R-22',
    wrong: 'an order of the very cap is refused',
    file: 'guards.ts',
    find: 'worth > orderValueCap',
    replace: 'worth >= orderValueCap',
  },
  {
    rule: 'R-23',
    wrong: 'of a fill that starts together the pieces inside the band are made',
    file: 'taking.ts',
    find: 'wish.isTogether ? 0 : outside',
    replace: 'outside',
  },
  {
    rule: 'R-24',
    wrong: 'a node that drains is sold',
    file: 'market.ts',
    find: ' && !this.drainingNodes.has(node)',
    replace: '',
  },
  {
    rule: 'R-24',
    wrong: 'of a gang the leases that found a place go on',
    file: 'losses.ts',
    find: 'if (short.length > 0 && isGang)',
    replace: 'if (false)',
  },
  {
    rule: 'R-26',
    wrong: 'what trades and bids hold may leave',
    file: 'money.ts',
    find: 'isWithin(amount, 1, total - participants.reserved[place]!)',
    replace: 'isWithin(amount, 1, total)',
  },
  {
    rule: 'R-28',
    wrong: 'who owes what is overdue places orders',
    file: 'guards.ts',
    find: "if (fact.overdue) return 'participant_must_owe_nothing_overdue';",
    replace: '',
  },
];
