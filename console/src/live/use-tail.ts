import { useEffect, useRef, useState } from 'preact/hooks';
import { NOTHING, type Seen, withPart } from './model.ts';

/** As the server knows the console's WebSocket. */
const PROTOCOL = 'vitrine-console';
/** How often the page is drawn anew while events come. */
const DRAW_MS = 250;
const AGAIN_MS = 3_000;

/** How the connection is. */
export type Watching = 'connecting' | 'watching' | 'broken';

/**
 * Watches events go by: begins anew with each filter, and after a break. While it is paused, what comes is counted behind the page, and stands on it when it
 * goes on.
 */
export function useTail(filter: string, isPaused: boolean): { seen: Seen; watching: Watching; empty: () => void } {
  const [seen, setSeen] = useState<Seen>(NOTHING);
  const [watching, setWatching] = useState<Watching>('connecting');
  const behind = useRef<Seen>(NOTHING);
  useEffect(() => {
    let socket: WebSocket | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const begin = () => {
      socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/tail?${filter}`, PROTOCOL);
      socket.onopen = () => setWatching('watching');
      socket.onmessage = ({ data }) => {
        behind.current = withPart(behind.current, JSON.parse(String(data)));
      };
      socket.onclose = () => {
        if (isOver) return;
        setWatching('broken');
        timer = setTimeout(begin, AGAIN_MS);
      };
    };
    behind.current = NOTHING;
    setSeen(NOTHING);
    setWatching('connecting');
    begin();
    return () => {
      isOver = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, [filter]);
  useEffect(() => {
    if (isPaused) return;
    setSeen(behind.current);
    const timer = setInterval(() => setSeen(behind.current), DRAW_MS);
    return () => clearInterval(timer);
  }, [isPaused, filter]);
  const empty = () => {
    behind.current = NOTHING;
    setSeen(NOTHING);
  };
  return { seen, watching, empty };
}
