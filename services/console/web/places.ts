// Where the keyboard stands, while what it stands on is drawn anew.

let kept: string | undefined;

/** Elements that come again after the next drawing carry data-place. */
export function keepPlace(): void {
  kept = (document.activeElement as HTMLElement | null)?.dataset.place ?? kept;
}

/** To where it stood, else to what is new. False where there is neither. */
export function toPlace(fresh?: HTMLElement): boolean {
  const place = kept === undefined ? null : document.querySelector<HTMLElement>(`[data-place="${CSS.escape(kept)}"]`);
  kept = undefined;
  (place ?? fresh)?.focus({ preventScroll: true });
  return Boolean(place ?? fresh);
}
