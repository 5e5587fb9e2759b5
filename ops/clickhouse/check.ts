import path from 'node:path';
import { clickHouseColumns, dialectOf, quoted } from '../../core/warehouse/clickhouse.ts';
import {
  type ClickHouseAccess,
  EVENTS_TABLE,
  rowsOfClickHouse,
  versionOf,
} from '../../stores/warehouse/clickhouse-server.ts';
import type { LakeApi } from '../lake/lake-api.ts';
import { openLake } from '../lake/open-lake.ts';
import { columnsOf } from './setup.ts';

/** A day and type of which one side has more. */
export interface DayDifference {
  readonly day: string;
  readonly type: string;
  readonly lake: number;
  readonly here: number;
}

/** Counts a site's events by day and type, in the table and in the lake. */
export async function checkClickHouse(access: ClickHouseAccess, api: LakeApi, cache = path.join('.vitrine', 'lake')) {
  const version = await versionOf(access);
  const dialect = dialectOf(version);
  const present = await columnsOf(access);
  const missingColumns = [...clickHouseColumns(dialect).keys()].filter((name) => !present.includes(name));
  const { site } = await api.manifest();
  const day = dialect === 'times' ? 'toDate(time)' : "toDate(toDateTime(intDiv(time, 1000), 'UTC'))";
  const counts =
    present.length === 0
      ? []
      : await rowsOfClickHouse(
          access,
          `SELECT ${day} AS day, type, count() FROM ${EVENTS_TABLE} FINAL WHERE site = ${quoted(site)} GROUP BY day, type`,
        );
  const here = new Map(counts.map(([of, type, count]) => [`${of} ${type}`, Number(count)]));
  const lake = await openLake(api, path.join(cache, `check-${site}`));
  const counted = await lake.runAndReadAll('SELECT CAST(date AS VARCHAR), type, count(*) FROM events GROUP BY 1, 2');
  lake.closeSync();
  const there = new Map(counted.getRows().map(([of, type, count]) => [`${of} ${type}`, Number(count)]));
  const differing: DayDifference[] = [...new Set([...here.keys(), ...there.keys()])].sort().flatMap((key) => {
    const [one, other] = [here.get(key) ?? 0, there.get(key) ?? 0];
    return one === other ? [] : [{ day: key.slice(0, 10), type: key.slice(11), lake: other, here: one }];
  });
  return { version, events: [...here.values()].reduce((sum, count) => sum + count, 0), missingColumns, differing };
}
