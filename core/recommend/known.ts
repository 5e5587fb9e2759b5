/**
 * What is known of the visitor: the ids of his last items, newest first, each as often as he had it, or of what is in his cart, where that is
 * asked for; and how it is known, or why nothing is.
 */
export type Known =
  | { readonly tier: 'live' | 'last_known'; readonly reason: string; readonly recent: readonly string[] }
  | { readonly tier: 'none'; readonly reason: string };
