import { shapeOf } from '../../core/anomalies/event-shape.ts';
import { type OddFeature, oddFeatures, readShapeModel, type ShapeModel } from '../../core/anomalies/shape-model.ts';
import { log } from '../log.ts';
import { withDeadline } from '../with-deadline.ts';
import { pulseStub } from './pulse-stub.ts';

interface Held {
  /** Version of the models, as the pulse tells it with each report. */
  readonly version: number;
  readonly models: ReadonlyMap<string, ShapeModel>;
  readonly askedAt: number;
}

/** Sites whose models an isolate holds. */
const MAX_SITES = 200;
/** How long the door waits for models that its isolate does not know; without them nothing is odd. */
const DEADLINE_MS = 100;
/** The door asks again after so long. */
const DOOR_AGE_MS = 60_000;
const held = new Map<string, Held>();

/** What is looked at of an event. */
interface Shaped {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** What makes an event odd by the models that this isolate holds; nothing where it is like others, or none is known of its type. */
export function oddOf(site: string, { type, properties }: Shaped, together: number): OddFeature[] | undefined {
  const model = held.get(site)?.models.get(type);
  if (!model) return undefined;
  const shape = shapeOf(properties, together);
  return shape && oddFeatures(model, shape);
}

/** Loads a site's models, if they are not those of this version. Never throws. */
export async function followShapeModels(env: Env, site: string, version: number): Promise<void> {
  if ((held.get(site)?.version ?? 0) !== version) await load(env, site);
}

/** For who must know before he goes on: loads the models where they are old or unknown, for as long as he can wait. */
export async function awaitShapeModels(env: Env, site: string, now: number): Promise<void> {
  const known = held.get(site);
  if (!known) await withDeadline(load(env, site), DEADLINE_MS);
  else if (now - known.askedAt > DOOR_AGE_MS) await withDeadline(load(env, site), DEADLINE_MS);
}

async function load(env: Env, site: string): Promise<void> {
  try {
    const { version, models } = await pulseStub(env, site).shapeModels();
    const read = new Map(models.map((bytes) => [bytes.type, readShapeModel(bytes)]));
    if (held.size >= MAX_SITES) held.delete(held.keys().next().value ?? '');
    held.set(site, { version, models: read, askedAt: Date.now() });
  } catch (error) {
    log('shape_models_unread', { site, error: String(error) });
  }
}
