import type { Part } from '../strokes/drawing.ts';
import { type Segment, symmetric } from '../strokes/symmetric.ts';
import { neckDepth, type TopSpec } from './top-spec.ts';

/** The body of a top, with its folds, seams and front. */
export function topBody(spec: TopSpec): Part {
  const { tone } = spec;
  return {
    path: symmetric([0, spec.top + neckDepth(spec)], [...upper(spec), ...lower(spec)]),
    folds: folds(spec),
    seams: seams(spec),
    ...(tone !== undefined && { tone }),
    ...(spec.front && { buttons: buttons(spec) }),
  };
}

function upper(spec: TopSpec): Segment[] {
  const { top, neck, sleeve, chest = 108 } = spec;
  const depth = top + neckDepth(spec);
  if (neck === 'straps') {
    return [
      [26, depth - 2, 44, depth - 20, 58, top + 44],
      [70, top + 52, 78, top + 92, chest - 8, top + 128],
    ];
  }
  const pointed = neck === 'v' || neck === 'lapel' || neck === 'open-collar' || neck === 'collar';
  const neckline: Segment = pointed ? [26, top + (depth - top) * 0.45, 46, top] : [38, depth - 2, 46, top];
  const armhole: Segment =
    sleeve === 'none'
      ? [94, top + 52, 88, top + 96, chest, top + 132]
      : [chest + 12, top + 62, chest + 2, top + 96, chest, top + 132];
  return [neckline, [84, top + 7, sleeve === 'none' ? 106 : 124, top + 24], armhole];
}

function lower({ top, chest = 108, waist, waistY, hem, hemY }: TopSpec): Segment[] {
  const fall = hemY - waistY;
  return [
    [chest - 2, top + 132 + (waistY - top - 132) * 0.5, waist, waistY],
    [waist + (hem - waist) * 0.2, waistY + fall * 0.3, hem - (hem - waist) * 0.12, waistY + fall * 0.72, hem, hemY],
    [hem * 0.55, hemY + 12, 0, hemY + 12],
  ];
}

function folds({ top, chest = 108, waist, waistY, hem, hemY }: TopSpec): string {
  const start = waistY + 6;
  const flare = hem > waist + 30;
  const line = (from: number, to: number, y: number) =>
    `M${waist * from} ${y}C${waist * from} ${y + (hemY - y) * 0.4} ${hem * to} ${y + (hemY - y) * 0.6} ${hem * to} ${hemY + 8}`;
  const skirt = flare
    ? [
        line(-0.7, -0.66, start),
        line(-0.25, -0.3, start + 30),
        line(0.3, 0.22, start + 8),
        line(0.72, 0.62, start + 20),
      ]
    : [line(-0.72, -0.7, waistY - 20), line(0.62, 0.66, waistY - 50), line(0.1, 0.2, hemY - 90)];
  const arms = `M${chest - 6} ${top + 142}Q${chest - 26} ${top + 156} ${chest - 42} ${top + 178}M${-chest + 6} ${top + 142}Q${-chest + 24} ${top + 160} ${-chest + 34} ${top + 186}`;
  return `${skirt.join('')}${arms}`;
}

function seams(spec: TopSpec): string {
  const { top, front, hem, hemY, waist, waistY, gathers = [], pockets, bands } = spec;
  const start = top + neckDepth(spec);
  const stitched = bands ? '' : `M${-hem} ${hemY - 14}Q0 ${hemY + 2} ${hem} ${hemY - 14}`;
  return [
    stitched,
    frontSeams(front, start, spec),
    ...gathers.map((y) => gather(y, spec)),
    pocketSeams(pockets, waist, waistY, hemY, top),
  ].join('');
}

function frontSeams(front: TopSpec['front'], start: number, { hemY, waist, waistY, hem }: TopSpec): string {
  switch (front) {
    case 'buttons':
      return `M-13 ${start}V${hemY + 14}M13 ${start}V${hemY + 14}`;
    case 'double':
      return `M-52 ${start + 40}V${hemY + 14}`;
    case 'edges':
      return `M0 ${start}V${hemY + 14}M-17 ${start - 6}V${hemY + 14}M17 ${start - 6}V${hemY + 14}`;
    case 'zip':
      return `M-5 ${start}V${hemY + 14}M5 ${start}V${hemY + 14}M0 ${start}V${hemY + 14}`;
    case 'wrap':
      return `M0 ${start}L${-waist * 0.92} ${waistY}M${-waist * 0.5} ${waistY}C${-waist * 0.4} ${waistY + 90} ${-hem * 0.1} ${hemY - 80} ${-hem * 0.2} ${hemY + 14}`;
    case undefined:
      return '';
  }
}

function gather(y: number, { waist, waistY, hem, hemY }: TopSpec): string {
  const half = y <= waistY ? waist : waist + ((hem - waist) * (y - waistY)) / (hemY - waistY);
  const ticks = Array.from({ length: Math.floor(half / 7) }, (_, index) => {
    const x = -half + 8 + index * 14;
    return `M${x} ${y + 6}l${x / 26} ${16 + (index % 3) * 9}`;
  });
  return `M${-half - 4} ${y - 2}Q0 ${y + 12} ${half + 4} ${y - 2}${ticks.join('')}`;
}

function pocketSeams(pockets: TopSpec['pockets'], waist: number, waistY: number, hemY: number, top: number): string {
  switch (pockets) {
    case 'patch':
      return [-1, 1]
        .map(
          (side) =>
            `M${side * 28} ${waistY + 44}H${side * 84}V${waistY + 112}L${side * 56} ${waistY + 120}L${side * 28} ${waistY + 112}Z`,
        )
        .join('');
    case 'slant':
      return `M${waist * 0.5} ${waistY + 30}l22 66M${waist * 0.5 + 11} ${waistY + 27}l22 66M${-waist * 0.5} ${waistY + 30}l-22 66M${-waist * 0.5 - 11} ${waistY + 27}l-22 66`;
    case 'kangaroo':
      return `M-52 ${hemY - 126}H52L84 ${hemY - 70}V${hemY - 34}H-84V${hemY - 70}Z`;
    case 'chest':
      return `M28 ${top + 118}H76V${top + 168}L52 ${top + 178}L28 ${top + 168}Z`;
    case undefined:
      return '';
  }
}

function buttons(spec: TopSpec): [number, number, number][] {
  const { front, hemY, top } = spec;
  const start = top + neckDepth(spec) + 14;
  if (front === 'double') {
    return [0, 1, 2].flatMap((row): [number, number, number][] => [
      [-36, start + 16 + row * 74, 7],
      [38, start + 16 + row * 74, 7],
    ]);
  }
  if (front !== 'buttons' && front !== 'edges') return [];
  const gap = front === 'edges' ? 58 : 62;
  const count = Math.max(2, Math.floor((hemY - start - 10) / gap));
  return Array.from({ length: count }, (_, index) => [0, start + 8 + index * gap, front === 'edges' ? 7 : 5]);
}
