import { test } from 'vitest';
import { pathOfFault } from './cause.ts';
import { checkEvent } from './check-event.ts';

test('a refusal says where its fault lies', ({ expect }) => {
  const event = { id: 'e', type: 'order_completed', occurredAt: '2026-05-01T12:00:00Z', anonymousId: 'a' };
  const pathFor = (more: object) => {
    const checked = checkEvent({ ...event, ...more });
    return checked.ok ? 'ok' : pathOfFault(checked.refusal.message);
  };
  expect(pathFor({ properties: { order_id: 'o' } })).toBe('ok');
  expect(pathFor({ properties: {} })).toBe('properties.order_id');
  expect(pathFor({ occurredAt: 'yesterday' })).toBe('occurredAt');
  expect(pathFor({ type: 'alias', userId: 'u' })).toBe('properties.previous_id');
  expect(pathOfFault('properties.products.17.price: expected a number')).toBe('properties.products.*.price');
  expect(pathOfFault('The event is 20.1 days old; events are counted exactly for 14 days.')).toBe('');
  expect(pathOfFault('')).toBe('');
});
