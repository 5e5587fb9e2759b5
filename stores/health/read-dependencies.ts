import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { catalogStub } from '../catalog/catalog-stub.ts';
import { profileStub } from '../objects/profile-stub.ts';
import { withDeadline } from '../with-deadline.ts';

/** How long a dependency may take to count as there. */
const DEADLINE_MS = 2_000;
/** How often an isolate asks: whoever calls may call as often as he likes. */
const TTL_MS = 5_000;
/** No site can have this id. */
const NOBODY = '_health';

/** Something that the Worker leans on, and whether it answers. */
export interface Dependency {
  readonly name: string;
  readonly milliseconds: number;
  /** Why it does not. */
  readonly fault: string | undefined;
}

const cache = new LoadedCache<readonly Dependency[]>(1, { ttlMs: TTL_MS });

/** Asks everything that the Worker leans on for next to nothing, all at once; from memory for some seconds. */
export async function readDependencies(env: Env): Promise<readonly Dependency[]> {
  return readThrough(cache, NOBODY, () =>
    Promise.all([
      ask('d1', () => env.DB.prepare('SELECT 1').first()),
      ask('r2_lake', () => env.LAKE.head(NOBODY)),
      ask('r2_models', () => env.MODELS.head(NOBODY)),
      ask('profiles', () => profileStub(env, NOBODY, 'a/health').isYoung()),
      ask('catalogue', () => catalogStub(env, NOBODY).size()),
    ]),
  );
}

async function ask(name: string, question: () => Promise<unknown>): Promise<Dependency> {
  const startedAt = performance.now();
  let error: unknown;
  const answer = await withDeadline(
    (async () => question())().then(
      () => 'there' as const,
      (cause: unknown) => {
        error = cause;
        throw cause;
      },
    ),
    DEADLINE_MS,
  );
  const milliseconds = Math.round(performance.now() - startedAt);
  if (answer === 'there') return { name, milliseconds, fault: undefined };
  const fault = answer === 'deadline' ? `no answer within ${DEADLINE_MS} ms` : nameOf(error);
  return { name, milliseconds, fault };
}

/** What kind of error it is: its words may tell strangers of the inside. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
