import type { Alarm } from './site-watch.ts';

/** What of an alarm its sentence says. */
export type AlarmSaid = Pick<Alarm, 'kind' | 'type' | 'property' | 'name' | 'direction' | 'usual' | 'found'>;

/** A part of one, as people read it: small ones keep two digits. */
export function shareWords(share: number): string {
  const percent = 100 * share;
  if (percent === 0) return '0%';
  if (percent < 0.01) return 'under 0.01%';
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))}%`;
}

/** What an alarm says, in a sentence. */
export function alarmWords(alarm: AlarmSaid): string {
  const { kind, type, property, name, direction, usual, found } = alarm;
  const change = `${shareWords(found)}, usually ${shareWords(usual)}`;
  const less = direction === 'down' ? 'less' : 'more';
  switch (kind) {
    case 'volume':
      return `${Math.round(found)} events a minute, usually ${Math.round(usual)}`;
    case 'minute':
      return `Minutes unlike others: ${change} of all${name === undefined || name === '' ? '' : `; the last was off in ${name.replaceAll('|', ' ')}`}`;
    case 'type':
      return found === 0
        ? `No ${type} comes any more, usually ${shareWords(usual)} of all events`
        : `${less === 'less' ? 'Fewer' : 'More'} ${type}: ${change} of all events`;
    case 'missing':
      return direction === 'up'
        ? `${property} is missing in ${type}: ${change}`
        : `${property} is there in ${type} more often than usual: missing in ${change}`;
    case 'kind':
      return `${property} of ${type} is ${name === 'other' ? 'a list or an object' : `a ${KINDS[name ?? ''] ?? name}`} ${less} often: ${change}`;
    case 'unknown':
      return `${property} of ${type} has a new value${name === undefined ? '' : `, “${name}”`}: ${change}`;
    case 'repeated':
      return `${property} of ${type} is the same in most events of a minute ${less} often than usual: ${change} of minutes`;
    case 'large':
    case 'small':
      return `${property} of ${type} is ${kind === 'large' ? 'larger' : 'smaller'} than usual ${less} often: ${change}`;
    case 'browser':
      return found === 0
        ? `No event comes from ${name} any more, usually ${shareWords(usual)} of people’s`
        : `${name}: ${change} of people’s events`;
    case 'rejected':
      return `${less === 'less' ? 'Fewer' : 'More'} events are refused as ${name}: ${change}`;
    default:
      return `${OTHERS[kind] ?? kind}: ${change}`;
  }
}

const KINDS: Readonly<Record<string, string>> = { string: 'text', number: 'number', boolean: 'truth value' };
const OTHERS: Readonly<Record<string, string>> = {
  duplicate: 'Events that were there already',
  conflicting: 'Events with an id that another one has',
  late: 'Events that are too late to be counted',
  bot: 'Events of bots',
  skewed: 'Events whose clock is more than ten minutes off',
};
