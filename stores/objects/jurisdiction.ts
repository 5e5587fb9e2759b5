/** Jurisdictions that a site's id may begin with, before `--`. */
const JURISDICTIONS = ['eu', 'fedramp'] as const;

/** Where the objects of a site live, as its id says: it can never change, for an object elsewhere is another object. */
function jurisdictionOf(site: string): DurableObjectJurisdiction | undefined {
  return JURISDICTIONS.find((jurisdiction) => site.startsWith(`${jurisdiction}--`));
}

/** The part of a namespace that holds the objects of a site. The local runtime has no jurisdictions: there it is the whole. */
export function siteNamespace<T extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<T>,
  site: string,
): DurableObjectNamespace<T> {
  const jurisdiction = jurisdictionOf(site);
  if (jurisdiction === undefined) return namespace;
  try {
    return namespace.jurisdiction(jurisdiction);
  } catch (error) {
    if (String(error).includes('not implemented in workerd')) return namespace;
    throw error;
  }
}
