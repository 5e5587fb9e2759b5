import type { Manifest } from '../../core/recommend/manifest.ts';
import { readCurrent, writeCurrent } from '../../stores/model/current-model.ts';
import { forgetModels, KEPT_MODELS } from './publish-model.ts';

/** Tries against publishes. */
const MAX_TRIES = 5;

/** What came of it: `held` where a rollback holds the model in place, `busy` where others change it all the time. */
export type Amended = 'amended' | 'no_model' | 'held' | 'busy' | 'unchanged';

/**
 * Makes the model that serves another in some members, as a model of its own that a rollback leads back from.
 *
 * @param amend what is to be other, of the model as it is then; nothing to leave it.
 */
export async function amendModel(
  env: Env,
  site: string,
  amend: (manifest: Manifest) => Partial<Manifest> | undefined,
): Promise<Amended> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const current = await readCurrent(env, site);
    if (!current) return 'no_model';
    if (current.held) return 'held';
    const other = amend(current.manifest);
    if (!other) return 'unchanged';
    const version = Math.max(Date.now(), current.manifest.version + 1);
    const manifest: Manifest = { ...current.manifest, version, ...other };
    const models = [manifest, current.manifest, ...current.previous];
    const kept = models.slice(0, KEPT_MODELS + 1);
    if (!(await writeCurrent(env, site, { manifest, previous: kept.slice(1), held: false }, current))) continue;
    await forgetModels(env, kept, models.slice(KEPT_MODELS + 1));
    return 'amended';
  }
  return 'busy';
}
