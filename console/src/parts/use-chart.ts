import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import uPlot from 'uplot';
import { coloursIn, useDark } from './chart-colours.ts';

/** The axis that each chart has, in the page's colours. */
export interface ChartStyle extends ReturnType<typeof coloursIn> {
  readonly axis: uPlot.Axis;
}

/**
 * Draws a chart into a box, as wide as that is, anew when `changes` do or the page becomes dark.
 *
 * @param make the chart's options but for its size, and its data; nothing where there is nothing to draw.
 */
export function useChart(
  box: RefObject<HTMLDivElement | null>,
  height: number,
  changes: readonly unknown[],
  make: (
    style: ChartStyle,
  ) => readonly [options: Omit<uPlot.Options, 'width' | 'height'>, data: uPlot.AlignedData] | undefined,
): void {
  const dark = useDark();
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const colours = coloursIn(current);
    const { soft, grid } = colours;
    const line = { stroke: grid, width: 1 };
    const made = make({ ...colours, axis: { stroke: soft, grid: line, ticks: line, font: '12px system-ui' } });
    if (!made) return;
    const size = () => ({ width: current.clientWidth, height });
    const [options, data] = made;
    const still = { legend: { show: false }, cursor: { show: false } };
    const chart = new uPlot({ ...size(), ...still, ...options }, data, current);
    const watch = new ResizeObserver(() => chart.setSize(size()));
    watch.observe(current);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [...changes, dark]);
}
