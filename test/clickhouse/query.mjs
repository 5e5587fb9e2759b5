/** Runs statements, a JSON array on stdin, with ClickHouse's own code, in the folder that it is started in; prints the last one's rows as lines of JSON arrays. */
import { readFileSync } from 'node:fs';
import { Session } from 'chdb';

const session = new Session();
let rows = '';
for (const statement of JSON.parse(readFileSync(0, 'utf8'))) rows = session.query(statement, 'JSONCompactEachRow');
process.stdout.write(rows);
session.cleanup();
