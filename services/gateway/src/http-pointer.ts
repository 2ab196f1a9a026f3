// Where in a request's body a field stands, as a JSON pointer.

/**
 * The pointer of a field's path ("terms.tiers[0].rateBp": "#/terms/tiers/0/rateBp"), as RFC 9457 writes it. Nothing where the path leads past the body: a
 * parameter, a header, a part of what is not given. What is missing is pointed at where it should stand.
 */
export function pointerOf(body: unknown, field: string): { pointer: string } | undefined {
  const names = namesOf(field);
  let at = body;
  for (const [depth, name] of names.entries()) {
    const isLast = depth === names.length - 1;
    if (typeof at !== 'object' || at === null) return undefined;
    if (!Object.hasOwn(at, name) && (!isLast || depth === 0)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return names.length
    ? { pointer: `#/${names.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}` }
    : undefined;
}

/** What was sent at a field's path; undefined where nothing was. */
export function sentAt(body: unknown, field: string): unknown {
  let at = body;
  for (const name of namesOf(field)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

const namesOf = (field: string): string[] => field.match(/[^.[\]]+/g) ?? [];
