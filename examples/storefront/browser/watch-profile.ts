import { type Profile, type ProfileRead, readProfile } from './profile.ts';

/** Pauses before looking again until the profile has changed: an event is in it a moment after it was taken. */
const PAUSES_MS = [150, 350, 500, 700, 1_000, 1_500, 2_000];

/**
 * Reads the profile after each batch of events until it has changed. Returns what reads it at once, and then, since events may be
 * under way, until the next change. `isWatched`: whether anyone looks.
 */
export function watchProfile(isWatched: () => boolean, show: (read: ProfileRead) => void): () => Promise<void> {
  let shown: string | undefined;
  /** Only the newest round goes on. */
  let round = 0;

  const look = async (mine: number): Promise<'changed' | 'same'> => {
    const read = await readProfile();
    if (mine !== round) return 'same';
    const print = read.outcome === 'known' ? fingerprint(read.profile) : read.outcome;
    const result = print === shown ? 'same' : 'changed';
    shown = print;
    show(read);
    return result;
  };
  const lookUntilChanged = async (mine: number): Promise<void> => {
    for (const pauseMs of PAUSES_MS) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (mine !== round || !isWatched() || (await look(mine)) === 'changed') return;
    }
  };

  document.addEventListener('vitrine:accepted', () => {
    round += 1;
    if (isWatched()) void lookUntilChanged(round);
  });
  return async () => {
    round += 1;
    const mine = round;
    await look(mine);
    await lookUntilChanged(mine);
  };
}

function fingerprint({ counts, lastSeenAt }: Profile): string {
  return JSON.stringify([lastSeenAt, counts]);
}
