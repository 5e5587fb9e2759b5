/** The cut of what is worn on the upper body: shirts, knitwear, coats, dresses. Lengths in picture units. */
export interface TopSpec {
  /** Height of the point where neck and shoulder meet. */
  readonly top: number;
  readonly neck: 'crew' | 'scoop' | 'v' | 'turtle' | 'collar' | 'lapel' | 'open-collar' | 'straps' | 'hood';
  readonly sleeve: 'none' | 'short' | 'long' | 'full';
  /** Half widths at chest, waist and hem, and the heights of the last two. */
  readonly chest?: number;
  readonly waist: number;
  readonly waistY: number;
  readonly hem: number;
  readonly hemY: number;
  readonly front?: 'buttons' | 'double' | 'zip' | 'wrap' | 'edges';
  /** A tie or a buckled belt at the waist. */
  readonly belt?: 'tie' | 'buckle';
  /** Ribbed bands at hem and cuffs. */
  readonly bands?: boolean;
  readonly pockets?: 'patch' | 'slant' | 'kangaroo' | 'chest';
  /** Heights of gathered seams. */
  readonly gathers?: readonly number[];
  /** Tone of the body. */
  readonly tone?: number;
}

/** How deep the front of the neckline lies below its sides. */
export function neckDepth({ neck, front }: TopSpec): number {
  switch (neck) {
    case 'crew':
    case 'hood':
      return 34;
    case 'turtle':
      return 20;
    case 'scoop':
      return 62;
    case 'v':
      return front === 'edges' ? 172 : 122;
    case 'collar':
      return 36;
    case 'open-collar':
      return 74;
    case 'lapel':
      return 176;
    case 'straps':
      return 72;
  }
}
