// Ways in which the receiver fails when it is told to.

export const modes = {
  down: 'answers 503 and does nothing',
  'drop-requests': 'cuts the connection and does nothing',
  'drop-answers': 'does what it is asked and cuts the connection',
  late: 'does what it is asked and answers after `ms`, or once there is another fault or none',
  unsigned: 'does what it is asked and signs the answer by another key',
  'refuse-message': 'refuses messages that contain `match` as against the contract, and does nothing',
  refuse: 'refuses items whose id contains `match`, by `rule`',
  'leave-out': 'says nothing of items whose id contains `match`, and does not take them',
} as const;

export type Mode = keyof typeof modes;

export interface Fault {
  readonly mode: Mode;
  /** How many messages, or items, it befalls; all until it is taken away, where it is not said. */
  readonly times?: number;
  /** Only messages whose text, or items whose id, contains it. */
  readonly match?: string;
  readonly rule?: string;
  readonly ms?: number;
}

export const isFault = (value: unknown): value is Fault => typeof value === 'object' && value !== null && (value as Fault).mode in modes;

export class Faults {
  private fault: Fault | undefined;
  private left = 0;

  set(fault: Fault | undefined): void {
    this.fault = fault;
    this.left = fault?.times ?? Infinity;
  }

  /** What befalls a message as a whole. */
  ofMessage(text: string): Fault | undefined {
    if (!this.fault || ['refuse', 'leave-out'].includes(this.fault.mode) || this.left <= 0) return undefined;
    if (!text.includes(this.fault.match ?? '')) return undefined;
    this.left -= 1;
    return this.fault;
  }

  ofItem(itemId: string): Fault | undefined {
    if (!this.fault || !['refuse', 'leave-out'].includes(this.fault.mode) || this.left <= 0) return undefined;
    if (!itemId.includes(this.fault.match ?? '')) return undefined;
    this.left -= 1;
    return this.fault;
  }
}
