import type { Asked, Decided, Label } from '../entry.js';
import { number, text } from './field.js';
import type { Shape } from './record.js';

// What an entry says beside its command.

export const asked: Shape<Asked> = { participantId: number(0), key: text, hash: text };
export const label: Shape<Label> = { clientOrderId: text, project: text, image: text, publicKey: text, programmeId: number(0) };
export const decided: Shape<Decided> = { by: text, key: text, reason: text };
