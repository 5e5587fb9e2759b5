import type { Pattern, Shape } from '../catalogue/product.ts';
import { ACCESSORIES } from './garments/accessories.ts';
import { BAGS } from './garments/bags.ts';
import { drawTop } from './garments/draw-top.ts';
import { drawTrousers, TROUSERS } from './garments/draw-trousers.ts';
import { SHOES } from './garments/shoes.ts';
import { TOPS } from './garments/tops.ts';
import type { Drawing } from './strokes/drawing.ts';

const LAID_OUT = { ...SHOES, ...BAGS, ...ACCESSORIES };

/** The parts of a silhouette. The pattern matters where a fabric brings its own cut, as denim does. */
export function drawShape(shape: Shape, pattern: Pattern): Drawing {
  if (isTop(shape)) return drawTop(TOPS[shape]);
  if (isTrousers(shape)) return drawTrousers(TROUSERS[shape], pattern === 'denim');
  return LAID_OUT[shape];
}

function isTop(shape: Shape): shape is keyof typeof TOPS {
  return shape in TOPS;
}

function isTrousers(shape: Shape): shape is keyof typeof TROUSERS {
  return shape in TROUSERS;
}
