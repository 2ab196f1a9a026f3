// Which terms a partner may reserve by.
import type { Time, Window } from '#domain';
import { firstSellableSlot } from '#domain';
import type { Broken } from './reservation.js';
import { type Limits, type Offered, isWithin } from './supply.js';

interface Kind {
  readonly model: string;
  readonly domestic: boolean;
  readonly unit: number;
  readonly region: number;
  readonly units: number;
  readonly price: number;
}

export type Advertised = Kind & Offered;

export type Terms = Kind & Omit<Offered, 'expiresAt'>;

/** @param advert that the terms name, as this platform offers it; undefined: there is none */
export function brokenByTerms(terms: Terms, advert: Advertised | undefined, limits: Limits, now: Time): Broken | undefined {
  if (terms.window.to <= terms.window.from) return broken('window_must_not_be_empty', 'it has no slot');
  if (terms.window.from < firstSellableSlot(now))
    return broken('window_must_begin_in_time', 'it begins before the first slot that can be sold');
  if (!advert || advert.expiresAt <= now || !isWithin(advert, limits))
    return broken('advert_must_be_offered', 'no such supply is offered to the partner');
  const differs = kinds.find((name) => terms[name] !== advert[name]) ?? (terms.domestic && !advert.domestic ? 'domestic' : undefined);
  if (differs) return broken('terms_must_be_those_of_the_advert', `${differs} is another`);
  if (!lies(terms.window, advert.window)) return broken('window_must_lie_in_the_adverts', 'the advert is for other slots');
  if (terms.price < advert.price) return broken('price_must_be_the_adverts', `it is advertised at ${advert.price} micro-yuan`);
  if (terms.units > advert.units) return broken('units_must_be_advertised', `${advert.units} are`);
  return undefined;
}

const kinds = ['computeClass', 'model', 'unit', 'zone', 'region'] as const;
const lies = (inner: Window, outer: Window): boolean => inner.from >= outer.from && inner.to <= outer.to;
const broken = (rule: string, detail: string): Broken => ({ rule, detail });
