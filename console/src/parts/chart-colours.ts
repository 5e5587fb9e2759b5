import { useEffect, useState } from 'preact/hooks';

/** Colours as the browser makes them of the tokens: a canvas knows no variables. */
export function coloursIn(box: HTMLElement) {
  const probe = document.createElement('span');
  box.append(probe);
  const of = (name: string) => {
    probe.className = name;
    return getComputedStyle(probe).color;
  };
  const colours = {
    line: of('ink-line'),
    band: of('ink-band'),
    soft: of('ink-soft'),
    grid: of('ink-grid'),
    bad: of('ink-bad'),
  };
  probe.remove();
  return colours;
}

/** Whether the page is dark now. */
export function useDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = () => setDark(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return dark;
}
