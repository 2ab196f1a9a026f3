import { SpendingDefinition } from '#contracts';
import type {
  GetAccruedIncomeRequest,
  GetSpendingRequest,
  ListBudgetsRequest,
  ListNoticesRequest,
  SetBudgetRequest,
  WatchNoticesRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { Budgets } from './budgets.js';
import { Notices } from './notices.js';
import { SpendingStatements } from './spending.js';

@Rpc(SpendingDefinition)
export class SpendingRpc implements Implementation<typeof SpendingDefinition> {
  constructor(
    private readonly statements: SpendingStatements,
    private readonly budgets: Budgets,
    private readonly notices: Notices,
  ) {}

  getSpending = (request: GetSpendingRequest, call: Call) => this.statements.spending(request, call);
  setBudget = (request: SetBudgetRequest, call: Call) => this.budgets.set(request, call);
  listBudgets = (request: ListBudgetsRequest, call: Call) => this.budgets.list(request, call);
  getAccruedIncome = (request: GetAccruedIncomeRequest, call: Call) => this.statements.accruedIncome(request, call);
  listNotices = (request: ListNoticesRequest, call: Call) => this.notices.list(request, call);
  watchNotices = (request: WatchNoticesRequest, call: Call) => this.notices.watch(request, call);
}
