import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { makeSite, send } from './site.ts';

describe('a build that cannot go on right now', () => {
  it('is answered with 503 and when to ask again, and goes on then', async ({ expect }) => {
    const site = await makeSite();
    const headers = { authorization: `Bearer ${site.secretKey}` };
    const resume = () => send('/api/model/index/rebuild/resume', { method: 'POST', headers });
    // The key is known then: what is away after that is what the build asks.
    expect((await resume()).status).toBe(200);
    const prepare = vi.spyOn(env.DB, 'prepare').mockImplementation(() => {
      throw new Error('D1 is overloaded');
    });
    try {
      const refused = await resume();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '3']);
      expect(await refused.json()).toMatchObject({ code: 'index_unavailable' });
    } finally {
      prepare.mockRestore();
    }
    expect((await resume()).status).toBe(200);
  });
});
