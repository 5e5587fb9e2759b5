import type { Pattern } from '../catalogue/product.ts';
import { lightness, mix } from './mix.ts';

/** The `<pattern>` of a fabric, with the id `fabric`; empty for plain cloth. */
export function drawPattern(pattern: Pattern, colour: string): string {
  const dark = mix(colour, '#14141c', 0.45);
  const light = mix(colour, '#ffffff', 0.55);
  const contrast = lightness(colour) > 0.55 ? '#2b3f63' : '#f3eee2';
  const tile = (width: number, height: number, content: string, turn = 0) =>
    `<pattern id="fabric" width="${width}" height="${height}" patternUnits="userSpaceOnUse" patternTransform="rotate(${turn})">${content}</pattern>`;
  switch (pattern) {
    case 'plain':
      return '';
    case 'stripe':
      return tile(30, 30, `<rect y="4" width="30" height="9" fill="${contrast}" opacity=".85"/>`);
    case 'check':
      return tile(
        56,
        56,
        `<g fill="${dark}" opacity=".42"><rect width="20" height="56"/><rect width="56" height="20"/></g><g fill="${light}" opacity=".6"><rect x="38" width="3" height="56"/><rect y="38" width="56" height="3"/></g>`,
      );
    case 'dot':
      return tile(
        26,
        26,
        `<g fill="${lightness(colour) > 0.8 ? mix(colour, '#5a4a3c', 0.4) : '#f6f1e6'}" opacity=".85"><circle cx="6" cy="6" r="3"/><circle cx="19" cy="19" r="3"/></g>`,
      );
    case 'rib':
      return tile(
        11,
        20,
        `<rect x="0" width="3.5" height="20" fill="${dark}" opacity=".34"/><rect x="6" width="3" height="20" fill="${light}" opacity=".2"/>`,
      );
    case 'cable':
      return tile(
        48,
        40,
        `<g fill="none" stroke-linecap="round"><path d="M14 0C14 14 30 12 30 20S14 28 14 40M30 0C30 14 14 12 14 20S30 28 30 40" stroke="${dark}" stroke-width="5" opacity=".28"/><path d="M12 0C12 14 28 12 28 20S12 28 12 40" stroke="${light}" stroke-width="2" opacity=".45"/><path d="M43 0V40M1 0V40" stroke="${dark}" stroke-width="2" opacity=".28"/></g>`,
      );
    case 'floral':
      return tile(74, 74, blossom(18, 20, contrast) + blossom(55, 57, light) + leaves(dark), 12);
    case 'denim':
      return tile(
        6,
        6,
        `<path d="M0 6L6 0" stroke="${light}" stroke-width="1.1" opacity=".34"/><path d="M0 3L3 0M3 6L6 3" stroke="${dark}" stroke-width=".8" opacity=".34"/>`,
      );
    case 'channel':
      return tile(
        60,
        58,
        `<rect width="60" height="58" fill="url(#puff)"/><path d="M0 57H60" stroke="${dark}" stroke-width="2.5" opacity=".8"/><path d="M10 50l-3 8M34 48l2 10M48 51l-2 7M20 4l2 7M54 3l-2 6" stroke="${dark}" stroke-width="2" opacity=".35"/>`,
      ).concat(
        `<linearGradient id="puff" x2="0" y2="1"><stop offset="0" stop-color="${dark}" stop-opacity=".5"/><stop offset=".38" stop-color="${light}" stop-opacity=".38"/><stop offset="1" stop-color="${dark}" stop-opacity=".55"/></linearGradient>`,
      );
    case 'quilt':
      return tile(
        48,
        48,
        `<path d="M0 0L48 48M48 0L0 48" stroke="${dark}" stroke-width="3" opacity=".5"/><path d="M0 3L45 48M48 3L3 48" stroke="${light}" stroke-width="1.5" opacity=".45"/>`,
      );
  }
}

function blossom(x: number, y: number, petals: string): string {
  const circles = [0, 72, 144, 216, 288]
    .map((turn) => `<ellipse cx="${x}" cy="${y - 6}" rx="3.6" ry="5.4" transform="rotate(${turn} ${x} ${y})"/>`)
    .join('');
  return `<g fill="${petals}" opacity=".88">${circles}</g><circle cx="${x}" cy="${y}" r="2.6" fill="#dca23c"/>`;
}

function leaves(colour: string): string {
  return `<g fill="${colour}" opacity=".6"><path d="M30 28Q42 24 46 34Q34 38 30 28"/><path d="M4 56Q8 46 18 50Q14 60 4 56"/><path d="M60 18Q66 10 72 16Q68 24 60 18"/></g>`;
}
