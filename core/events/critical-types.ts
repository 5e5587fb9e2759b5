/** The critical types: they go to the profile in the same request, so that the very next read sees them. */
export const CRITICAL_TYPES: ReadonlySet<string> = new Set([
  'product_added',
  'product_removed',
  'order_completed',
  'identify',
  'alias',
  'signed_out',
  'consent_changed',
]);
