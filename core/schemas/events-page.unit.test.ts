import { describe, it } from 'vitest';
import { eventsPage } from './events-page.ts';

describe('docs/events.md', () => {
  it('says what the built-in schemas say', async ({ expect }) => {
    await expect(eventsPage()).toMatchFileSnapshot('../../docs/events.md');
  });
});
