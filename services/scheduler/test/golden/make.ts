// Makes the golden journal of the version that is written now: `node dist/services/scheduler/test/golden/make.js`, once for a version. What it
// writes is committed and never made again, unless the rules themselves were changed before anybody had a journal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, version } from '../../src/codec/batch.js';
import { Market } from '../../src/market.js';
import { replayRow } from '../../src/replay.js';
import { batchesOf, goldenCommands, toFile } from './journal.js';

const folder = join(process.cwd(), 'services/scheduler/test/golden');
const batches = batchesOf(goldenCommands());
const rows = batches.map(encode);
const market = Market.empty();
for (const payload of rows) replayRow(market, { firstSequence: market.sequence + 1, payload }, Infinity);
writeFileSync(join(folder, `journal-v${version}.bin`), toFile(rows));
const { sequence } = market;
writeFileSync(join(folder, `journal-v${version}.json`), `${JSON.stringify({ sequence, stateHash: market.engine.stateHash() })}\n`);
