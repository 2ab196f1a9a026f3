import { LinkMeasures } from './link.measures.js';
import { LinkProbes } from './link.probes.js';
import { LinkRpc } from './link.rpc.js';

/** What takes probes of links and tells what they come to. */
export const linkParts = [LinkProbes, LinkMeasures, LinkRpc];
