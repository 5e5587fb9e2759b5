import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { SeriesDetector } from '../../core/anomalies/series-detector.ts';

/**
 * Scores series with the detector that serves, one configuration for all: for each `*.csv` below `data` with the columns timestamp and value, a file of the
 * same name below `out` with a score from 0 to 1 for each row.
 *
 * @returns series and rows that were scored.
 * @throws where there is none, or one has other columns.
 */
export async function scoreSeries(
  data: string,
  out: string,
): Promise<{ readonly series: number; readonly rows: number }> {
  const files = (await readdir(data, { recursive: true })).filter((name) => name.endsWith('.csv')).sort();
  let rows = 0;
  for (const file of files) {
    const scored = scoresOf(await readFile(path.join(data, file), 'utf8'), file);
    rows += scored.length;
    const target = path.join(out, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, `timestamp,score\n${scored.map(([time, score]) => `${time},${score}\n`).join('')}`);
  }
  if (files.length === 0) throw new Error(`${data}: there is no *.csv in it`);
  return { series: files.length, rows };
}

function scoresOf(text: string, file: string): [timestamp: string, score: number][] {
  const records: Record<string, string>[] = parse(text, {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
  });
  const detector = new SeriesDetector();
  return records.map(({ timestamp = '', value = '' }, row) => {
    // Times without a zone are read as UTC.
    const time = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(timestamp) ? timestamp : `${timestamp.replace(' ', 'T')}Z`);
    if (!Number.isFinite(time))
      throw new Error(
        `${file}, row ${row + 1}: expected a timestamp such as "2014-04-01 00:05:00", found "${timestamp}"`,
      );
    const { score } = detector.next(time, value === '' ? Number.NaN : Number(value));
    return [timestamp, Number(score.toFixed(9))];
  });
}
