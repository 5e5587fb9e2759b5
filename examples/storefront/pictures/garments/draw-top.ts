import type { Drawing, Part } from '../strokes/drawing.ts';
import { symmetric } from '../strokes/symmetric.ts';
import { topBody } from './top-body.ts';
import { topInside, topNeck } from './top-neck.ts';
import { topSleeves } from './top-sleeves.ts';
import type { TopSpec } from './top-spec.ts';

/** Draws what is worn on the upper body, laid flat and seen from the front. */
export function drawTop(spec: TopSpec): Drawing {
  return {
    parts: [
      ...topSleeves(spec),
      ...topInside(spec),
      topBody(spec),
      ...(spec.bands ? [hemBand(spec)] : []),
      ...belt(spec),
      ...zip(spec),
      ...topNeck(spec),
    ],
  };
}

function hemBand({ hem, hemY, tone = 0, front }: TopSpec): Part {
  const count = Math.floor(hem / 6);
  const ribs = Array.from({ length: count * 2 }, (_, index) => (index - count + 0.5) * 6.2);
  const centre = front === 'zip' ? `M0 ${hemY - 40}V${hemY + 30}` : '';
  return {
    path: symmetric(
      [0, hemY - 18],
      [
        [hem * 0.5, hemY - 18, hem + 2, hemY - 28],
        [hem - 2, hemY + 6, hem - 8, hemY + 14],
        [hem * 0.5, hemY + 22, 0, hemY + 22],
      ],
    ),
    seams: ribs.map((x) => `M${x} ${hemY - 30}L${x * 0.96} ${hemY + 24}`).join('') + centre,
    plain: true,
    tone: tone - 0.12,
  };
}

function zip({ front, top, hemY, neck }: TopSpec): Part[] {
  if (front !== 'zip') return [];
  const start = top + (neck === 'turtle' ? 24 : 46);
  const teeth = Array.from(
    { length: Math.floor((hemY - start) / 7) },
    (_, index) => `M-3 ${start + index * 7}L3 ${start + index * 7}`,
  );
  return [
    {
      path: `M-4 ${start}L4 ${start}L4 ${hemY + 20}L-4 ${hemY + 20}Z`,
      fill: '#b9bcc2',
      seams: teeth.join(''),
      plain: true,
    },
    { path: `M-5 ${start + 4}L5 ${start + 4}L4 ${start + 30}L-4 ${start + 30}Z`, fill: '#d8dade', plain: true },
  ];
}

function belt({ belt: kind, waist, waistY }: TopSpec): Part[] {
  if (!kind) return [];
  const strap: Part = {
    path: symmetric(
      [0, waistY - 9],
      [
        [waist * 0.5, waistY - 9, waist + 2, waistY - 14],
        [waist + 2, waistY + 10],
        [waist * 0.5, waistY + 15, 0, waistY + 15],
      ],
    ),
    tone: -0.18,
  };
  if (kind === 'buckle') {
    return [
      strap,
      {
        path: `M-20 ${waistY - 14}H20V${waistY + 20}H-20ZM-11 ${waistY - 6}V${waistY + 12}H11V${waistY - 6}Z`,
        fill: '#6f5a41',
        plain: true,
      },
    ];
  }
  return [
    strap,
    {
      path: `M-30 ${waistY + 6}C-44 ${waistY + 60} -40 ${waistY + 110} -54 ${waistY + 160}L-34 ${waistY + 164}C-24 ${waistY + 110} -22 ${waistY + 60} -18 ${waistY + 8}Z`,
      tone: -0.14,
    },
    {
      path: `M-22 ${waistY + 6}C-14 ${waistY + 50} -14 ${waistY + 90} -6 ${waistY + 132}L12 ${waistY + 128}C2 ${waistY + 90} -2 ${waistY + 50} -8 ${waistY + 6}Z`,
      tone: -0.1,
    },
    {
      path: `M-24 ${waistY}C-54 ${waistY - 30} -78 ${waistY - 10} -66 ${waistY + 8}C-58 ${waistY + 20} -38 ${waistY + 12} -24 ${waistY + 4}Z`,
      tone: -0.1,
    },
    {
      path: `M-20 ${waistY}C4 ${waistY - 26} 30 ${waistY - 14} 22 ${waistY + 4}C16 ${waistY + 16} -6 ${waistY + 12} -20 ${waistY + 4}Z`,
      tone: -0.06,
    },
    {
      path: `M-32 ${waistY - 8}Q-20 ${waistY - 14} -10 ${waistY - 7}Q-6 ${waistY + 6} -12 ${waistY + 14}Q-22 ${waistY + 18} -32 ${waistY + 12}Q-36 ${waistY + 2} -32 ${waistY - 8}Z`,
      tone: -0.2,
    },
  ];
}
