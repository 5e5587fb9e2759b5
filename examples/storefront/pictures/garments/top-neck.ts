import type { Part } from '../strokes/drawing.ts';
import { mirror, symmetric } from '../strokes/symmetric.ts';
import { neckDepth, type TopSpec } from './top-spec.ts';

/** What is seen through the neckline: the inside of the back. */
export function topInside(spec: TopSpec): Part[] {
  const { top, neck } = spec;
  if (neck === 'straps') {
    const strap = `M56 ${top + 50}C50 ${top + 20} 46 ${top - 4} 40 ${top - 34}L45 ${top - 35}C52 ${top - 8} 58 ${top + 16} 63 ${top + 48}Z`;
    return [
      { path: strap, plain: true, tone: -0.15 },
      { path: mirror(strap), plain: true, tone: -0.15 },
    ];
  }
  const depth = top + neckDepth(spec);
  const collared = neck === 'collar' || neck === 'open-collar' || neck === 'lapel';
  return [
    ...(collared ? [collarStand(top)] : []),
    {
      path: symmetric(
        [0, top - 8],
        [
          [30, top - 10, 47, top - 2],
          [44, top + (depth - top) * 0.7, 0, depth + 4],
        ],
      ),
      tone: -0.42,
      plain: true,
    },
  ];
}

/** The back of a collar, which stands up behind the neck. */
function collarStand(top: number): Part {
  return {
    path: symmetric(
      [0, top - 30],
      [
        [30, top - 31, 47, top - 17],
        [56, top - 4, 56, top + 12],
        [30, top, 0, top],
      ],
    ),
    tone: -0.12,
    plain: true,
  };
}

/** Collar, hood or band, lying on the body. */
export function topNeck(spec: TopSpec): Part[] {
  const { top, tone = 0 } = spec;
  const at = (y: number) => top + y;
  switch (spec.neck) {
    case 'crew':
      return [
        {
          path: `M-47 ${at(-1)}Q-38 ${at(34)} 0 ${at(34)}Q38 ${at(34)} 47 ${at(-1)}L58 ${at(4)}Q46 ${at(50)} 0 ${at(51)}Q-46 ${at(50)} -58 ${at(4)}Z`,
          plain: true,
          tone: tone - 0.12,
        },
      ];
    case 'turtle':
      return [
        {
          path: symmetric(
            [0, at(-50)],
            [
              [40, at(-50), 45, at(-43)],
              [47, at(-14), 58, at(10)],
              [34, at(30), 0, at(31)],
            ],
          ),
          seams: [-34, -23, -12, 0, 12, 23, 34].map((x) => `M${x} ${at(-52)}L${x * 1.2} ${at(32)}`).join(''),
          folds: `M-44 ${at(-10)}Q0 ${at(8)} 44 ${at(-12)}`,
          plain: true,
          tone: tone - 0.04,
        },
      ];
    case 'collar':
    case 'open-collar': {
      const reach = spec.neck === 'collar' ? 66 : 84;
      const start = spec.neck === 'collar' ? 36 : 74;
      const flap = `M2 ${at(start)}C18 ${at(start - 20)} 36 ${at(10)} 45 ${at(-14)}C56 ${at(-10)} 66 ${at(4)} 68 ${at(20)}L${spec.neck === 'collar' ? 46 : 62} ${at(reach)}Z`;
      return pair({ path: flap, tone: tone + 0.06 });
    }
    case 'lapel':
      return pair({
        path: `M1 ${at(178)}C22 ${at(120)} 40 ${at(40)} 44 ${at(-12)}C58 ${at(-8)} 68 ${at(10)} 70 ${at(30)}L66 ${at(48)}L92 ${at(54)}C78 ${at(110)} 40 ${at(150)} 1 ${at(178)}Z`,
        seams: `M66 ${at(48)}L38 ${at(40)}`,
        tone: tone + 0.06,
      });
    case 'hood':
      return [
        {
          path: symmetric(
            [0, at(-64)],
            [
              [52, at(-66), 92, at(-20), 80, at(34)],
              [48, at(66), 0, at(66)],
            ],
          ),
          folds: `M-70 ${at(30)}Q-40 ${at(54)} 0 ${at(58)}M64 ${at(0)}Q60 ${at(30)} 34 ${at(50)}`,
          tone: tone + 0.02,
        },
        {
          path: symmetric(
            [0, at(-44)],
            [
              [36, at(-44), 60, at(-10), 46, at(22)],
              [26, at(44), 0, at(48)],
            ],
          ),
          tone: tone - 0.42,
        },
        { path: `M-26 ${at(40)}L-22 ${at(40)}L-25 ${at(132)}L-30 ${at(132)}Z`, fill: '#efebe2' },
        { path: `M26 ${at(40)}L30 ${at(40)}L34 ${at(118)}L29 ${at(118)}Z`, fill: '#efebe2' },
      ];
    case 'scoop':
    case 'v':
    case 'straps':
      return [];
  }
}

function pair(right: Part): Part[] {
  const { path, seams = '' } = right;
  return [{ ...right, path: mirror(path), seams: mirror(seams) }, right];
}
