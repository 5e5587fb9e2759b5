import { describe, it } from 'vitest';
import { siteNamespace } from './jurisdiction.ts';

/** A namespace as the platform gives it, as far as it is asked here. */
function namespace(jurisdiction: (name: string) => unknown) {
  return { jurisdiction } as unknown as DurableObjectNamespace<undefined>;
}

describe('the objects of a site', () => {
  it('live where its id says', ({ expect }) => {
    const eu = namespace(() => undefined);
    const asked: string[] = [];
    const all = namespace((name) => {
      asked.push(name);
      return eu;
    });
    expect(siteNamespace(all, 'eu--shop')).toBe(eu);
    expect(siteNamespace(all, 'fedramp--shop')).toBe(eu);
    expect(asked).toEqual(['eu', 'fedramp']);
    expect(siteNamespace(all, 'eu-shop')).toBe(all);
    expect(siteNamespace(all, 'shop')).toBe(all);
  });

  it('live anywhere where the runtime knows no jurisdictions; another fault is not hidden', ({ expect }) => {
    const local = namespace(() => {
      throw new Error('Jurisdiction restrictions are not implemented in workerd.');
    });
    expect(siteNamespace(local, 'eu--shop')).toBe(local);
    const broken = namespace(() => {
      throw new Error('down');
    });
    expect(() => siteNamespace(broken, 'eu--shop')).toThrow('down');
  });
});
