import type { Drawing, Part } from '../strokes/drawing.ts';
import { symmetric } from '../strokes/symmetric.ts';

/** The cut of trousers; half widths and heights in picture units. */
export interface TrouserSpec {
  readonly hip: number;
  /** Outer and inner half width at the hem. */
  readonly outer: number;
  readonly inner: number;
  readonly hemY: number;
  readonly details: 'crease' | 'jeans' | 'pleats' | 'cord';
}

/** The cut of each pair that the shop sells. */
export const TROUSERS = {
  'trousers-straight': { hip: 112, outer: 118, inner: 30, hemY: 672, details: 'crease' },
  'trousers-wide': { hip: 112, outer: 164, inner: 22, hemY: 676, details: 'pleats' },
  'trousers-tapered': { hip: 112, outer: 92, inner: 34, hemY: 660, details: 'crease' },
  'trousers-jogger': { hip: 116, outer: 96, inner: 36, hemY: 640, details: 'cord' },
  'trousers-shorts': { hip: 122, outer: 146, inner: 14, hemY: 430, details: 'pleats' },
} as const satisfies Record<string, TrouserSpec>;

const WAIST = 88;
const WAIST_Y = 96;
const CROTCH_Y = 296;

/** Draws trousers, hung straight and seen from the front. `jeans`: with rivets and top stitching. */
export function drawTrousers(spec: TrouserSpec, jeans: boolean): Drawing {
  const short = spec.hemY < 500;
  const shift = short ? 110 : 0;
  const y = (value: number) => value + shift;
  return {
    parts: [back(y), ...legs(spec, jeans, y), waistband(jeans || spec.details !== 'cord', y), ...ends(spec, y)],
  };
}

type Shift = (value: number) => number;

function back(y: Shift): Part {
  return {
    path: symmetric(
      [0, y(WAIST_Y - 8)],
      [
        [50, y(WAIST_Y - 8), WAIST, y(WAIST_Y)],
        [50, y(WAIST_Y + 14), 0, y(WAIST_Y + 14)],
      ],
    ),
    tone: -0.42,
    plain: true,
  };
}

function legs({ hip, outer, inner, hemY, details }: TrouserSpec, jeans: boolean, y: Shift): Part[] {
  const middle = (CROTCH_Y + hemY) / 2;
  const path = symmetric(
    [0, y(WAIST_Y + 12)],
    [
      [50, y(WAIST_Y + 12), WAIST, y(WAIST_Y)],
      [hip - 4, y(WAIST_Y + 80), hip, y(CROTCH_Y - 40)],
      [hip + (outer - hip) * 0.4, y(middle), outer, y(hemY)],
      [(outer + inner) / 2, y(hemY + 10), inner, y(hemY + 6)],
      [inner * 0.8, y(middle), 4, y(CROTCH_Y)],
      [0, y(CROTCH_Y - 4)],
    ],
  );
  const leg = (outer + inner) / 2;
  const crease = [-1, 1]
    .map(
      (side) =>
        `M${side * 56} ${y(WAIST_Y + 60)}C${side * 58} ${y(CROTCH_Y)} ${side * leg} ${y(middle)} ${side * leg} ${y(hemY + 8)}`,
    )
    .join('');
  const pockets = jeans
    ? `M34 ${y(WAIST_Y + 36)}Q44 ${y(WAIST_Y + 84)} ${hip} ${y(WAIST_Y + 78)}M-34 ${y(WAIST_Y + 36)}Q-44 ${y(WAIST_Y + 84)} ${-hip} ${y(WAIST_Y + 78)}`
    : `M70 ${y(WAIST_Y + 34)}L${hip - 4} ${y(WAIST_Y + 112)}M-70 ${y(WAIST_Y + 34)}L${-hip + 4} ${y(WAIST_Y + 112)}`;
  const fly = `M0 ${y(WAIST_Y)}V${y(CROTCH_Y)}M0 ${y(WAIST_Y + 120)}Q22 ${y(WAIST_Y + 110)} 22 ${y(WAIST_Y + 30)}`;
  const pleats =
    details === 'pleats' && !jeans
      ? `M40 ${y(WAIST_Y + 34)}l6 66M60 ${y(WAIST_Y + 34)}l6 50M-40 ${y(WAIST_Y + 34)}l-6 66M-60 ${y(WAIST_Y + 34)}l-6 50`
      : '';
  const hems = `M${inner} ${y(hemY - 12)}L${outer} ${y(hemY - 16)}M${-inner} ${y(hemY - 12)}L${-outer} ${y(hemY - 16)}`;
  return [
    {
      path,
      folds: `${crease}M14 ${y(CROTCH_Y - 6)}Q44 ${y(CROTCH_Y + 14)} 78 ${y(CROTCH_Y + 10)}M-14 ${y(CROTCH_Y - 6)}Q-40 ${y(CROTCH_Y + 24)} -66 ${y(CROTCH_Y + 30)}M0 ${y(CROTCH_Y)}L0 ${y(CROTCH_Y - 60)}`,
      seams: `${pockets}${details === 'cord' ? '' : fly}${pleats}${hems}${details === 'crease' && !jeans ? crease : ''}`,
    },
  ];
}

function waistband(buttoned: boolean, y: Shift): Part {
  const ribs = Array.from({ length: 25 }, (_, index) => `M${(index - 12) * 7.4} ${y(WAIST_Y)}v36`).join('');
  return {
    path: symmetric(
      [0, y(WAIST_Y + 10)],
      [
        [50, y(WAIST_Y + 10), WAIST, y(WAIST_Y - 2)],
        [WAIST + 5, y(WAIST_Y + 26)],
        [50, y(WAIST_Y + 38), 0, y(WAIST_Y + 38)],
      ],
    ),
    tone: -0.1,
    plain: true,
    seams: buttoned ? `M46 ${y(WAIST_Y)}v40M52 ${y(WAIST_Y)}v40M-46 ${y(WAIST_Y)}v40M-52 ${y(WAIST_Y)}v40` : ribs,
    ...(buttoned && { buttons: [[0, y(WAIST_Y + 24), 6] as const] }),
  };
}

function ends({ details, outer, inner, hemY }: TrouserSpec, y: Shift): Part[] {
  if (details !== 'cord') return [];
  const cuffs = [-1, 1].map(
    (side): Part => ({
      path: `M${side * (inner - 2)} ${y(hemY - 6)}L${side * (outer + 2)} ${y(hemY - 8)}L${side * (outer - 12)} ${y(hemY + 36)}L${side * (inner + 10)} ${y(hemY + 38)}Z`,
      seams: [0.1, 0.25, 0.4, 0.55, 0.7, 0.85]
        .map((share) => `M${side * (inner + (outer - inner) * share)} ${y(hemY - 8)}V${y(hemY + 38)}`)
        .join(''),
      plain: true,
      tone: -0.12,
    }),
  );
  const cord = [-1, 1].map(
    (side): Part => ({
      path: `M${side * 6} ${y(WAIST_Y + 26)}L${side * 11} ${y(WAIST_Y + 26)}L${side * 26} ${y(WAIST_Y + 118)}L${side * 20} ${y(WAIST_Y + 120)}Z`,
      fill: '#efebe2',
      plain: true,
    }),
  );
  return [...cuffs, ...cord];
}
