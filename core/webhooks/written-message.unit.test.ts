import fc from 'fast-check';
import { describe, it } from 'vitest';
import { WEBHOOK_TYPES, type WebhookMessage } from './message.ts';
import { writtenMessage } from './written-message.ts';

const message = (more: Partial<WebhookMessage>): WebhookMessage => ({
  v: 1,
  site: 'shop',
  id: 'm1',
  type: 'alert.fired',
  occurredAt: 0,
  ledger: '',
  refused: [],
  data: {},
  ...more,
});
const textOf = (one: WebhookMessage): string => JSON.parse(writtenMessage(one, 'slack')).text;

describe('a message of a webhook', () => {
  it('is ours, or a text as Slack takes it', ({ expect }) => {
    const data = {
      rule: 'VitrineEventsSilent',
      severity: 'page',
      summary: 'No event of shop is counted.',
      since: 'T',
      runbook: 'docs/x.md',
    };
    expect(JSON.parse(writtenMessage(message({ data }), 'json'))).toEqual({
      id: 'm1',
      type: 'alert.fired',
      timestamp: '1970-01-01T00:00:00.000Z',
      data,
    });
    expect(textOf(message({ data }))).toBe(
      ':rotating_light: *shop*: No event of shop is counted.\nVitrineEventsSilent, since T. What to do: docs/x.md',
    );
    expect(textOf(message({ type: 'alert.resolved', data }))).toContain('over: No event of shop is counted.');
    const alarm = {
      kind: 'missing',
      type: 'a',
      property: 'total',
      direction: 'up',
      usual: 0.001,
      found: 0.2,
      since: 0,
      examples: ['e1'],
    };
    expect(textOf(message({ type: 'alarm.raised', data: alarm }))).toBe(
      ':mag: *shop*: total is missing in a: 20%, usually 0.1%, since 1970-01-01T00:00:00.000Z\nFor example: e1',
    );
  });

  it('mentions nobody and links to nothing, whatever events say', ({ expect }) => {
    fc.assert(
      fc.property(fc.constantFrom(...WEBHOOK_TYPES), fc.string(), (type, text) => {
        const hostile = `<!channel> <https://a.example|b> ${text}`;
        const data = {
          kind: 'unknown',
          rule: hostile,
          summary: hostile,
          type: hostile,
          property: hostile,
          name: hostile,
          direction: 'up',
          usual: 0,
          found: 1,
          examples: [hostile],
        };
        expect(textOf(message({ type, data }))).not.toMatch(/[<>]/);
      }),
    );
  });
});
