// A seller's adverts and what is reserved of them, by the table of docs/interconnection.md, in memory.
import { type CommitRequested, type QuoteRequested, RemoteSupply, RemoteTerms, type ReservationRequested, bytesOf } from '#contracts';
import { firstSellableSlot } from '#domain';
import { type Content, refusal } from './hearer.js';

interface Held {
  readonly terms: RemoteTerms | undefined;
  readonly until: number;
  state: 'open' | 'committed' | 'cancelled' | 'refused';
  leaseId: number;
}

/** Micro-yuan; exact, since a price is a multiple of 100. */
export const amountOf = ({ price, units, window }: RemoteTerms): bigint =>
  (BigInt(price) * BigInt(units) * BigInt(window!.to - window!.from)) / 4n;

export class Seller {
  readonly adverts = new Map<string, RemoteSupply>();
  /** Of these it has nothing left, whatever it advertised. */
  readonly soldOut = new Set<string>();
  readonly held = new Map<string, Held>();
  private leases = 0;

  constructor(private readonly now: () => number) {}

  quote({ terms }: QuoteRequested): Content {
    const broken = this.brokenBy(terms!);
    if (broken) return this.refused(broken);
    return { quoteAnswer: { units: Math.min(terms!.units, this.free(terms!)) } };
  }

  reserve({ reservationId, terms, holdMs }: ReservationRequested): Content {
    const known = this.held.get(reservationId);
    if (known?.state === 'cancelled') return this.refused('reservation_must_not_be_released');
    if (known) return this.refused('reservation_id_must_not_be_reused');
    const broken = this.brokenBy(terms!);
    if (broken) return this.refused(broken);
    const isThere = terms!.units <= this.free(terms!);
    const until = this.now() + holdMs;
    this.held.set(reservationId, { terms, until, state: isThere ? 'open' : 'refused', leaseId: 0 });
    return isThere ? { reserveAnswer: { reservationId, until, amount: amountOf(terms!) } } : this.refused('supply_must_be_there');
  }

  commit({ reservationId, terms }: CommitRequested): Content {
    const known = this.held.get(reservationId);
    if (!known) return this.refused('reservation_must_be_known');
    if (known.state === 'refused') return this.refused('reservation_must_be_made');
    if (known.state === 'cancelled') return this.refused('reservation_must_not_be_released');
    if (!isSame(known.terms!, terms!)) return this.refused('terms_must_be_those_reserved');
    if (known.state === 'open' && this.now() >= known.until) return this.refused('reservation_must_not_have_expired');
    if (known.state === 'open') [known.state, known.leaseId] = ['committed', (this.leases += 1)];
    return { commitAnswer: { reservationId, leases: [{ leaseId: known.leaseId, units: terms!.units }], amount: amountOf(terms!) } };
  }

  cancel(reservationId: string): Content {
    const known = this.held.get(reservationId);
    if (known?.state === 'committed') return this.refused('reservation_must_not_be_committed');
    this.held.set(reservationId, { terms: known?.terms, until: 0, leaseId: 0, state: 'cancelled' });
    return { cancelAnswer: { reservationId } };
  }

  private brokenBy(terms: RemoteTerms): string | undefined {
    const { window } = terms;
    const advert = this.adverts.get(terms.advertId);
    if (window!.to <= window!.from) return 'window_must_not_be_empty';
    if (window!.from < firstSellableSlot(this.now())) return 'window_must_begin_in_time';
    if (!advert || advert.expiresAt <= this.now()) return 'advert_must_be_offered';
    const kinds = ['computeClass', 'model', 'unit', 'zone', 'region'] as const;
    if (kinds.some((kind) => terms[kind] !== advert[kind]) || (terms.domestic && !advert.domestic))
      return 'terms_must_be_those_of_the_advert';
    if (window!.from < advert.window!.from || window!.to > advert.window!.to) return 'window_must_lie_in_the_adverts';
    if (terms.price < advert.price || advert.price === 0) return 'price_must_be_the_adverts';
    return terms.units > advert.units ? 'units_must_be_advertised' : undefined;
  }

  /** Units of the terms' advert that nobody has, in the slot of their window that has the least. */
  private free({ advertId, window }: RemoteTerms): number {
    if (this.soldOut.has(advertId)) return 0;
    const { from, to } = window!;
    const slots = Array.from({ length: to - from }, (_, at) => from + at);
    const taken = (slot: number): number =>
      [...this.held.values()]
        .filter(
          ({ terms, state, until }) => terms?.advertId === advertId && (state === 'committed' || (state === 'open' && until > this.now())),
        )
        .filter(({ terms }) => terms!.window!.from <= slot && slot < terms!.window!.to)
        .reduce((sum, { terms }) => sum + terms!.units, 0);
    return this.adverts.get(advertId)!.units - Math.max(...slots.map(taken));
  }

  private refused(rule: string): Content {
    return refusal(rule, 'as the document says', this.now());
  }
}

export const isSame = (one: RemoteTerms, other: RemoteTerms): boolean =>
  Buffer.from(bytesOf(RemoteTerms, one)).equals(Buffer.from(bytesOf(RemoteTerms, other)));
