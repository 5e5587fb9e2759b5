import { emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';

const TYPES = 12;
const BROWSERS = ['Chrome', 'Safari', 'Firefox', 'Edge'];

/** A minute of a site of a dozen types and four browsers; `shift` moves so large a part of the half of them to the other half. */
export function minuteOfMany(random: () => number, shift = 0): MinuteTally {
  const minute = emptyMinute();
  const noisy = (mean: number) => Math.max(0, Math.round(mean + Math.sqrt(mean) * 2 * (random() + random() - 1)));
  let accepted = 0;
  for (let at = 0; at < TYPES; at += 1) {
    const came = noisy(40 * (1 + (at % 2 === 0 ? shift : -shift)));
    minute.counts[`type|type_${at}`] = came;
    accepted += came;
  }
  minute.counts.accepted = accepted;
  minute.counts.person = accepted;
  for (const [at, name] of BROWSERS.entries())
    minute.counts[`browser|${name}`] = noisy((accepted / BROWSERS.length) * (1 + (at % 2 === 0 ? shift : -shift)));
  return minute;
}
