// Closes the month of a database in a process of its own, so that its memory is that of billing alone. Says what it took as JSON.
import { SettlementDefinition } from '#contracts';
import type { BillingPeriod } from '#contracts';
import { RpcTable } from '#platform';
import { month } from './billing-leases.js';
import { callBy, startSettlement } from './billing-service.js';

const [, , databaseUrl] = process.argv;
const running = await startSettlement(databaseUrl!);
const rssBefore = process.memoryUsage.rss();
const close = running.get<RpcTable>(RpcTable).handler(SettlementDefinition, 'closeBillingPeriod');
const began = performance.now();
const period = (await close({ month }, callBy(1, 'operator'))) as BillingPeriod;
const seconds = (performance.now() - began) / 1_000;
const mib = (bytes: number): number => Math.round(bytes / 1_048_576);
const said = { seconds, bills: period.bills, rssMib: mib(process.resourceUsage().maxRSS * 1_024), rssBeforeMib: mib(rssBefore) };
process.stdout.write(JSON.stringify(said));
await running.stop();
