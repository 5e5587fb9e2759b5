import { shapeOf } from '../anomalies/event-shape.ts';
import { MINUTE_MS } from '../time.ts';
import { addDistinct } from './distinct-sketch.ts';
import {
  addExample,
  addShape,
  count,
  countValue,
  MAX_EXAMPLES,
  type MinuteTally,
  propertyOf,
  sizeOf,
} from './minute.ts';

/** An event as the pulse looks at it. Times in ms since 1970. */
export interface PulseEvent {
  readonly id: string;
  readonly type: string;
  /** When its client says it happened, corrected. */
  readonly time: number;
  readonly receivedAt: number;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly client: { readonly bot: boolean; readonly browser?: string | undefined };
  /** How many events its visitor sent along. */
  readonly together?: number;
  /** Whether its numbers are unlike those of others. */
  readonly isOdd?: boolean;
}

/** Properties of an event that are looked at. */
const MAX_PROPERTIES = 16;
/** A longer text names nothing. */
const MAX_TEXT = 32;
/** Further from the time when it came, an event is of another clock, or waited. */
const SKEW_MS = 10 * MINUTE_MS;

/** Adds an event that was accepted: its type, browser and clock, and of its properties what they are, not whose. */
export function tallyEvent(minute: MinuteTally, event: PulseEvent): void {
  const { id, type, time, receivedAt, properties, client, together = 1, isOdd = false } = event;
  count(minute, 'accepted');
  exemplify(minute, `type|${type}`, id);
  if (client.bot) exemplify(minute, 'bot', id);
  else if (client.browser !== undefined) {
    count(minute, 'person');
    exemplify(minute, `browser|${client.browser}`, id);
  }
  if (Math.abs(receivedAt - time) > SKEW_MS) exemplify(minute, 'skewed', id);
  if (isOdd) exemplify(minute, `odd|${type}`, id);
  if (!properties) return;
  const shape = shapeOf(properties, together);
  if (shape) addShape(minute, type, shape);
  let looked = 0;
  for (const name in properties) {
    looked += 1;
    if (looked > MAX_PROPERTIES) break;
    tallyProperty(minute, `${type}|${name}`, properties[name], id);
  }
}

function tallyProperty(minute: MinuteTally, key: string, value: unknown, id: string): void {
  if (value === undefined || value === null) return;
  const tally = propertyOf(minute, key);
  if (!tally) return;
  const said = typeof value;
  const kind = said === 'string' || said === 'number' || said === 'boolean' ? said : 'other';
  tally[kind] += 1;
  if (tally[kind] <= MAX_EXAMPLES) addExample(minute, `${kind}|${key}`, id);
  if (typeof value === 'string' || typeof value === 'number') tally.distinct = addDistinct(tally.distinct, `${value}`);
  if (typeof value === 'number') {
    const size = sizeOf(value);
    tally.sizes[size] = (tally.sizes[size] ?? 0) + 1;
  } else if (typeof value === 'string') {
    if (!isName(key, value)) tally.values = null;
    else countValue(tally, value);
    if ((tally.values?.[value] ?? MAX_EXAMPLES) < MAX_EXAMPLES) addExample(minute, `value|${key}|${value}`, id);
  }
}

/** Properties whose texts are somebody's own, by their names, and types that are about people. */
const PERSONAL_PROPERTY =
  /name$|mail|phone|mobile|^tel|street|address|city|zip|postal|birth|iban|card|user|customer|person|account|login|token|(?:^|_)ip$/i;
const PERSONAL_TYPES: ReadonlySet<string> = new Set(['identify', 'alias', 'traits_imported']);
/** What could be an address, a number of somebody, or a key. */
const PERSONAL_TEXT = /@|\d{5}/;

/** Whether a text may be a name of something, which is kept: nothing that could be of a person is. */
function isName(key: string, value: string): boolean {
  if (value.length > MAX_TEXT || PERSONAL_TEXT.test(value)) return false;
  const [type = '', property = ''] = key.split('|');
  return !PERSONAL_TYPES.has(type) && !PERSONAL_PROPERTY.test(property);
}

/** Counts, with the event as an example while there are few. */
function exemplify(minute: MinuteTally, name: string, id: string): void {
  count(minute, name);
  if ((minute.counts[name] ?? 0) <= MAX_EXAMPLES) addExample(minute, name, id);
}

/** Adds an event that was not counted: refused at the door, there already, in conflict, or too late for its profile. */
export function tallyOther(
  minute: MinuteTally,
  outcome: 'rejected' | 'duplicate' | 'conflicting' | 'late' | 'failed',
  { id, reason }: { readonly id: string | undefined; readonly reason?: string | undefined },
): void {
  count(minute, outcome);
  const name = reason === undefined ? outcome : `${outcome}|${reason}`;
  if (reason !== undefined) count(minute, name);
  if (id !== undefined) addExample(minute, name, id);
}
