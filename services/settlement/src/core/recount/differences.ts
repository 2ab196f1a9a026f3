export type Figure = bigint | number | string | null;
export type Figures = Readonly<Record<string, Figure>>;

/** What of a row is not what the records make of it. */
export interface Difference {
  readonly stored: string;
  readonly computed: string;
}

/** Undefined where all figures are alike; else those that are not, by name. */
export function difference(stored: Figures, computed: Figures): Difference | undefined {
  const names = Object.keys(computed).filter((name) => String(stored[name]) !== String(computed[name]));
  if (names.length === 0) return undefined;
  const shown = (of: Figures): string => names.map((name) => `${name} ${of[name]}`).join(', ');
  return { stored: shown(stored), computed: shown(computed) };
}
