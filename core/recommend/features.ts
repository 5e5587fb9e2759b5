/** Candidates that a ranker orders. */
export const RANKED = 60;

/**
 * What a ranker knows of each candidate, in this order; a ranker names them by place, so the list only grows at its end, under a new
 * version. None is ever negative. "Over the largest": scaled to the largest of the query. "Newest item": the visitor's last one.
 */
export const FEATURES = [
  /** The stage-1 score. */
  'score',
  /** Session neighbours, item neighbours and flat session neighbours, each over the largest. */
  'sessions',
  'pairs',
  'flat',
  /** How often it came right after the newest item: per entry of that item's list, and as a number. */
  'next_share',
  'next',
  /** After the newest item, nearer and in newer sessions more, over the largest. */
  'after',
  /** Before the newest item, nearer more, per entry of that item's list. */
  'before_share',
  /** How often it came right after the visitor's last two items, in their order. */
  'after_two',
  /** Age of the newest neighbour that holds it, seconds; 10^9 where none does. */
  'age',
  /** Neighbours that hold it. */
  'neighbours',
  /** Sessions that hold it. */
  'count',
  /** Its share of recent sessions over its share of all. */
  'trend',
  /** How many steps back the visitor had it, 1 for the newest item; 0 if he had not. How often. */
  'position',
  'times',
  /** Distinct items of the visitor. */
  'distinct',
  /** Whether his last two items are the same. */
  'again',
  /** Neighbours that share at least two items, over the largest. */
  'multi',
  /** Clicks, and purchases after one, where slots showed it, against an average product in the same places: `core/rates/`. 1 where nothing is known. */
  'click_rate',
  'order_rate',
] as const;

/** The features that there were before the rates: a ranker that was fitted on them knows nothing of these. */
export const FEATURES_BEFORE_RATES = FEATURES.indexOf('click_rate');

/** Where a feature's column begins. */
const column = (name: (typeof FEATURES)[number]) => FEATURES.indexOf(name) * RANKED;
export const SCORE = column('score');
export const BY_SESSIONS = column('sessions');
export const BY_PAIRS = column('pairs');
export const BY_FLAT = column('flat');
export const NEXT_SHARE = column('next_share');
export const NEXT_TIMES = column('next');
export const AFTER_SHARE = column('after');
export const BEFORE_SHARE = column('before_share');
export const AFTER_TWO_TIMES = column('after_two');
export const AGE = column('age');
export const NEIGHBOURS = column('neighbours');
export const COUNT = column('count');
export const TREND = column('trend');
export const OWN_POSITION = column('position');
export const OWN_TIMES = column('times');
export const DISTINCT = column('distinct');
export const AGAIN = column('again');
export const BY_MULTI = column('multi');
export const CLICK_RATE = column('click_rate');
export const ORDER_RATE = column('order_rate');
