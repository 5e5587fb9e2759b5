import { appendFile, mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { PartOutcome } from './send-part.ts';

const stateSchema = z.object({
  v: z.literal(1),
  /** Lines up to it are done. */
  line: z.int(),
  accepted: z.int(),
  history: z.int(),
  warnings: z.int(),
  refused: z.int(),
  /** Bytes of the list of refused lines that belong to it. */
  refusedBytes: z.int(),
  ended: z.boolean(),
});
export type ImportState = z.infer<typeof stateSchema>;

const NOTHING: ImportState = {
  v: 1,
  line: 0,
  accepted: 0,
  history: 0,
  warnings: 0,
  refused: 0,
  refusedBytes: 0,
  ended: false,
};

/** How far an import is, in a file beside the list of lines that were refused; a run that is killed anywhere leaves both whole. */
export class ImportProgress {
  readonly refusedFile: string;
  private readonly file: string;
  private held: ImportState;

  private constructor(file: string, refusedFile: string, held: ImportState) {
    this.file = file;
    this.refusedFile = refusedFile;
    this.held = held;
  }

  /** @param fresh forgets an earlier run. */
  static async open(file: string, fresh: boolean): Promise<ImportProgress> {
    const refusedFile = file.replace(/(\.json)?$/, '.refused.ndjson');
    await mkdir(path.dirname(file), { recursive: true });
    const text = fresh ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    const held = text === undefined ? NOTHING : stateSchema.parse(JSON.parse(text));
    await appendFile(refusedFile, '');
    // Lines of a part that was not written down come again with it.
    await truncate(refusedFile, held.refusedBytes);
    return new ImportProgress(file, refusedFile, held);
  }

  get state(): ImportState {
    return this.held;
  }

  /** Notes what became of all lines up to `line`. */
  async add(line: number, { accepted, history, warnings, refused }: PartOutcome): Promise<void> {
    const text = refused.map((one) => `${JSON.stringify(one)}\n`).join('');
    if (text) await appendFile(this.refusedFile, text);
    const { held } = this;
    await this.write({
      ...held,
      line,
      accepted: held.accepted + accepted,
      history: held.history + history,
      warnings: held.warnings + warnings,
      refused: held.refused + refused.length,
      refusedBytes: held.refusedBytes + Buffer.byteLength(text),
    });
  }

  end(): Promise<void> {
    return this.write({ ...this.held, ended: true });
  }

  private async write(next: ImportState): Promise<void> {
    await writeFile(`${this.file}.new`, JSON.stringify(next));
    await rename(`${this.file}.new`, this.file);
    this.held = next;
  }
}
