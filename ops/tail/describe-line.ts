import type { TailLine } from '../../core/pulse/tail.ts';

/** An event in a line: when, what became of it, its type, id and person, and what it says. */
export function describeTailLine({
  at,
  outcome,
  reason,
  type,
  id,
  anonymousId,
  userId,
  device,
  properties,
}: TailLine): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const who = [userId && `user ${userId}`, anonymousId].filter(Boolean).join(', ');
  const parts = [
    time,
    outcome.padEnd(11),
    (type ?? 'no type').padEnd(22),
    id ?? 'no id',
    who,
    device ?? '',
    reason ?? '',
    properties ?? '',
  ];
  return parts.filter((part) => part !== '').join('  ');
}
