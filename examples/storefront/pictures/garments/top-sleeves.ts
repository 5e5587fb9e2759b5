import type { Part } from '../strokes/drawing.ts';
import { mirror } from '../strokes/symmetric.ts';
import type { TopSpec } from './top-spec.ts';

/** Both sleeves of a top, hanging a little away from the body, with their bands. */
export function topSleeves({ sleeve, top, chest = 108, bands = false, tone = 0 }: TopSpec): Part[] {
  const inner = chest - 6;
  const at = (y: number) => top + y;
  switch (sleeve) {
    case 'none':
      return [];
    case 'short':
      return pair({
        path: `M118 ${at(22)}C150 ${at(34)} 178 ${at(84)} 194 ${at(134)}L138 ${at(158)}C128 ${at(148)} 116 ${at(138)} ${inner} ${at(130)}Z`,
        seams: `M190 ${at(124)}L134 ${at(148)}`,
        folds: `M128 ${at(126)}Q146 ${at(100)} 150 ${at(70)}`,
        tone: tone - 0.06,
      });
    case 'full':
      return [
        ...pair({
          path: `M116 ${at(24)}C158 ${at(24)} 200 ${at(120)} 216 ${at(268)}C218 ${at(300)} 206 ${at(316)} 194 ${at(318)}L158 ${at(322)}C142 ${at(300)} 134 ${at(210)} ${inner} ${at(130)}Z`,
          folds: `M140 ${at(140)}C160 ${at(190)} 168 ${at(250)} 172 ${at(316)}M168 ${at(120)}C188 ${at(190)} 194 ${at(250)} 192 ${at(306)}`,
          seams: `M150 ${at(34)}l-4 22M138 ${at(30)}l-3 22M162 ${at(42)}l-6 20`,
          tone: tone - 0.06,
        }),
        ...pair({
          path: `M158 ${at(318)}L196 ${at(314)}L194 ${at(340)}L160 ${at(344)}Z`,
          plain: true,
          tone: tone - 0.1,
        }),
      ];
    case 'long':
      return [
        ...pair({
          path: `M116 ${at(21)}C156 ${at(36)} 166 ${at(112)} 178 ${at(216)}C186 ${at(280)} 194 ${at(330)} 198 ${at(374)}L152 ${at(382)}C146 ${at(300)} 134 ${at(210)} ${inner} ${at(130)}Z`,
          folds: `M${inner + 8} ${at(150)}Q140 ${at(130)} 148 ${at(96)}M140 ${at(226)}Q160 ${at(238)} 176 ${at(232)}M150 ${at(262)}C158 ${at(300)} 164 ${at(340)} 166 ${at(378)}`,
          seams: bands ? '' : `M195 ${at(350)}L150 ${at(358)}`,
          tone: tone - 0.06,
        }),
        ...(bands ? pair(cuff(top, tone)) : []),
      ];
  }
}

function cuff(top: number, tone: number): Part {
  const ribs = [160, 168, 176, 184, 192].map((x) => `M${x - 3} ${top + 352}l4 44`).join('');
  return {
    path: `M150 ${top + 356}L195 ${top + 348}L198 ${top + 388}Q176 ${top + 398} 156 ${top + 396}Z`,
    seams: ribs,
    plain: true,
    tone: tone - 0.12,
  };
}

/** Paths here use only commands with pairs of numbers, so that they can be mirrored. */
function pair(right: Part): Part[] {
  const { path, folds = '', seams = '' } = right;
  return [{ ...right, path: mirror(path), folds: mirror(folds), seams: mirror(seams) }, right];
}
