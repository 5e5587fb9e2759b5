import { z } from 'zod';

/** What a site decides for itself; the column `settings` of the table `sites`, as JSON. */
export const siteSettingsSchema = z.object({
  /** Whether `identify` and `alias` from a page link without a proof. Whoever knows a user id could then read his profile's effects. */
  trustUnsignedLinks: z.boolean().default(false),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;
