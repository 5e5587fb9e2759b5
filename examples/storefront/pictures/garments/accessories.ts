import type { Drawing } from '../strokes/drawing.ts';
import { symmetric } from '../strokes/symmetric.ts';

const BRASS = '#c9a04a';
const STEEL = '#c9ccd1';

/** A disc as a path. */
function disc(x: number, y: number, radius: number): string {
  const handle = radius * 0.5523;
  return `M${x} ${y - radius}C${x + handle} ${y - radius} ${x + radius} ${y - handle} ${x + radius} ${y}C${x + radius} ${y + handle} ${x + handle} ${y + radius} ${x} ${y + radius}C${x - handle} ${y + radius} ${x - radius} ${y + handle} ${x - radius} ${y}C${x - radius} ${y - handle} ${x - handle} ${y - radius} ${x} ${y - radius}Z`;
}

function fringe(from: number, to: number, y: number): string {
  const count = Math.floor((to - from) / 9);
  return Array.from({ length: count }, (_, index) => {
    const x = from + 4 + index * 9;
    return `M${x} ${y}L${x + 5} ${y}L${x + 3 + (index % 3)} ${y + 34}L${x - 1 + (index % 3)} ${y + 34}Z`;
  }).join('');
}

/** Small things, laid flat. */
export const ACCESSORIES = {
  scarf: {
    parts: [
      {
        path: 'M-4 250L96 270C104 400 112 500 116 610L6 618C8 500 0 380 -4 250Z',
        tone: -0.1,
        folds: 'M30 290C40 400 44 500 40 610M76 290C84 400 88 500 90 606',
      },
      { path: fringe(8, 116, 612), tone: -0.1, plain: true },
      {
        path: 'M-100 262L6 258C0 360 -8 460 -14 556L-128 548C-120 450 -108 350 -100 262Z',
        folds: 'M-66 280C-76 360 -90 450 -94 548M-26 290C-34 380 -46 460 -48 550',
      },
      { path: fringe(-126, -14, 550), plain: true },
      {
        path: 'M-150 214C-140 130 -70 104 0 104C74 104 146 134 152 216C148 286 84 322 2 324C-84 324 -146 290 -150 214ZM-74 196C-50 226 54 226 78 198C64 170 40 158 0 158C-40 158 -62 170 -74 196Z',
        folds: 'M-140 220C-80 290 60 300 144 214M-110 180C-70 250 70 256 118 180M-130 250C-60 312 70 310 130 256',
      },
    ],
  },
  beanie: {
    parts: [
      {
        path: symmetric(
          [0, 168],
          [
            [110, 166, 190, 250, 186, 450],
            [100, 470, 0, 470],
          ],
        ),
        folds: 'M-60 190C-110 260 -120 360 -116 440M70 200C120 260 126 360 120 440M0 180C6 280 0 360 4 440',
      },
      {
        path: symmetric(
          [0, 408],
          [
            [110, 406, 192, 390],
            [206, 460, 198, 528],
            [110, 556, 0, 556],
          ],
        ),
        tone: -0.1,
        folds: 'M-190 420Q0 450 190 420',
      },
      { path: 'M60 456H116V520H60Z', fill: '#efe9dc', plain: true, seams: 'M66 462H110V514H66ZM76 488H100' },
    ],
  },
  cap: {
    shadow: [20, 520, 210],
    parts: [
      {
        path: 'M-176 462C-186 310 -110 226 0 224C104 226 160 300 166 430C60 420 -70 430 -176 462Z',
        folds: 'M-90 256C-130 320 -140 390 -130 450M60 240C110 300 124 360 120 424',
        seams: 'M0 226C-50 280 -66 360 -60 440M0 226C50 280 70 350 72 424',
      },
      {
        path: 'M-176 462C-70 426 60 418 166 430C226 448 258 480 250 506C160 480 -20 476 -160 500C-172 494 -178 478 -176 462Z',
        tone: -0.14,
        folds: 'M-140 484C0 454 150 458 236 494',
        seams: 'M-170 474C-60 442 80 436 176 444C216 456 240 476 246 494',
      },
      { path: disc(0, 222, 10), tone: -0.1, plain: true },
    ],
  },
  belt: {
    parts: [
      {
        path: 'M0 176C128 176 214 262 214 380C214 500 128 588 0 588C-128 588 -214 500 -214 380C-214 262 -128 176 0 176ZM0 226C-98 226 -166 288 -166 380C-166 474 -98 540 0 540C98 540 166 474 166 380C166 288 98 226 0 226Z',
        seams:
          'M0 186C122 186 204 268 204 380C204 494 122 578 0 578C-122 578 -204 494 -204 380C-204 268 -122 186 0 186',
        folds: 'M-190 300Q-200 380 -180 470M190 300Q200 400 170 490',
      },
      {
        path: 'M-10 538C60 540 120 516 156 470L196 500C150 566 70 592 -10 588Z',
        tone: -0.08,
        buttons: [
          [70, 546, 5],
          [104, 530, 5],
          [134, 508, 5],
        ],
      },
      {
        path: 'M-62 524H24Q34 524 34 534V594Q34 604 24 604H-62Q-72 604 -72 594V534Q-72 524 -62 524ZM-54 542V586H16V542Z',
        fill: BRASS,
        plain: true,
      },
      { path: 'M-72 558L18 560L18 568L-72 570Z', fill: BRASS, plain: true, tone: -0.1 },
    ],
  },
  sunglasses: {
    shadow: [0, 470, 220],
    parts: [
      {
        path: 'M-210 330C-190 260 -120 220 -60 214L-58 224C-116 234 -170 270 -192 336ZM210 330C190 260 120 220 60 214L58 224C116 234 170 270 192 336Z',
        tone: -0.15,
      },
      {
        path: `${disc(-106, 380, 96)}${disc(106, 380, 96)}M-40 340C-20 318 20 318 40 340L34 358C18 338 -18 338 -34 358Z`,
      },
      { path: disc(-106, 380, 80), fill: '#3f5247', plain: true, folds: 'M-150 340L-80 430M-126 320L-60 400' },
      { path: disc(106, 380, 80), fill: '#3f5247', plain: true, folds: 'M62 340L132 430M86 320L152 400' },
      {
        path: 'M-160 340C-150 318 -130 308 -112 306L-146 372C-156 366 -162 354 -160 340ZM52 340C62 318 82 308 100 306L66 372C56 366 50 354 52 340Z',
        fill: '#8ba394',
        plain: true,
      },
    ],
  },
  watch: {
    parts: [
      { path: 'M-56 96H56L62 300H-62Z', folds: 'M-36 100V300M30 100V300', seams: 'M-46 104L-50 290M46 104L50 290' },
      {
        path: 'M-62 450H62L50 654Q0 668 -50 654Z',
        folds: 'M-36 460V650M30 460V650',
        seams: 'M-50 460L-42 646M50 460L42 646',
        buttons: [
          [0, 540, 4],
          [0, 572, 4],
          [0, 604, 4],
        ],
      },
      { path: 'M108 360H126Q132 360 132 368V384Q132 392 126 392H108Z', fill: STEEL, plain: true, tone: -0.15 },
      { path: disc(0, 376, 116), fill: STEEL, plain: true },
      { path: disc(0, 376, 98), fill: '#f6f3ea', plain: true, seams: ticks() },
      {
        path: 'M-4 380L-46 334L-40 328L4 374ZM-3 376L34 304L40 308L4 380Z',
        fill: '#2a2f3e',
        plain: true,
        buttons: [[0, 377, 6]],
      },
    ],
  },
  earrings: {
    parts: [-96, 96].flatMap((x) => [
      {
        path: `M${x - 4} 196C${x - 30} 180 ${x - 8} 146 ${x + 14} 160C${x + 28} 172 ${x + 18} 200 ${x + 4} 214L${x - 2} 208C${x + 10} 196 ${x + 16} 180 ${x + 8} 172C${x - 6} 164 ${x - 14} 184 ${x - 2} 190Z`,
        fill: BRASS,
        plain: true,
      },
      { path: disc(x, 244, 32), tone: 0.05 },
      {
        path: `M${x} 276C${x + 30} 340 ${x + 62} 400 ${x + 56} 470C${x + 48} 524 ${x + 20} 540 ${x} 540C${x - 20} 540 ${x - 48} 524 ${x - 56} 470C${x - 62} 400 ${x - 30} 340 ${x} 276ZM${x} 350C${x - 14} 386 ${x - 30} 420 ${x - 28} 462C${x - 24} 494 ${x - 10} 502 ${x} 502C${x + 10} 502 ${x + 24} 494 ${x + 28} 462C${x + 30} 420 ${x + 14} 386 ${x} 350Z`,
        folds: `M${x - 44} 440Q${x - 50} 490 ${x - 20} 524`,
      },
    ]),
  },
} as const satisfies Record<string, Drawing>;

function ticks(): string {
  return Array.from({ length: 12 }, (_, hour) => {
    const angle = (hour * Math.PI) / 6;
    const point = (radius: number) =>
      `${(Math.sin(angle) * radius).toFixed(1)} ${(376 - Math.cos(angle) * radius).toFixed(1)}`;
    return `M${point(74)}L${point(hour % 3 === 0 ? 92 : 86)}`;
  }).join('');
}
