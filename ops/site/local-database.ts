import { findControl } from '../runtime/control.ts';
import { startVitrine } from '../runtime/start-vitrine.ts';
import type { SiteDatabase } from './site-database.ts';

/** Where `npm start` answers unless it is told otherwise. */
const START_URL = 'http://localhost:8787';

/** The D1 that `npm start` uses: through the one that runs, else straight from its state, which is made when there is none. */
export async function localDatabase(stateDir: string): Promise<SiteDatabase> {
  const control = await findControl(stateDir);
  if (control) {
    return {
      vitrineUrl: control.vitrineUrl,
      read: async (statement) => (await control.run([{ ...statement, values: [...statement.values] }]))[0] ?? [],
      write: async (statements) => {
        await control.run(statements.map((statement) => ({ ...statement, values: [...statement.values] })));
      },
      close: async () => undefined,
    };
  }
  const vitrine = await startVitrine({ stateDir, queue: 'unconsumed' });
  const db = await vitrine.getD1('DB');
  return {
    vitrineUrl: START_URL,
    read: async ({ sql, values }) =>
      (
        await db
          .prepare(sql)
          .bind(...values)
          .all()
      ).results,
    write: async (statements) => {
      await db.batch(statements.map(({ sql, values }) => db.prepare(sql).bind(...values)));
    },
    close: () => vitrine.stop(),
  };
}
