// Advertisements are counted, so that both sides see when one is missing, came late, or was forgotten by a side that was restored.

/**
 * What becomes of an advertisement: 'gap' takes nothing and asks for all anew, 'old' takes nothing. So does 'twice', of which the serial was heard in another
 * message: its sender was restored from before that, and is asked for all anew.
 */
export type Taking = 'take' | 'gap' | 'old' | 'twice';

export function takingOf({ serial, full }: { readonly serial: number; readonly full: boolean }, heard: number): Taking {
  if (serial === heard) return 'twice';
  if (serial < heard) return 'old';
  return full || serial === heard + 1 ? 'take' : 'gap';
}

/** How far a partner has come, as it tells. */
export interface Progress {
  /** Serial that was said to it last. */
  readonly said: number;
  /** Serial that it says it has taken last. */
  readonly heard: number;
  /** Something that was said to it has no answer yet, and may still bring it further. */
  readonly isWaiting: boolean;
}

/**
 * The serial after which all is to be advertised anew; undefined where there is no need.
 * A partner that has heard less was restored, or refused something; one that has heard more shows that this side was.
 */
export function afterWhich({ said, heard, isWaiting }: Progress): number | undefined {
  if (heard > said) return heard;
  if (isWaiting) return undefined;
  return heard < said || said === 0 ? said : undefined;
}
