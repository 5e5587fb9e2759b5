import { LEAST_ROWS, makeShapeModel, type ShapeModelBytes, shapeModelBytes } from '../../core/anomalies/shape-model.ts';
import type { MinuteTally } from '../../core/pulse/minute.ts';

/** Shapes of a type that models are made of: a sample of all that came, drawn anew. */
const MAX_ROWS = 1_000;
const MAX_TYPES = 8;

interface Sample {
  readonly seen: number;
  readonly rows: number[][];
}

/** Shapes of events by their type, and the models that are made of them. */
export class ShapeStore {
  private readonly kv: SyncKvStorage;

  constructor(storage: DurableObjectStorage) {
    this.kv = storage.kv;
  }

  /** Takes the shapes of a minute into the samples: each that ever came is there with the same chance (reservoir sampling; Vitter, 1985). */
  take({ shapes = {} }: MinuteTally): void {
    for (const [type, rows] of Object.entries(shapes)) {
      const held = this.kv.get<Sample>(`shapes/${type}`);
      if (!held && this.types.length >= MAX_TYPES) continue;
      if (!held) this.kv.put('shape_types', [...this.types, type]);
      const kept = held?.rows ?? [];
      let seen = held?.seen ?? 0;
      for (const row of rows) {
        seen += 1;
        // JSON has no NaN.
        const numbers = row.map((value) => value ?? Number.NaN);
        if (kept.length < MAX_ROWS) kept.push(numbers);
        else {
          const place = Math.floor(Math.random() * seen);
          if (place < MAX_ROWS) kept[place] = numbers;
        }
      }
      this.kv.put(`shapes/${type}`, { seen, rows: kept });
    }
  }

  /** Makes the models anew; where one does not hold, the one before stays. Says for which types there are new ones. */
  train(now: number, random: () => number): string[] {
    const made: string[] = [];
    for (const type of this.types) {
      const rows = this.kv.get<Sample>(`shapes/${type}`)?.rows ?? [];
      const model = rows.length < LEAST_ROWS ? undefined : makeShapeModel(type, rows, random);
      if (!model) continue;
      this.kv.put(`shape_model/${type}`, shapeModelBytes(model));
      made.push(type);
    }
    if (made.length > 0) this.kv.put('shape_version', now);
    return made;
  }

  /** When models were made last, ms since 1970; 0 before. */
  get version(): number {
    return this.kv.get<number>('shape_version') ?? 0;
  }

  models(): ShapeModelBytes[] {
    return this.types.flatMap((type) => this.kv.get<ShapeModelBytes>(`shape_model/${type}`) ?? []);
  }

  private get types(): readonly string[] {
    return this.kv.get<string[]>('shape_types') ?? [];
  }
}
