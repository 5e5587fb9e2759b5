import { type ConsentDefaults, consentDefaults } from '../../../core/consent/policy.ts';
import type { Site } from '../../../stores/sites/site.ts';

/**
 * What holds for the visitor of a request who has decided nothing: by where he is, and by the Global Privacy Control of his browser.
 * A server's request says nothing of its visitors' places or browsers.
 */
export function requestDefaults(request: Request, site: Site): ConsentDefaults {
  if (site.keyKind === 'secret')
    return consentDefaults(site.settings.consent, { inEuropeanUnion: false, globalPrivacyControl: false });
  const { country, regionCode, isEUCountry } = request.cf ?? {};
  return consentDefaults(site.settings.consent, {
    country: typeof country === 'string' ? country : undefined,
    region: typeof regionCode === 'string' ? regionCode : undefined,
    inEuropeanUnion: isEUCountry === '1',
    globalPrivacyControl: request.headers.get('sec-gpc') === '1',
  });
}
