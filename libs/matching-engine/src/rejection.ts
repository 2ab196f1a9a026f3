/** Every reason to refuse a command, each named as the rule that was broken, in order of precedence: of several broken rules the first is answered. */
export const rejections = [
  // the sequence
  'sequence_must_grow',
  'time_must_not_go_back',
  // facts, buying power, leases
  'fact_must_be_within_its_range',
  'participant_must_be_known',
  'site_must_be_known',
  'pool_must_be_known',
  'pool_must_keep_its_shape',
  'node_must_be_of_the_pool',
  'book_must_keep_its_product',
  'product_must_have_one_book',
  'book_must_be_known',
  'book_must_be_open',
  'book_must_be_halted',
  'market_must_be_running',
  'market_must_be_stopped',
  'rules_version_must_be_known_and_grow',
  'raise_must_be_the_next_of_its_participant',
  'buying_power_must_stay_a_safe_integer',
  'trade_must_be_open',
  'cost_must_be_within_what_the_trade_holds',
  'lease_must_be_running_or_to_come',
  // orders: whose
  'order_id_must_be_of_52_bits',
  'order_id_must_be_its_participants_own',
  'order_must_be_open',
  'session_must_be_within_range',
  'lease_must_be_its_buyers_own',
  'lease_must_be_firm_to_be_resold',
  'resale_must_lie_within_its_lease',
  // offers: what
  'offer_pool_must_be_its_providers',
  'offer_book_must_be_defined',
  'offer_units_must_be_within_range',
  'offer_window_must_end_after_it_starts',
  'offer_window_must_end_within_the_horizon',
  'offer_min_slots_must_be_positive',
  'offer_time_in_force_must_be_gtc_or_gtd',
  // bids: what
  'bid_must_name_books_or_a_floor',
  'bid_books_must_be_defined',
  'bid_books_must_be_of_one_class',
  'bid_floor_must_be_within_range',
  'bid_units_must_be_within_range',
  'bid_units_must_be_a_multiple_of_per_node',
  'bid_min_units_must_be_within_its_units',
  'bid_duration_must_be_positive',
  'bid_window_must_end_after_it_starts',
  'bid_window_must_hold_its_duration',
  'bid_window_must_end_within_the_horizon',
  'bid_hours_and_weekdays_must_be_given',
  'bid_constraints_must_be_within_range',
  'bid_choices_must_be_known',
  'bid_standby_must_be_all_or_none',
  'bid_demand_region_must_be_given',
  'bid_data_gb_must_be_within_range',
  'bid_notice_must_be_within_range',
  // both
  'price_must_be_on_the_tick_and_within_range',
  'good_till_must_be_given_for_gtd_alone',
  'amend_must_keep_precision_and_per_node_of_what_is_filled',
  'bid_units_must_not_fall_below_its_fills',
  'worst_case_must_be_within_safe_integers',
  'good_till_must_lie_ahead',
  'offer_window_must_hold_its_shortest_lease',
  'bid_must_have_a_start_ahead',
  'subsidy_must_be_within_the_bids_value',
  // guards, in the rule's order; not remembered (R-10a)
  'participant_must_be_active',
  'participant_must_owe_nothing_overdue',
  'participant_must_be_allowed_the_book',
  'participant_must_be_within_its_order_rate',
  'order_value_must_be_within_the_cap',
  'price_must_be_inside_the_collar',
  'buying_power_must_cover_the_worst_case',
] as const;

export type Rejection = (typeof rejections)[number];

const firstGuard = rejections.indexOf('participant_must_be_active');

/** True for a refusal by a guard. */
export const isGuard = (rejection: Rejection): boolean => rejections.indexOf(rejection) >= firstGuard;
