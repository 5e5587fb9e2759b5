import { useRef } from 'preact/hooks';
import { html } from '../base/html.ts';
import { useChart } from '../parts/use-chart.ts';
import type { Bucket } from './model.ts';

const HEIGHT = 200;
/** Axis labels of counts have room for so much, in pixels. */
const LABELS = 56;

interface CountsChartProps {
  readonly buckets: readonly Bucket[];
  /** What a bucket is: `minute` or `hour`. */
  readonly each: string;
}

/** How many events came, and how many were refused, bucket by bucket. */
export function CountsChart({ buckets, each }: CountsChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const of = (name: string) => buckets.map(({ counts }) => counts[name] ?? 0);
  useChart(box, HEIGHT, [buckets], ({ line, band, bad, axis }) =>
    buckets.length < 2
      ? undefined
      : [
          {
            axes: [axis, { ...axis, size: LABELS }],
            series: [
              {},
              { stroke: line, fill: band, width: 2, points: { show: false } },
              { stroke: bad, width: 2, points: { show: false } },
            ],
            scales: { y: { range: (_, __, high) => [0, Math.max(high, 1) * 1.1] } },
          },
          [buckets.map(({ at }) => Date.parse(at) / 1_000), of('accepted'), of('rejected')],
        ],
  );
  if (buckets.length < 2) return html`<p class="muted">A picture comes with the second ${each}.</p>`;
  const sum = (name: string) => of(name).reduce((all, one) => all + one, 0);
  const words = `Events each ${each}: ${sum('accepted').toLocaleString()} accepted, ${sum('rejected').toLocaleString()} refused (red), in ${buckets.length} ${each}s`;
  return html`<figure class="over-time"><figcaption class="muted">${words}.</figcaption><div ref=${box} role="img" aria-label=${words}></div></figure>`;
}
