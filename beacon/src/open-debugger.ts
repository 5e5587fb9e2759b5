import type { Notice } from './beacon.ts';
import { guard } from './guard.ts';

const PARAMETER = 'vitrine_debug';
const STORED = 'vitrine:debug';

/**
 * Opens the debugger where the page's address says so, or did on an earlier page of this tab. Until it has loaded, what there is to hear waits.
 *
 * @returns what hears; nothing where there is no debugger.
 */
export function openDebugger(base: string, said: () => object): ((notice: Notice) => void) | undefined {
  const given = new URLSearchParams(location.search).get(PARAMETER);
  const token = given ?? guard(() => sessionStorage.getItem(STORED))();
  if (!token) return undefined;
  guard(() => sessionStorage.setItem(STORED, token))();
  const past: Notice[] = [];
  let hear = (notice: Notice): unknown => past.push(notice);
  const { key = '' } = said() as { key?: string };
  import(`${base}/v/beacon-debug.js?${new URLSearchParams({ key, token })}`).then(
    ({ openPanel }) => {
      hear = openPanel(base, said, past);
    },
    () => {
      guard(() => sessionStorage.removeItem(STORED))();
      console.warn('Vitrine: the debugger does not open; its link may be over, or be of another site.');
    },
  );
  return (notice) => hear(notice);
}
