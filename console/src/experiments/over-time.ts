import { useRef } from 'preact/hooks';
import type { Metric } from '../../../core/experiments/sums.ts';
import { html } from '../base/html.ts';
import { useChart } from '../parts/use-chart.ts';
import { type Look, METRIC_NAMES, percentWords } from './model.ts';

const HEIGHT = 220;

interface OverTimeProps {
  readonly looks: readonly Look[];
  readonly variant: number;
  readonly name: string;
  readonly goal: Metric;
}

/** How the interval of a variant's goal has narrowed, look by look. */
export function OverTime({ looks, variant, name, goal }: OverTimeProps) {
  const box = useRef<HTMLDivElement>(null);
  const seen = looks.filter(({ differences }) => differences[variant]);
  useChart(box, HEIGHT, [looks, variant], ({ line, band, soft, axis }) => {
    if (seen.length < 2) return undefined;
    const of = (end: 'value' | 'low' | 'high') => seen.map(({ differences }) => differences[variant]?.[end] ?? null);
    return [
      {
        axes: [
          axis,
          {
            ...axis,
            size: 72,
            values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : written(goal, tick).replace('points', '%'))),
          },
        ],
        series: [
          {},
          { stroke: line, width: 2, points: { show: false } },
          { stroke: band, width: 1, points: { show: false } },
          { stroke: band, width: 1, points: { show: false } },
        ],
        bands: [{ series: [3, 2], fill: band }],
        hooks: {
          drawAxes: [
            ({ ctx, bbox, valToPos }) => {
              const y = valToPos(0, 'y', true);
              ctx.save();
              ctx.strokeStyle = soft;
              ctx.setLineDash([4, 4]);
              ctx.beginPath();
              ctx.moveTo(bbox.left, y);
              ctx.lineTo(bbox.left + bbox.width, y);
              ctx.stroke();
              ctx.restore();
            },
          ],
        },
        scales: { y: { range: (_, low, high) => [Math.min(low, 0) * 1.1, Math.max(high, 0) * 1.1] } },
      },
      [seen.map(({ at }) => at / 1_000), of('value'), of('low'), of('high')],
    ];
  });
  const last = seen.at(-1)?.differences[variant];
  if (!last || seen.length < 2)
    return html`<p class="muted">A picture over time comes with the second hour: what is known is kept once an hour.</p>`;
  const words = `${METRIC_NAMES[goal]}, of “${name}” against the first variant: the difference, with its interval, over ${seen.length} looks`;
  return html`<figure class="over-time"><figcaption class="muted">${words}.</figcaption><div ref=${box} role="img" aria-label=${`${words}; the last one ${written(goal, last.value)}, between ${written(goal, last.low)} and ${written(goal, last.high)}`}></div></figure>`;
}

/** A difference of means in the unit of its metric. */
function written(goal: Metric, difference: number): string {
  return goal === 'conversion'
    ? percentWords(difference).replace('%', 'points')
    : String(Number(difference.toPrecision(2)));
}
