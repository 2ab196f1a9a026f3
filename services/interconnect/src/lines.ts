import { MessageKind } from '#contracts';

/**
 * What waits for nothing that was said before it, so that several are on their way at once: a commit is said when its reserve has its answer, and a cancel that
 * overtakes its reserve ends it.
 */
export const besideKinds: readonly MessageKind[] = [MessageKind.RESERVE, MessageKind.COMMIT, MessageKind.CANCEL];
/** Of one partner, taken up together; of those kinds also on their way at once. */
export const togetherMax = 32;

interface Line {
  /** On their way side by side, and one after the other. */
  beside: number;
  inOrder: number;
  /** So many go side by side: fewer where there was no answer, so that a partner that is away or hears less is not asked by all. */
  width: number;
}

/** What is on its way to each partner. */
export class Lines {
  private readonly lines = new Map<string, Line>();

  /** How many more may be taken up, of partners to whom something is or was on its way. */
  rooms(): { readonly platforms: string[]; readonly beside: number[]; readonly inOrder: number[] } {
    const lines = [...this.lines.values()];
    return {
      platforms: [...this.lines.keys()],
      beside: lines.map(({ beside, width }) => (beside === 0 || width === togetherMax ? togetherMax - beside : 0)),
      inOrder: lines.map(({ inOrder }) => (inOrder === 0 ? togetherMax : 0)),
    };
  }

  /** So many of them go side by side. */
  width(platform: string, kind: MessageKind): number {
    return besideKinds.includes(kind) ? this.of(platform).width : 1;
  }

  took(platform: string, kind: MessageKind, count: number): void {
    this.of(platform)[laneOf(kind)] += count;
  }

  ended(platform: string, kind: MessageKind, hasAnswer: boolean): void {
    const line = this.of(platform);
    const lane = laneOf(kind);
    line[lane] -= 1;
    if (lane === 'beside') line.width = hasAnswer ? Math.min(togetherMax, line.width * 2) : Math.max(1, line.width >> 1);
  }

  /** They were taken up and not said. */
  dropped(platform: string, kind: MessageKind, count: number): void {
    this.of(platform)[laneOf(kind)] -= count;
  }

  private of(platform: string): Line {
    return this.lines.getOrInsertComputed(platform, () => ({ beside: 0, inOrder: 0, width: togetherMax }));
  }
}

const laneOf = (kind: MessageKind): 'beside' | 'inOrder' => (besideKinds.includes(kind) ? 'beside' : 'inOrder');
