import fc from 'fast-check';
import { describe, it } from 'vitest';
import { COLUMNS, type LakeRow } from '../lake/columns.ts';
import {
  clickHouseColumns,
  deleteStatement,
  dialectOf,
  knowsTokens,
  quoted,
  rowLines,
  setupStatements,
} from './clickhouse.ts';

const ROW: LakeRow = {
  event_id: 'e1',
  type: 'page_viewed',
  time: new Date('2026-03-01T10:00:00.123Z'),
  received_at: new Date('2026-03-01T10:00:01.000Z'),
  ledger: 'a/x',
  ledger_hash: 'ab',
  bot: true,
  total: 1.5,
  user_id: null,
};

describe('ClickHouse', () => {
  it('is spoken to as its version can', ({ expect }) => {
    expect(['18.16.1', '19.17.4.11', '20.4.9', '20.5.1', '22.1.3', '26.7.2.1'].map(dialectOf)).toEqual([
      ...['milliseconds', 'milliseconds', 'milliseconds'],
      ...['times', 'times', 'times'],
    ]);
    expect(['18.16.1', '22.1.3', '22.2.2', '23.8'].map(knowsTokens)).toEqual([false, false, true, true]);
  });

  it('gets a table with each column of the lake, and an older one those that it lacks', ({ expect }) => {
    for (const version of ['18.16.1', '26.7.2']) {
      const [create = '', ...more] = setupStatements('v.events', version, []);
      expect(more).toEqual([]);
      for (const { name } of COLUMNS) expect(create).toMatch(new RegExp(`\n  ${name} `));
      expect(create).toContain('ORDER BY (site, ledger_hash, event_id)');
      const all = [...clickHouseColumns(dialectOf(version)).keys()];
      expect(setupStatements('v.events', version, all)).toEqual([]);
      const older = all.filter((name) => name !== 'cookies' && name !== 'headers');
      expect(setupStatements('v.events', version, older)).toEqual([
        'ALTER TABLE v.events ADD COLUMN headers Nullable(String)',
        'ALTER TABLE v.events ADD COLUMN cookies Nullable(String)',
      ]);
    }
  });

  it('gets rows without what they have not, of which the one that came first is the newest version', ({ expect }) => {
    const [first = '', second = ''] = rowLines(
      'shop',
      [ROW, { ...ROW, received_at: new Date('2026-03-01T10:00:02Z') }],
      'times',
    ).split('\n');
    const row = JSON.parse(first);
    expect(row).toMatchObject({ site: 'shop', time: '2026-03-01 10:00:00.123', bot: 1, total: 1.5, ledger_hash: 'ab' });
    expect(row).not.toHaveProperty('user_id');
    expect(row.version).toBeGreaterThan(JSON.parse(second).version);
    expect(JSON.parse(rowLines('shop', [ROW], 'milliseconds')).time).toBe(Date.parse('2026-03-01T10:00:00.123Z'));
  });

  it('is told to delete no more than what was erased, whatever names are', ({ expect }) => {
    expect(deleteStatement('events', 'shop', [{ ledgerHash: 'ab', until: 5.5 }], 'milliseconds')).toBe(
      "ALTER TABLE events DELETE WHERE site = 'shop' AND ((ledger_hash = 'ab' AND time <= 5))",
    );
    expect(deleteStatement('events', 'shop', [{ ledgerHash: 'ab', userId: "o'\\", until: 5 }], 'times')).toContain(
      "(ledger_hash = 'ab' AND user_id = 'o\\'\\\\' AND toUnixTimestamp64Milli(time) <= 5)",
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', '\0', 'a', '\n', ')') }), (text) => {
        // Read as a literal is read: it ends at its own end, and says the text.
        const literal = quoted(text);
        let read = '';
        let at = 1;
        for (; at < literal.length && literal[at] !== "'"; at += 1) {
          if (literal[at] === '\\') {
            at += 1;
            read += literal[at] === '0' ? '\0' : literal[at];
          } else read += literal[at];
        }
        expect([at, read]).toEqual([literal.length - 1, text]);
      }),
    );
  });
});
