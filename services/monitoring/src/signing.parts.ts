import { AgentKeys } from './agent.keys.js';
import { DayDigests } from './day.digests.js';
import { DaySigning } from './day.signing.js';
import { SignedDayQuery } from './signed-day.query.js';
import { SigningRpc } from './signing.rpc.js';
import { TelemetryProof } from './telemetry.proof.js';

/** What takes, compares and proves signed days. */
export const signingParts = [AgentKeys, DayDigests, DaySigning, SignedDayQuery, TelemetryProof, SigningRpc];
