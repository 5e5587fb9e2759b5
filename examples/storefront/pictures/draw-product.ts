import { COLOURS } from '../catalogue/colours.ts';
import type { Product } from '../catalogue/product.ts';
import { drawPattern } from './draw-pattern.ts';
import { drawShape } from './draw-shape.ts';
import { lightness, mix } from './mix.ts';
import type { Part } from './strokes/drawing.ts';

const SHADE = '#1b1a26';
const LIGHT = '#ffffff';

/** The picture of a product: an SVG document of 600 × 750. */
export function drawProduct({ shape, colour, pattern }: Pick<Product, 'shape' | 'colour' | 'pattern'>): string {
  const dye = COLOURS[colour].hex;
  const { parts, shadow } = drawShape(shape, pattern);
  const wall = lightness(dye) > 0.8 ? mix(dye, '#d9d5ce', 0.8) : mix(dye, '#f1efec', 0.84);
  const patterned = pattern !== 'plain';
  const drawn = parts.map((part, index) => drawPart(part, index, dye, patterned)).join('');
  const clips = parts
    .map(({ path }, index) => `<clipPath id="c${index}"><path d="${path}" clip-rule="evenodd"/></clipPath>`)
    .join('');
  const [x, y, radius] = shadow ?? [0, 0, 0];
  const ground = shadow
    ? `<ellipse cx="${x}" cy="${y}" rx="${radius}" ry="${radius / 11}" fill="${SHADE}" opacity=".32" filter="url(#soft)"/>`
    : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 750" width="600" height="750"><defs>
<radialGradient id="wall" cx=".38" cy=".28" r=".95"><stop offset="0" stop-color="${mix(wall, LIGHT, 0.55)}"/><stop offset=".6" stop-color="${wall}"/><stop offset="1" stop-color="${mix(wall, SHADE, 0.13)}"/></radialGradient>
<linearGradient id="light" gradientUnits="userSpaceOnUse" x1="-190" y1="60" x2="200" y2="420"><stop offset="0" stop-color="${LIGHT}" stop-opacity=".26"/><stop offset=".45" stop-color="${LIGHT}" stop-opacity="0"/><stop offset=".55" stop-color="${SHADE}" stop-opacity="0"/><stop offset="1" stop-color="${SHADE}" stop-opacity=".3"/></linearGradient>
<filter id="soft" x="-40%" y="-60%" width="180%" height="220%"><feGaussianBlur stdDeviation="9"/></filter>
<filter id="fold" x="-40%" y="-20%" width="180%" height="140%"><feGaussianBlur stdDeviation="7"/></filter>
${clips}${drawPattern(pattern, dye)}</defs>
<rect width="600" height="750" fill="url(#wall)"/>
<g transform="translate(300 0)">${ground}<g transform="translate(9 15)" fill="${SHADE}" opacity=".26" filter="url(#soft)">${parts.map(({ path }) => `<path d="${path}" fill-rule="evenodd"/>`).join('')}</g>${drawn}</g></svg>`;
}

function drawPart(part: Part, index: number, dye: string, patterned: boolean): string {
  const { path, tone = 0, fill = dye, folds, plain = false, seams, buttons = [] } = part;
  const base = tone < 0 ? mix(fill, SHADE, -tone) : mix(fill, LIGHT, tone);
  const line = mix(base, lightness(base) < 0.3 ? LIGHT : SHADE, lightness(base) < 0.3 ? 0.2 : 0.38);
  const cloth = patterned && !plain ? `<rect x="-300" width="600" height="750" fill="url(#fabric)"/>` : '';
  const shadows = folds
    ? `<g fill="none" stroke-linecap="round" filter="url(#fold)"><path d="${folds}" stroke="${SHADE}" stroke-width="15" opacity=".24"/><path d="${folds}" stroke="${LIGHT}" stroke-width="11" opacity=".12" transform="translate(-16 -2)"/></g>`
    : '';
  const sewn = seams ? `<path d="${seams}" fill="none" stroke="${line}" stroke-width="2" opacity=".75"/>` : '';
  const dots = buttons
    .map(
      ([x, y, radius]) =>
        `<circle cx="${x}" cy="${y + 1.5}" r="${radius}" fill="${SHADE}" opacity=".3"/><circle cx="${x}" cy="${y}" r="${radius}" fill="${mix(base, lightness(base) > 0.5 ? '#6a5238' : '#f0e6d2', 0.6)}"/>`,
    )
    .join('');
  return `<path d="${path}" fill="${base}" fill-rule="evenodd"/><g clip-path="url(#c${index})">${cloth}<rect x="-300" width="600" height="750" fill="url(#light)"/>${shadows}${sewn}</g>${dots}<path d="${path}" fill="none" stroke="${line}" stroke-width="1.6" stroke-linejoin="round" opacity=".8"/>`;
}
