/** The numbers are those of the contract. */
export const PartnerState = { ACTIVE: 1, SUSPENDED: 2, LEFT: 3 } as const;
export type PartnerState = (typeof PartnerState)[keyof typeof PartnerState];

export type Move = 'suspend' | 'resume' | 'leave';

const moves: Readonly<Record<Move, { readonly from: readonly PartnerState[]; readonly to: PartnerState }>> = {
  suspend: { from: [PartnerState.ACTIVE], to: PartnerState.SUSPENDED },
  resume: { from: [PartnerState.SUSPENDED], to: PartnerState.ACTIVE },
  leave: { from: [PartnerState.ACTIVE, PartnerState.SUSPENDED], to: PartnerState.LEFT },
};

/** The state that follows; undefined where the partner cannot be moved so. */
export const moved = (state: number, move: Move): PartnerState | undefined =>
  moves[move].from.some((from) => from === state) ? moves[move].to : undefined;
