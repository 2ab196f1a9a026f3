import type { Rejection } from '#matching-engine';
import { absent, Refusal, type RefusalKind } from '#platform';

/** What the caller has to change, by the rule that its order broke; a guard that looks at no field names none. */
const fields: Partial<Record<Rejection, string>> = {
  bid_must_name_books_or_a_floor: 'terms.books',
  bid_books_must_be_defined: 'terms.books',
  bid_books_must_be_of_one_class: 'terms.books',
  bid_floor_must_be_within_range: 'terms.floor',
  bid_units_must_be_within_range: 'terms.units',
  bid_units_must_be_a_multiple_of_per_node: 'terms.units',
  bid_units_must_not_fall_below_its_fills: 'units',
  bid_min_units_must_be_within_its_units: 'terms.minUnits',
  bid_duration_must_be_positive: 'terms.durationSlots',
  bid_window_must_end_after_it_starts: 'terms.latest',
  bid_window_must_hold_its_duration: 'terms.latest',
  bid_window_must_end_within_the_horizon: 'terms.latest',
  bid_hours_and_weekdays_must_be_given: 'terms.hours',
  bid_standby_must_be_all_or_none: 'terms.standby',
  bid_notice_must_be_within_range: 'terms.noticeSlots',
  bid_constraints_must_be_within_range: 'terms.constraints',
  bid_demand_region_must_be_given: 'terms.demandRegion',
  bid_data_gb_must_be_within_range: 'terms.dataGb',
  bid_must_have_a_start_ahead: 'terms.latest',
  offer_book_must_be_defined: 'tier',
  offer_units_must_be_within_range: 'units',
  offer_window_must_end_after_it_starts: 'window.to',
  offer_window_must_end_within_the_horizon: 'window.to',
  offer_window_must_hold_its_shortest_lease: 'window',
  offer_min_slots_must_be_positive: 'minSlots',
  resale_must_lie_within_its_lease: 'window',
  offer_time_in_force_must_be_gtc_or_gtd: 'timeInForce',
};

/** By their kind where it is not 'invalid'. */
const kinds: Partial<Record<Rejection, RefusalKind>> = {
  order_id_must_be_its_participants_own: 'conflict',
  order_must_be_open: 'conflict',
  participant_must_be_active: 'forbidden',
  participant_must_owe_nothing_overdue: 'forbidden',
  participant_must_be_allowed_the_book: 'forbidden',
  participant_must_be_within_its_order_rate: 'exhausted',
  order_value_must_be_within_the_cap: 'conflict',
  price_must_be_inside_the_collar: 'conflict',
  buying_power_must_cover_the_worst_case: 'conflict',
  bid_units_must_not_fall_below_its_fills: 'conflict',
  amend_must_keep_precision_and_per_node_of_what_is_filled: 'conflict',
  bid_must_not_wait_for_a_partner: 'conflict',
  lease_must_lie_on_this_platform: 'conflict',
  lease_must_lie_with_a_partner: 'conflict',
  lease_must_be_running_or_to_come: 'conflict',
  lease_must_be_firm_to_be_resold: 'conflict',
};

/** `what`: bid or offer, whose fields are meant. An amend's terms stand at the top of its request. `more` is what its rule's name does not say. */
export function refusalOf(rejection: Rejection, what: 'bid' | 'offer', isAmend = false, more = ''): Refusal {
  if (rejection === 'lease_must_be_its_buyers_own') return absent('lease');
  // A pool of others is answered as one that is not there.
  if (rejection === 'pool_must_be_known' || rejection === 'offer_pool_must_be_its_providers')
    return new Refusal('absent', 'pool_must_be_known', 'the pool does not exist or does not trade', 'poolId');
  const field = fieldOf(rejection, what);
  return new Refusal(
    kinds[rejection] ?? 'invalid',
    rejection,
    `${rejection.replaceAll('_', ' ')}${more}`,
    isAmend ? field?.replace(/^terms\./, '') : field,
  );
}

function fieldOf(rejection: Rejection, what: 'bid' | 'offer'): string | undefined {
  if (rejection === 'price_must_be_on_the_tick_and_within_range' || rejection === 'price_must_be_inside_the_collar')
    return what === 'bid' ? 'terms.limitPrice' : 'ask';
  if (rejection === 'good_till_must_be_given_for_gtd_alone' || rejection === 'good_till_must_lie_ahead')
    return what === 'bid' ? 'terms.goodTill' : 'goodTill';
  if (rejection === 'worst_case_must_be_within_safe_integers') return what === 'bid' ? 'terms.units' : 'units';
  return fields[rejection];
}
