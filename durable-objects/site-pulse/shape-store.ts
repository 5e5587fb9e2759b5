import { EVENT_SHAPE, type ShapeKind } from '../../core/anomalies/event-shape.ts';
import {
  LEAST_ROWS,
  makeShapeModel,
  readShapeModel,
  type ShapeModel,
  type ShapeModelBytes,
  shapeModelBytes,
} from '../../core/anomalies/shape-model.ts';
import type { MinuteTally } from '../../core/pulse/minute.ts';
import { MINUTE_SHAPE } from '../../core/pulse/minute-watch.ts';
import { log } from '../../stores/log.ts';

/** Shapes of a type that models are made of: a sample of all that came, drawn anew. */
const MAX_ROWS = 1_000;
const MAX_TYPES = 8;
/** What the shape of minutes is called among types: no type of events is called so. */
const MINUTES = '(minutes)';

interface Sample {
  readonly seen: number;
  readonly rows: number[][];
}

/** Shapes of events by their type, and of minutes, and the models that are made of them. */
export class ShapeStore {
  private readonly kv: SyncKvStorage;

  constructor(storage: DurableObjectStorage) {
    this.kv = storage.kv;
  }

  /** Takes the shapes of a minute's events into the samples: each that ever came is there with the same chance (reservoir sampling; Vitter, 1985). */
  take({ shapes = {} }: MinuteTally): void {
    for (const [type, rows] of Object.entries(shapes)) {
      if (!this.types.includes(type)) {
        if (this.types.length >= MAX_TYPES) continue;
        this.kv.put('shape_types', [...this.types, type]);
      }
      // JSON has no NaN.
      this.sample(
        type,
        rows.map((row) => row.map((value) => value ?? Number.NaN)),
      );
    }
  }

  /** Takes the shapes of minutes into theirs. */
  takeMinutes(shapes: readonly number[][]): void {
    if (shapes.length > 0) this.sample(MINUTES, shapes);
  }

  private sample(name: string, rows: readonly number[][]): void {
    const held = this.kv.get<Sample>(`shapes/${name}`);
    const kept = held?.rows ?? [];
    let seen = held?.seen ?? 0;
    for (const row of rows) {
      seen += 1;
      const place = kept.length < MAX_ROWS ? kept.length : Math.floor(Math.random() * seen);
      if (place < MAX_ROWS) kept[place] = row;
    }
    this.kv.put(`shapes/${name}`, { seen, rows: kept });
  }

  /** Makes the models anew; where one does not hold, the one before stays. Says for which types there are new ones. */
  train(now: number, random: () => number): string[] {
    const made: string[] = [];
    const make = (type: string, kind: ShapeKind) => {
      const rows = this.kv.get<Sample>(`shapes/${type}`)?.rows ?? [];
      const model = rows.length < LEAST_ROWS ? undefined : makeShapeModel(type, rows, random, kind);
      if (!model) return;
      this.kv.put(`shape_model/${type}`, shapeModelBytes(model));
      made.push(type);
    };
    for (const type of this.types) make(type, EVENT_SHAPE);
    make(MINUTES, MINUTE_SHAPE);
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

  /** What finds odd minutes; nothing where there is none, or it is of another build. */
  minuteModel(): ShapeModel | undefined {
    const bytes = this.kv.get<ShapeModelBytes>(`shape_model/${MINUTES}`);
    try {
      return bytes && readShapeModel(bytes, MINUTE_SHAPE);
    } catch (error) {
      log('minute_model_unread', { error: String(error) });
      return undefined;
    }
  }

  private get types(): readonly string[] {
    return this.kv.get<string[]>('shape_types') ?? [];
  }
}
